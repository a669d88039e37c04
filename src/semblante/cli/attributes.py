"""`semblante attributes`: what a trained network sees in photos of faces."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semblante.cli.bases import BaseFolder
from semblante.cli.screen import print_json, print_plain, remarks, results
from semblante.i18n import as_line, tr

if TYPE_CHECKING:
    from semblante.model.bundle import Bundle
    from semblante.pipeline import FaceAttributes
    from semblante.report.attributes import Listing

HELP = tr("Say which attributes each photo of a face shows: a smile? glasses? a hat?")


def command(
    photos: Annotated[
        list[Path],
        typer.Argument(help=tr("Photos, folders or patterns such as '*.jpg'."), metavar=tr("PHOTO…")),
    ],
    base: BaseFolder = None,
    missing: Annotated[bool, typer.Option("--all", help=tr("Also show those that are not found."))] = False,
    opinions: Annotated[
        bool,
        typer.Option(
            "--opinions", help=tr("Also what is an opinion, such as “attractive”; by default left out.")
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help=tr("For programs: the logits of all."))] = False,
) -> None:
    """Face by face in the order of the photos given, in each the surest first."""
    from semblante.pipeline import open_base, read_attributes
    from semblante.report.attributes import Listing

    bundle = open_base(base)
    listing = Listing(bundle.is_calibrated, opinions, missing)
    read = read_attributes(photos, bundle)
    if as_json:
        _print_json(list(read), listing, bundle)
        return
    shown = []
    for number, each in enumerate(read):
        print_plain(results(), "\n" * (number > 0) + _heading(each))
        if each.logits is None:
            print_plain(results(), each.reason or "")
        else:
            shown.append(each.logits)
            results().print(listing.show(each.logits))
    _print_notes(listing, shown, bundle)


def _heading(each: "FaceAttributes") -> str:
    """The photo, where in it the face is, and what is wrong with the face."""
    from semblante.faces import flaw_in_words

    if each.face is None:
        return as_line(each.source)
    x0, y0, x1, y1 = (round(length) for length in each.face.box)
    where = tr("{photo}: face at {x}, {y}", photo=as_line(each.source), x=(x0 + x1) // 2, y=(y0 + y1) // 2)
    issues = ", ".join(map(flaw_in_words, each.face.quality.issues))
    return tr("{face}; hardly to be relied on: {issues}", face=where, issues=issues) if issues else where


def _print_json(read: Sequence["FaceAttributes"], listing: "Listing", bundle: "Bundle") -> None:
    from semblante.report.faces import face_values

    faces = [
        {
            "source": each.source,
            "face": each.face and face_values(each.face),
            "logits": None if each.logits is None else listing.asked(each.logits),
            "reason": each.reason,
        }
        for each in read
    ]
    print_json(
        {
            "network_sha256": bundle.network_sha256,
            "calibration_error": bundle.calibration_error,
            "faces": faces,
        }
    )


def _print_notes(listing: "Listing", shown: Sequence[Mapping[str, float]], bundle: "Bundle") -> None:
    from semblante.report.attributes import believing_text

    if not shown:
        return
    if notes := listing.notes(shown):
        print_plain(results(), "\n" + "\n".join(notes))
    print_plain(remarks(), believing_text(bundle.calibration_error, bundle.is_calibrated))
