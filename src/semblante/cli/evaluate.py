"""`semblante evaluate`: how well a trained network reads each attribute."""

from pathlib import Path
from typing import Annotated

import typer

from semblante.cli.console import (
    EVALUATION,
    REPORT,
    print_blocks,
    print_json,
    print_plain,
    remarks,
    replaceable,
    results,
)
from semblante.cli.progress import job_context
from semblante.errors import InvalidOption
from semblante.files import make_folder
from semblante.i18n import tr

HELP = tr("Measure a trained network on a split of a prepared set, and write a report.")


def command(
    bundle: Annotated[Path, typer.Argument(help=tr("A trained network's folder."), metavar=tr("BUNDLE"))],
    data: Annotated[Path, typer.Argument(help=tr("A prepared set."), metavar=tr("DATA"))],
    split: Annotated[str, typer.Option(help=tr("train, val or test."))] = "val",
    out: Annotated[
        Path | None,
        typer.Option(
            help=tr(
                "Write the report into this folder; by default the network's own, and for the "
                "bundled model the working folder."
            ),
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=tr("For programs."))] = False,
) -> None:
    """Measure, print, and write JSON and HTML, beside the network or where it is asked for."""
    from semblante.pipeline import FaceModel, evaluate, open_bundle, open_prepared
    from semblante.report import evaluation_paths, write_evaluation
    from semblante.report.evaluation import evaluation_summary
    from semblante.types import SPLITS

    if split not in SPLITS:
        raise InvalidOption("unknown_split", split=split, known=SPLITS)
    opened, prepared = open_bundle(bundle), open_prepared(data)
    paths = evaluation_paths(opened, prepared, split, out)
    for path, kind in zip(paths, (EVALUATION, REPORT), strict=True):
        make_folder(path.parent)
        replaceable(path, kind)
    plain = paths[0].with_name(f"evaluation-{split}.json")
    if plain != paths[0]:
        print_plain(
            remarks(),
            tr(
                "{path} is of other data or another network, and stays; this evaluation goes into {name}",
                path=plain,
                name=paths[0].name,
            ),
        )
    with job_context("evaluating") as job:
        found = evaluate(FaceModel(opened), prepared, split, job)
    written = write_evaluation(found, opened, prepared, out)
    if as_json:
        print_json(found.evaluation.as_json())
        return
    print_blocks(*evaluation_summary(found.evaluation))
    for path in written:
        print_plain(results(), str(path))
