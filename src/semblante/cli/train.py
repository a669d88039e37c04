"""`semblante train`: model 1 learns the 40 attributes from a prepared set."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from semblante.cli.console import print_plain, remarks, results
from semblante.cli.progress import job_context
from semblante.errors import Reason
from semblante.i18n import current_language, describe, tr
from semblante.jobs import Epoch, Event, JobContext
from semblante.labels import spoken

HELP = tr("Train a network to read 40 attributes. A stopped run is taken up again.")


def command(
    data: Annotated[Path, typer.Argument(help=tr("A prepared set."), metavar=tr("DATA"))],
    out: Annotated[Path, typer.Argument(help=tr("The folder for the trained network."), metavar=tr("OUT"))],
    recipe: Annotated[
        str,
        typer.Option(
            help=tr(
                "classic: the course's network. modern: a residual network that learns who is who as well."
            )
        ),
    ] = "modern",
    side: Annotated[
        int | None,
        typer.Option(
            help=tr(
                "The side of the crops, in pixels; by default the recipe's, or less if the set holds less."
            )
        ),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(
            help=tr(
                "At most so many passes over the data; by default the recipe's. "
                "With classic, more can be added later."
            )
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help=tr("Two runs with the same seed end alike."))] = 0,
    teacher: Annotated[
        list[Path] | None,
        typer.Option(
            metavar=tr("NETWORK"),
            help=tr(
                "An embedding network (ONNX) that modern learns from beside the labels. Its description is "
                "known, or lies beside it as JSON. Repeat this for several."
            ),
        ),
    ] = None,
) -> None:
    """Train with a live table of the epochs, then say how good the best one was."""
    from semblante import train as training
    from semblante.pipeline import open_prepared

    # What is wrong with the options, the installation or the data is said before PyTorch is loaded.
    settings = training.choose(recipe, side, epochs, seed, has_teachers=bool(teacher))
    training.check_packages()
    prepared = open_prepared(data)
    if side is None and prepared.side_px < settings.side_px:
        settings = training.choose(recipe, prepared.side_px, epochs, seed, has_teachers=bool(teacher))
    teachers = [training.open_teacher(each) for each in teacher or []]
    if os.environ.get("RANK", "0") != "0":
        training.train(prepared, out, settings, teachers=teachers)  # Under torchrun, one process speaks.
        return
    training.check_data(prepared, settings, int(os.environ.get("WORLD_SIZE", "1")))
    for warning in training.dataset_warnings(prepared, settings, bool(teachers)):
        print_plain(remarks(), warning_text(warning))
    if teachers:
        with job_context("embedding") as job:  # They are kept, and the training finds them there.
            training.distillation_targets(prepared, teachers, job)
    with live_table() as job:
        bundle = training.train(prepared, out, settings, job, teachers=teachers)
    best = bundle.manifest["metrics"]["val"]
    print_plain(
        results(),
        tr(
            "Best epoch {epoch}: accuracy {accuracy:.2%}, where always saying the commoner answer gives "
            "{baseline:.2%}; balanced accuracy {balanced:.2%}. In {path}",
            epoch=bundle.manifest["training"]["best_epoch"],
            accuracy=best["accuracy"],
            baseline=best["majority_baseline"],
            balanced=best["balanced_accuracy"],
            path=out,
        ),
    )
    print_plain(remarks(), tr(bundle.manifest["licence"]["text"]))


def warning_text(warning: Reason) -> str:
    """What a prepared set lacks, with its attributes in the user's language."""
    names = [spoken(name, current_language()) for name in warning.params.get("attributes", [])]
    return describe(Reason(warning.code, {**warning.params, "attributes": names}))


@contextlib.contextmanager
def live_table() -> Iterator[JobContext]:
    """A job whose epochs become a table that grows; where the output is no terminal, a line for each."""
    from semblante.report.model import epochs_table
    from semblante.report.text import for_terminal

    console = remarks()
    if not console.is_terminal:
        yield _lines(console)
        return
    with Live(console=console, auto_refresh=False) as live:

        def emit(event: Event) -> None:
            if not isinstance(event, Epoch):
                return
            line = tr(
                "Epoch {epoch} of {epochs}: step {step} of {steps}, loss {loss:.4f}, {rate:,.0f} images/s",
                epoch=event.epoch,
                epochs=event.epochs,
                step=event.step,
                steps=event.steps,
                loss=event.loss,
                rate=event.images_per_s,
            )
            table = for_terminal(epochs_table(event.history, event.best_epoch))
            live.update(Group(table, Text(line)), refresh=True)

        yield JobContext(emit)


def _lines(console: Console) -> JobContext:
    """Print each epoch once, when it is over."""
    printed = 0

    def emit(event: Event) -> None:
        nonlocal printed
        if not isinstance(event, Epoch):
            return
        for row in event.history[printed:]:
            print_plain(
                console,
                tr(
                    "Epoch {epoch}: training loss {train:.4f}, validation loss {val:.4f}, "
                    "accuracy {accuracy:.2%}, balanced accuracy {balanced:.2%}, "
                    "majority baseline {baseline:.2%}, {seconds:.0f} s",
                    epoch=row.epoch,
                    train=row.train_loss,
                    val=row.val_loss,
                    accuracy=row.accuracy,
                    balanced=row.balanced_accuracy,
                    baseline=row.majority_baseline,
                    seconds=row.seconds,
                ),
            )
        printed = len(event.history)

    return JobContext(emit)
