"""`semblante adopt`: an embedding network of others becomes a base, as a trained network is one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semblante.cli.console import print_plain, remarks, results
from semblante.cli.progress import job_context
from semblante.i18n import tr
from semblante.i18n.numbers import percent, short_percent

if TYPE_CHECKING:
    from semblante.model.bundle import Bundle

HELP = tr("Take the embeddings of another network (ONNX), and the attributes of a trained one, as a base.")


def command(
    network: Annotated[
        Path, typer.Argument(help=tr("An embedding network, an ONNX file."), metavar=tr("NETWORK"))
    ],
    out: Annotated[Path, typer.Argument(help=tr("A new folder for the base."), metavar=tr("OUT"))],
    described_as: Annotated[
        str | None,
        typer.Option(
            "--as",
            help=tr(
                "What the network takes: arcface, sface, mobilefacenet, dlib, 0095, or a JSON file; by "
                "default known by its hash, or in the JSON file of the same name beside it."
            ),
            metavar=tr("NAME|FILE"),
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            help=tr(
                "A prepared set: its people give background embeddings, and show how well the network does."
            )
        ),
    ] = None,
    base: Annotated[
        Path | None,
        typer.Option(help=tr("The trained network for the attributes; by default the bundled model.")),
    ] = None,
) -> None:
    """Check the description, write the bundle, and say what it is."""
    from semblante import train as training
    from semblante.pipeline import open_base, open_prepared

    training.check_packages(training.ADOPTION_PACKAGES)
    description = training.describe_network(network, described_as)
    prepared = None if data is None else open_prepared(data)
    if prepared is not None and prepared.side_px < description.min_prepared_side_px:
        print_plain(
            remarks(),
            tr(
                "{path}: its crops of {held} pixels show less than this network can see; for true figures, "
                "prepare it with --side {asked}.",
                path=data,
                held=prepared.side_px,
                asked=description.min_prepared_side_px,
            ),
        )
    with job_context("checking") as job:
        bundle = training.adopt(network, out, description, open_base(base), prepared, job)
    for sentence in _made(bundle, out):
        print_plain(results(), sentence)
    print_plain(remarks(), tr(bundle.manifest["licence"]["text"]))


def _made(bundle: "Bundle", out: Path) -> list[str]:
    """What was made, in sentences."""
    adopted, background = bundle.manifest["embedding_network"], bundle.manifest["background"]
    made = tr(
        "Adopted {name}: embeddings of {size} numbers, {megabytes:.1f} MB. In {path}",
        name=adopted["name"],
        size=bundle.embedding_size,
        megabytes=bundle.manifest["weights"]["bytes"] / 1e6,
        path=out,
    )
    stated = tr(
        "Its licence as stated: {licence}. What it learnt from: {data}.",
        licence=adopted["licence"],
        data=adopted["training_data"] or tr("its makers do not say"),
    )
    if background is None:
        return [
            made,
            stated,
            tr(
                "No background embeddings: with them, by --data, a person is learnt without photos of others."
            ),
        ]
    found = [made, stated, tr("Background embeddings: {count}", count=background["count"])]
    verification = bundle.evaluation and bundle.evaluation.verification
    for rate in verification.rates if verification else ():
        if rate.true_accept_rate is not None:
            found.append(
                tr(
                    "Of the pairs that show one person it tells {share} at a false accept rate of {rate}.",
                    share=percent(rate.true_accept_rate.value),
                    rate=short_percent(rate.false_accept_rate),
                )
            )
    return found
