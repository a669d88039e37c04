"""What the tests of sorting share: photos that are only bytes, and what a search says of them."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from semblante.library import Match
from semblante.types import FaceRef

LONG_AGO_NS = 1_234_567_890_123_456_700


def match(path: Path, left_px: float = 10.0) -> Match:
    """A search's yes for the photo at `path` as it is now; the face begins so far from the left edge."""
    box = (left_px, 20.0, left_px + 30.0, 80.0)
    face = FaceRef(hashlib.sha256(path.read_bytes()).hexdigest(), 0)
    return Match(path, face, "yes", 0.9, box, 100, 200)


def put(folder: Path, contents: Mapping[str, bytes]) -> list[Match]:
    """Files with these names and contents in `folder`, old as photos are, and their matches in this order."""
    found = []
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
        found.append(match(path))
    return found


def tree(folder: Path, without: Iterable[str] = ()) -> dict[str, bytes | str]:
    """Every file under `folder` with its content, every link with what it leads to, and folders."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"-> {os.readlink(path)}"  # noqa: PTH115 (a text is wanted)
        else:
            found[name] = path.read_bytes() if path.is_file() else "folder"
    return {name: held for name, held in found.items() if name not in without}
