"""What a user tells of a face in the index, for a person to be taught with."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from semblante.library.found import Match
from semblante.library.index import Library, Taught, unpacked
from semblante.types import Verdict


@dataclass(frozen=True, eq=False)
class SeenFace:
    """A face of the index as it would teach, and whether it may: a poor one does not."""

    taught: Taught
    is_good: bool


def face_of(library: Library, match: Match, kind: Literal["me", "not"] = "me") -> SeenFace | None:
    """The face that a match is about, as one of this kind; None where the index has it no more."""
    with library.asking() as connection:
        found = connection.execute(
            "SELECT place, embeddings, good FROM faces JOIN contents ON contents.id = content "
            "WHERE sha256 = ? AND x0 = ? AND y0 = ? AND x1 = ? AND y1 = ?",
            (bytes.fromhex(match.content_sha256), *match.box_xyxy),
        ).fetchone()
        if found is None:
            return None
        place, embeddings, good = found
        return SeenFace(Taught(kind, match.content_sha256, place, unpacked([embeddings])[0]), bool(good))


def faces_beside(library: Library, faces: Iterable[int]) -> list[Taught]:
    """The good faces of the photos that these are in: these are told to be the person's, the others not."""
    hers = set(faces)
    found: dict[int, Taught] = {}
    with library.asking() as connection:
        for face in sorted(hers):
            for number, sha256, place, embeddings in connection.execute(
                "SELECT faces.id, sha256, place, embeddings FROM faces "
                "JOIN contents ON contents.id = content "
                "WHERE good AND content = (SELECT content FROM faces WHERE id = ?) ORDER BY place",
                (face,),
            ):
                values, is_hers = unpacked([embeddings])[0], number in hers
                found[number] = Taught("me" if is_hers else "not", sha256.hex(), place, values, told=is_hers)
    return list(found.values())


def match_of(library: Library, face: Taught) -> Match | None:
    """Where a face that taught is seen, and whose it was said to be; None where the index has it no more."""
    with library.asking() as connection:
        found = connection.execute(
            "SELECT path, x0, y0, x1, y1, width_px, height_px FROM faces "
            "JOIN contents ON contents.id = faces.content JOIN photos ON photos.content = contents.id "
            "WHERE sha256 = ? AND place = ? AND NOT missing ORDER BY path",
            (bytes.fromhex(face.content_sha256), face.place),
        ).fetchone()
    if found is None:
        return None
    path, x0, y0, x1, y1, width_px, height_px = found
    verdict: Verdict = "yes" if face.kind == "me" else "no"
    box = (x0, y0, x1, y1)
    return Match(Path(os.fsdecode(path)), face.content_sha256, verdict, None, box, width_px, height_px)
