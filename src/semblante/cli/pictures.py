"""Faces before the user's eyes: on a contact sheet, in the terminal, or in the program for pictures."""

import contextlib
import os
import signal
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from semblante.cli.console import print_plain, remarks, results
from semblante.cli.progress import job_context
from semblante.i18n import tr

if TYPE_CHECKING:
    from semblante.pipeline import SeenFace
    from semblante.report import ContactSheet
    from semblante.types import Pixels

SheetFile = Annotated[
    Path | None,
    typer.Option(
        "--sheet",
        help=tr("Also write a contact sheet, a page with the faces side by side, to this HTML file."),
        metavar=tr("FILE.html"),
    ),
]
_LINES = 9
"""How high a picture is in the terminal."""
_CROP_PX = 240
_GAP_PX = 8
_MAX_OPENED_SIDE_PX = 2000


def write_sheet(path: Path, sheet: "ContactSheet") -> None:
    """Write a contact sheet to `path`, which may be replaced, and say where it is."""
    from semblante.report import write_contact_sheet

    with job_context("cutting_out_faces") as job:
        write_contact_sheet(path, sheet, job)
    print_plain(remarks(), tr("Contact sheet: {path}", path=path))


def can_show() -> bool:
    """Whether the terminal can show pictures."""
    return _renderable() is not None


def show_in_terminal(faces: "Sequence[SeenFace]") -> None:
    """Show the faces side by side where the terminal can show pictures, else do nothing.

    Photos that are gone or were changed since are left out.
    """
    renderable = _renderable()
    if renderable is None:
        return
    from semblante.errors import Reason
    from semblante.pipeline import cut_out_faces

    pictures = [each for each in cut_out_faces(faces, _CROP_PX) if not isinstance(each, Reason)]
    if pictures:
        results().print(renderable(_strip(pictures), width="auto", height=_LINES))


@cache
def _renderable() -> Any | None:
    """What draws a picture by Kitty's protocol or Sixel (iTerm2 knows it too), as the terminal answers."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        return None
    # It asks the terminal as it is imported.
    from textual_image.renderable import Image, SixelImage, TGPImage

    return Image if Image in (SixelImage, TGPImage) else None


def _strip(pictures: "Sequence[Pixels]") -> Any:
    """One picture of several side by side, on a ground that shows through."""
    from PIL import Image

    height_px = max(each.shape[0] for each in pictures)
    width_px = sum(each.shape[1] + _GAP_PX for each in pictures) - _GAP_PX
    strip, left_px = Image.new("RGBA", (width_px, height_px)), 0
    for each in pictures:
        strip.paste(Image.fromarray(each), (left_px, 0))
        left_px += each.shape[1] + _GAP_PX
    return strip


class MarkedPhotos:
    """Photos with a face marked, for another program to show. None is left behind: see `marked_photos`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def open(self, seen: "SeenFace") -> None:
        """Open a copy of the photo with the face marked; the one before it is removed.

        Raises `FileAccessError` or `BadImage` where the photo is gone, was changed since or cannot be read.
        """
        from PIL import Image

        from semblante.pipeline import photo_of
        from semblante.report.faces import mark_face

        photo = photo_of(seen, _MAX_OPENED_SIDE_PX)
        marked = Image.fromarray(mark_face(photo.pixels, seen.box, photo.full_width_px))
        marked.thumbnail((_MAX_OPENED_SIDE_PX, _MAX_OPENED_SIDE_PX))
        self._name(self._count).unlink(missing_ok=True)
        self._count += 1  # Under another name, since programs keep what they have shown.
        marked.save(self._name(self._count), quality=90)
        if not webbrowser.open(self._name(self._count).as_uri()):
            print_plain(remarks(), tr("No program for pictures could be started; try --sheet FILE.html"))

    def _name(self, number: int) -> Path:
        return self._folder / f"{number}.jpg"


@contextlib.contextmanager
def marked_photos() -> Iterator[MarkedPhotos]:
    """A place for marked copies that goes with all in it, also where the process is told to end."""
    with _ends_in_order(), tempfile.TemporaryDirectory(prefix="semblante-") as folder:
        yield MarkedPhotos(Path(folder))


@contextlib.contextmanager
def _ends_in_order() -> Iterator[None]:
    """Within it, being told to end (a closed terminal, a shutdown) leaves the `with` blocks one by one."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    kinds = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {kind: signal.signal(kind, end) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
