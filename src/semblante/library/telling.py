"""What a user tells of a face in the index, for a person to be taught with."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from semblante.library.found import Match
from semblante.library.index import FLOAT16, Library, Taught


@dataclass(frozen=True, eq=False)
class SeenFace:
    """A face of the index as it would teach, and whether it may: a poor one does not."""

    taught: Taught
    is_good: bool


def face_of(library: Library, match: Match, kind: Literal["me", "not"] = "me") -> SeenFace | None:
    """The face that a match is about, as one of this kind; None where the index has it no more."""
    with library.asking() as connection:
        found = connection.execute(
            "SELECT place, features, good FROM faces JOIN contents ON contents.id = content "
            "WHERE sha256 = ? AND x0 = ? AND y0 = ? AND x1 = ? AND y1 = ?",
            (bytes.fromhex(match.content_sha256), *match.box_xyxy),
        ).fetchone()
    if found is None:
        return None
    place, features, good = found
    rows = np.frombuffer(features, FLOAT16).astype(np.float32)
    return SeenFace(Taught(kind, match.content_sha256, place, rows), bool(good))
