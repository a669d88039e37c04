"""`semblante faces`: what faces are in a photo, and which of them can be relied on."""

from pathlib import Path
from typing import Annotated

import typer

from semblante.cli.console import PICTURE, print_blocks, print_json, print_plain, replaceable, results, unused
from semblante.cli.options import Aligned
from semblante.errors import Reason
from semblante.i18n import describe, tr

HELP = tr("Find the faces in a photo, draw them, and say which can be relied on.")


def command(
    photo: Annotated[Path, typer.Argument(help=tr("A photo."), metavar=tr("PHOTO"))],
    out: Annotated[
        Path | None,
        typer.Option(
            help=tr("The PNG picture to write; by default a new faces-….png in the working folder.")
        ),
    ] = None,
    aligned: Aligned = False,
    as_json: Annotated[
        bool, typer.Option("--json", help=tr("For programs; draws only where --out says so."))
    ] = False,
) -> None:
    """A table, and a copy of the photo with the faces drawn in."""
    from semblante.pipeline import FaceAnalyzer
    from semblante.report.faces import face_values, faces_table, write_faces

    picture = out and replaceable(out, PICTURE)
    if out is None and not as_json:
        picture = unused(Path(f"faces-{photo.stem}.png"))
    with FaceAnalyzer() as analyzer:
        found, shown = analyzer.align(photo, aligned)
        detector = analyzer.detector_name
    if picture is not None:
        write_faces(picture, shown.pixels, found, shown.full_width_px)
    if as_json:
        size = {"width_px": shown.full_width_px, "height_px": shown.full_height_px}
        faces = [face_values(face) for face in found]
        print_json({"path": str(photo), **size, "detector": detector, "faces": faces})
        return
    if found:
        print_blocks(faces_table(found))
    else:
        print_plain(results(), describe(Reason("no_face_found", {"path": photo})))
    print_plain(results(), tr("Face detector: {name}", name=detector))
    unmarked = tr("{path}: the photo as it is, without marks", path=picture)
    print_plain(results(), str(picture) if found else unmarked)
