"""What a scan asks of the index and writes into it."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from semblante.library.index import FLOAT16, Library
from semblante.types import AnalyzedPhoto, Face

_PAGE = 1000
_COLUMNS = (
    *("good", "embeddings", "logits", "x0", "y0", "x1", "y1", "score"),
    *("left_eye_x", "left_eye_y", "right_eye_x", "right_eye_y"),
    *("eyes_px", "sharpness", "frontal", "placed", "flaws"),
)
# A face that was seen before keeps its number: another run may be about to use it.
_FACE = (
    f"INSERT INTO faces (content, place, {', '.join(_COLUMNS)}) "
    f"VALUES ({', '.join('?' * (2 + len(_COLUMNS)))}) ON CONFLICT (content, place) DO UPDATE SET "
    + ", ".join(f"{each} = excluded.{each}" for each in _COLUMNS)
)


@dataclass(frozen=True)
class FileState:
    """A photo's file as it was before it was read."""

    path: Path
    size: int
    mtime_ns: int


@dataclass(frozen=True)
class Known:
    """What the index holds of a path: the hash of its content, the network that read it, its flaw if any."""

    seen: FileState
    sha256: bytes
    base_sha256: str
    missing: bool
    flaw: str | None


@dataclass(frozen=True, eq=False)
class Record:
    """A content and the photos that have it.

    `outcome` is what was read, or the flaw for which nothing could be; None where the index has it already.
    """

    sha256: bytes
    outcome: AnalyzedPhoto | str | None
    photos: list[FileState] = field(default_factory=list)


def known_photo(connection: sqlite3.Connection, path: Path) -> Known | None:
    """What the index holds of `path`."""
    found = connection.execute(
        "SELECT size, mtime_ns, contents.sha256, bases.sha256, missing, reason FROM photos "
        "JOIN contents ON contents.id = content JOIN bases ON bases.id = base WHERE path = ?",
        (os.fsencode(path),),
    ).fetchone()
    if found is None:
        return None
    size, mtime_ns, sha256, base_sha256, missing, flaw = found
    return Known(FileState(path, size, mtime_ns), sha256, base_sha256, bool(missing), flaw)


def known_flaw(connection: sqlite3.Connection, sha256: bytes, base_sha256: str) -> str | None:
    """The flaw of this content, "" where this network read it, None where it is new."""
    held = _held(connection, sha256, base_sha256)
    return None if held is None else held[1] or ""


def write(library: Library, records: list[Record], base_sha256: str, again: bool = False) -> None:
    """Write the records in one transaction. Raises what `Library.asking` raises.

    What the index holds of a content that this network read stays as it is, unless it was read `again`.
    """
    with library.writing() as connection:
        connection.execute("INSERT OR IGNORE INTO bases (sha256) VALUES (?)", (base_sha256,))
        for record in records:
            held = _held(connection, record.sha256, base_sha256)
            content = held and held[0]
            if record.outcome is not None and (content is None or again):
                content = _write_content(connection, record.sha256, record.outcome, base_sha256)
            if content is not None:  # Else it was forgotten meanwhile; the next scan reads it again.
                for seen in record.photos:
                    _write_photo(connection, seen, content)


def _write_photo(connection: sqlite3.Connection, seen: FileState, content: int) -> None:
    """Write where a content lies; what lay there before goes, unless another photo has it."""
    path = os.fsencode(seen.path)
    before = connection.execute(
        "SELECT content FROM photos WHERE path = ? AND content != ?", (path, content)
    ).fetchone()
    connection.execute(
        "INSERT INTO photos (path, size, mtime_ns, content) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns, "
        "content = excluded.content, missing = 0",
        (path, seen.size, seen.mtime_ns, content),
    )
    if before:
        _drop_unused(connection, *before)


def _drop_unused(connection: sqlite3.Connection, content: int) -> None:
    """Take a content out of the index, with its faces, where no photo has it any more."""
    connection.execute(
        "DELETE FROM contents WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM photos WHERE content = ?1)",
        (content,),
    )


def _held(connection: sqlite3.Connection, sha256: bytes, base_sha256: str) -> tuple[int, str | None] | None:
    """The number of a content that this network was to read, and its flaw, if any."""
    found: tuple[int, str | None] | None = connection.execute(
        "SELECT contents.id, reason FROM contents JOIN bases ON bases.id = base "
        "WHERE contents.sha256 = ? AND bases.sha256 = ?",
        (sha256, base_sha256),
    ).fetchone()
    return found


def _write_content(
    connection: sqlite3.Connection, sha256: bytes, outcome: AnalyzedPhoto | str, base_sha256: str
) -> int:
    read = None if isinstance(outcome, str) else outcome
    (content,) = connection.execute(
        "INSERT INTO contents (sha256, base, width_px, height_px, reason) "
        "VALUES (?, (SELECT id FROM bases WHERE sha256 = ?), ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "base = excluded.base, width_px = excluded.width_px, height_px = excluded.height_px, "
        "reason = excluded.reason RETURNING id",
        (
            sha256,
            base_sha256,
            read and read.width_px,
            read and read.height_px,
            outcome if isinstance(outcome, str) else None,
        ),
    ).fetchone()
    faces = read.faces if read else ()
    connection.execute("DELETE FROM faces WHERE content = ? AND place >= ?", (content, len(faces)))
    connection.executemany(_FACE, [_row(content, place, face) for place, face in enumerate(faces)])
    return int(content)


def _row(content: int, place: int, face: Face) -> tuple[object, ...]:
    quality = face.quality
    return (
        content,
        place,
        quality.is_good,
        _packed(face.embedding),
        _packed(face.logits),
        *face.box,
        face.score,
        *face.landmarks[0],
        *face.landmarks[1],
        quality.interocular_px,
        quality.sharpness,
        quality.frontal,
        quality.alignment_confidence,
        ",".join(quality.issues),
    )


def _packed(values: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]") -> bytes:
    return values.astype(FLOAT16).tobytes()


def has_photos_in(library: Library, place: Path) -> bool:
    """Whether the index has the photo, or photos in the folder or below it."""
    return any(True for _ in photos_in(library, place))


def photos_in(library: Library, place: Path) -> Iterator[tuple[Path, bool]]:
    """The photo, or those in the folder and below it, and whether each was missing at the last scan.

    They come page by page.
    """
    itself, inside = os.fsencode(place), os.fsencode(place / "x")[:-1]
    last, end = b"", inside[:-1] + bytes([inside[-1] + 1])
    while True:
        with library.asking() as connection:
            page = connection.execute(
                "SELECT path, missing FROM photos WHERE path > ?1 AND path = ?2 UNION ALL "
                "SELECT path, missing FROM photos WHERE path > max(?1, ?3) AND path < ?4 "
                "ORDER BY path LIMIT ?5",
                (last, itself, inside, end, _PAGE),
            ).fetchall()
        if not page:
            return
        yield from ((Path(os.fsdecode(path)), bool(missing)) for path, missing in page)
        last = page[-1][0]


def places_of(library: Library, contents: Sequence[bytes]) -> list[Path]:
    """The photos that have one of the contents with these hashes, those that are missing left out."""
    with library.asking() as connection:
        return [
            Path(os.fsdecode(path))
            for sha256 in contents
            for (path,) in connection.execute(
                "SELECT path FROM photos JOIN contents ON contents.id = content "
                "WHERE sha256 = ? AND NOT missing",
                (sha256,),
            )
        ]


def write_missing(library: Library, missing: list[Path], dropped: list[Path]) -> None:
    """Mark photos as missing, and take others out of the index, with contents that no photo has any more."""
    with library.writing() as connection:
        connection.executemany(
            "UPDATE photos SET missing = 1 WHERE path = ?", [(os.fsencode(path),) for path in missing]
        )
        for path in map(os.fsencode, dropped):
            content = connection.execute(
                "DELETE FROM photos WHERE path = ? AND missing RETURNING content", (path,)
            ).fetchone()
            if content:
                _drop_unused(connection, *content)
