"""`semblante attributes`: what a trained network sees in photos of faces."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semblante.cli.console import print_json, print_plain, remarks, results
from semblante.cli.options import Aligned, BaseFolder, Counted
from semblante.errors import Reason
from semblante.i18n import as_line, describe, tr

if TYPE_CHECKING:
    from semblante.model.bundle import Bundle
    from semblante.pipeline.reading import Reading
    from semblante.report.faces import Listing
    from semblante.types import Face

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
    aligned: Aligned = False,
    as_json: Annotated[bool, typer.Option("--json", help=tr("For programs: the logits of all."))] = False,
) -> None:
    """Face by face in the order of the photos given, in each the surest first."""
    from semblante.pipeline import FaceAnalyzer, UnusablePhoto, find_some_photos
    from semblante.report.faces import Listing

    with FaceAnalyzer(base) as analyzer:
        bundle = analyzer.bundle
        listing = Listing(bundle.is_calibrated, opinions, missing)
        read = analyzer.analyze_many(find_some_photos(photos), aligned)
        readings = Counted(read, lambda each: not isinstance(each, UnusablePhoto))
        if as_json:
            _print_json(readings, listing, bundle)
        else:
            _print_notes(listing, _print_faces(readings, listing), bundle)
    readings.check_some_usable()


def _print_faces(readings: Iterable["Reading"], listing: "Listing") -> list[dict[str, float]]:
    """Print what each face shows. The logits of all faces by attribute."""
    shown: list[dict[str, float]] = []
    for number, (source, face, reason) in enumerate(_faces_of(readings)):
        print_plain(results(), "\n" * (number > 0) + _heading(source, face))
        if face is None:
            print_plain(results(), describe(reason) if reason else "")
        else:
            shown.append(face.attributes)
            results().print(listing.show(face.attributes))
    return shown


def _faces_of(readings: Iterable["Reading"]) -> Iterator[tuple[str, "Face | None", Reason | None]]:
    """The source of each face, the face, and no reason; or no face and the reason for that."""
    from semblante.pipeline import UnusablePhoto

    for reading in readings:
        if isinstance(reading, UnusablePhoto):
            yield str(reading.path), None, reading.reason
        elif not reading.faces:
            yield reading.source, None, Reason("no_face_found")
        else:
            yield from ((reading.source, face, None) for face in reading.faces)


def _heading(source: str, face: "Face | None") -> str:
    """The photo, where in it the face is, and what is wrong with the face."""
    from semblante.report.faces import issues_text

    if face is None:
        return as_line(source)
    x0, y0, x1, y1 = (round(length) for length in face.box)
    middle = ((x0 + x1) // 2, (y0 + y1) // 2)
    # As texts: a comma for thousands would be one too many between two places in pixels.
    where = tr("{photo}: face at {x}, {y}", photo=as_line(source), x=str(middle[0]), y=str(middle[1]))
    issues = issues_text(face.quality.issues)
    return tr("{face}; hardly to be relied on: {issues}", face=where, issues=issues) if issues else where


def _print_json(readings: Iterable["Reading"], listing: "Listing", bundle: "Bundle") -> None:
    from semblante.report.faces import face_values

    faces = [
        {
            "path": source,
            "face": face and face_values(face),
            "logits": face and listing.asked(face.attributes),
            "reason": reason and describe(reason),
            "reason_code": reason and reason.code,
        }
        for source, face, reason in _faces_of(readings)
    ]
    print_json(
        {
            "network_sha256": bundle.network_sha256,
            "calibration_error": bundle.calibration_error,
            "faces": faces,
        }
    )


def _print_notes(listing: "Listing", shown: Sequence[Mapping[str, float]], bundle: "Bundle") -> None:
    from semblante.report.faces import believing_text

    if not shown:
        return
    if notes := listing.notes(shown):
        print_plain(results(), "\n" + "\n".join(notes))
    print_plain(remarks(), believing_text(bundle.calibration_error, bundle.is_calibrated))
