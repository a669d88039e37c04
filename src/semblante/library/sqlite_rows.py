"""The SQL of photos and faces in `SqliteStore`: values of `semblante.library.store` become rows, and back."""

import contextlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import Float32, Int8

from semblante.labels import ATTRIBUTES
from semblante.library.sqlite_driver import sqlite3
from semblante.library.sqlite_schema import CorruptDatabase, Rows
from semblante.library.store import (
    FaceInPhoto,
    FaceTable,
    FileState,
    KnownPhoto,
    PhotoRecord,
    StoredFace,
)
from semblante.types import DESCRIPTOR_SIZE, AnalyzedPhoto, Face, FaceRef, Landmarks

FLOAT16: Final = "<f2"
"""How embeddings and logits are kept: half the space, and 3 digits, which is more than a face repeats."""
_FLOAT32: Final = "<f4"
_PARAMETERS: Final = 500
_COLUMNS: Final = (
    *("is_good", "embedding", "logits", "x0", "y0", "x1", "y1", "score", "landmarks"),
    *("interocular_px", "sharpness", "frontal", "alignment_confidence", "issues", "copy_descriptor"),
    "side_light",
)
# A face that was seen before keeps its number: another run may be about to use it.
_FACE: Final = (
    f"INSERT INTO faces (content, place, {', '.join(_COLUMNS)}) "
    f"VALUES ({', '.join('?' * (2 + len(_COLUMNS)))}) ON CONFLICT (content, place) DO UPDATE SET "
    + ", ".join(f"{each} = excluded.{each}" for each in _COLUMNS)
)
_STORED: Final = "SELECT embedding, faces.id, content, sha256, place, is_good, copy_descriptor FROM faces "
WITH_CONTENT: Final = "JOIN contents ON contents.id = faces.content "


def select_in(
    connection: sqlite3.Connection, statement: str, values: Iterable[bytes] | Iterable[int], *before: object
) -> Iterator[tuple[Any, ...]]:
    """The rows of `statement` for all values, some hundreds at a time; it ends with `IN`.

    `before` are the values of its other parameters.
    """
    wanted: list[Any] = sorted(set[Any](values))
    for start in range(0, len(wanted), _PARAMETERS):
        part = wanted[start : start + _PARAMETERS]
        yield from connection.execute(f"{statement} ({', '.join('?' * len(part))})", (*before, *part))


def known_photos(connection: sqlite3.Connection, paths: Sequence[Path]) -> dict[Path, KnownPhoto]:
    """See `FaceStore.known_photos`."""
    rows = select_in(
        connection,
        "SELECT path, size, mtime_ns, ctime_ns, contents.sha256, bases.sha256, missing, issue FROM photos "
        "JOIN contents ON contents.id = content JOIN bases ON bases.id = base WHERE path IN",
        map(os.fsencode, paths),
    )
    found = {}
    for packed, size, mtime_ns, ctime_ns, sha256, base_sha256, missing, issue in rows:
        path = Path(os.fsdecode(packed))
        file = FileState(path, size, mtime_ns, ctime_ns)
        found[path] = KnownPhoto(file, sha256, base_sha256, bool(missing), issue)
    return found


def contents_of_base(
    connection: sqlite3.Connection, hashes: Iterable[bytes], base_sha256: str
) -> dict[bytes, tuple[int, str | None]]:
    """The number and the issue of each content that this network was to read."""
    rows = select_in(
        connection,
        "SELECT contents.sha256, contents.id, issue FROM contents JOIN bases ON bases.id = base "
        "WHERE bases.sha256 = ? AND contents.sha256 IN",
        hashes,
        base_sha256,
    )
    return {sha256: (number, issue) for sha256, number, issue in rows}


def write_records(
    connection: sqlite3.Connection, records: Sequence[PhotoRecord], base_sha256: str, force: bool
) -> None:
    """See `FaceStore.write`."""
    connection.execute("INSERT OR IGNORE INTO bases (sha256) VALUES (?)", (base_sha256,))
    held = contents_of_base(connection, (each.sha256 for each in records), base_sha256)
    numbers = {sha256: number for sha256, (number, _) in held.items()}
    for record in records:
        if record.outcome is not None and (force or record.sha256 not in numbers):
            numbers[record.sha256] = _write_content(connection, record.sha256, record.outcome, base_sha256)
    photos = [
        (os.fsencode(file.path), file.size, file.mtime_ns, file.ctime_ns, numbers[record.sha256])
        for record in records
        if record.sha256 in numbers  # Else it was removed meanwhile; the next scan reads it again.
        for file in record.files
    ]
    before = select_in(connection, "SELECT content FROM photos WHERE path IN", (path for path, *_ in photos))
    left = {number for (number,) in before}
    connection.executemany(
        "INSERT INTO photos (path, size, mtime_ns, ctime_ns, content) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns, "
        "ctime_ns = excluded.ctime_ns, "
        "content = excluded.content, missing = 0",
        photos,
    )
    remove_unused(connection, left)


def photos_page(
    connection: sqlite3.Connection, place: Path, after: bytes, count: int
) -> list[tuple[bytes, bool]]:
    """The next photos at or below `place` with paths after these bytes, and whether each is missing."""
    rows = connection.execute(
        "SELECT path, missing FROM photos WHERE path > ?1 AND path = ?2 UNION ALL "
        "SELECT path, missing FROM photos WHERE path > max(?1, ?3) AND path < ?4 "
        "ORDER BY path LIMIT ?5",
        (after, os.fsencode(place), *inside(place), count),
    )
    return [(path, bool(missing)) for path, missing in rows]


def inside(folder: Path) -> tuple[bytes, bytes]:
    """The paths below the folder are these, from the first up to the second, which is none of them."""
    start = os.fsencode(folder / "x")[:-1]
    return start, start[:-1] + bytes([start[-1] + 1])


def paths_of_contents(connection: sqlite3.Connection, hashes: Sequence[bytes]) -> list[Path]:
    """See `FaceStore.paths_of_contents`."""
    statement = (
        "SELECT path FROM photos JOIN contents ON contents.id = content WHERE NOT missing AND sha256 IN"
    )
    return [Path(os.fsdecode(path)) for (path,) in select_in(connection, statement, hashes)]


def photo_counts(connection: sqlite3.Connection) -> tuple[int, int]:
    """See `FaceStore.photo_counts`."""
    statement = "SELECT count(DISTINCT content), count(*) FROM photos WHERE NOT missing"
    photos, files = connection.execute(statement).fetchone()
    return photos, files - photos


def bases(connection: sqlite3.Connection) -> tuple[str, ...]:
    """See `FaceStore.bases`."""
    (known,) = connection.execute("SELECT count(*) FROM bases").fetchone()
    if known == 1:  # Then nothing need be counted, which takes a while in a large library.
        statement = "SELECT sha256 FROM bases WHERE EXISTS (SELECT 1 FROM contents)"
    else:
        statement = (
            "SELECT sha256 FROM (SELECT base, count(*) AS contents FROM contents GROUP BY base) "
            "JOIN bases ON bases.id = base ORDER BY contents DESC, sha256"
        )
    return tuple(sha256 for (sha256,) in connection.execute(statement))


def mark_missing(connection: sqlite3.Connection, missing: Sequence[Path], removed: Sequence[Path]) -> None:
    """See `FaceStore.mark_missing`."""
    connection.executemany(
        "UPDATE photos SET missing = 1 WHERE path = ?", [(os.fsencode(path),) for path in missing]
    )
    gone = [os.fsencode(path) for path in removed]
    statement = "SELECT content FROM photos WHERE missing AND path IN"
    left = {number for (number,) in select_in(connection, statement, gone)}
    connection.executemany("DELETE FROM photos WHERE missing AND path = ?", [(path,) for path in gone])
    remove_unused(connection, left)


def remove_unused(connection: sqlite3.Connection, contents: Iterable[int]) -> None:
    """Remove those of the contents that no photo has and nobody was given any more, with their faces."""
    connection.executemany(
        "DELETE FROM contents WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM photos WHERE content = ?1) "
        "AND sha256 NOT IN (SELECT content_sha256 FROM given)",
        [(number,) for number in contents],
    )


def _write_content(
    connection: sqlite3.Connection, sha256: bytes, outcome: AnalyzedPhoto | str, base_sha256: str
) -> int:
    read = None if isinstance(outcome, str) else outcome
    (content,) = connection.execute(
        "INSERT INTO contents (sha256, base, width_px, height_px, issue) "
        "VALUES (?, (SELECT id FROM bases WHERE sha256 = ?), ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "base = excluded.base, width_px = excluded.width_px, height_px = excluded.height_px, "
        "issue = excluded.issue RETURNING id",
        (
            sha256,
            base_sha256,
            read and read.width_px,
            read and read.height_px,
            outcome if read is None else None,
        ),
    ).fetchone()
    faces = read.faces if read else ()
    connection.execute("DELETE FROM faces WHERE content = ? AND place >= ?", (content, len(faces)))
    connection.executemany(_FACE, [_face_row(content, place, face) for place, face in enumerate(faces)])
    return int(content)


def _face_row(content: int, place: int, face: Face) -> tuple[object, ...]:
    quality = face.quality
    return (
        content,
        place,
        quality.is_good,
        packed(face.embedding),
        packed(face.logits),
        *face.box,
        face.score,
        np.array(face.landmarks, _FLOAT32).tobytes(),
        quality.interocular_px,
        quality.sharpness,
        quality.frontal,
        quality.alignment_confidence,
        ",".join(quality.issues),
        packed_descriptor(face.copy_descriptor),
        quality.side_light,
    )


def faces_page(
    connection: sqlite3.Connection, base_sha256: str, after: int, count: int, logits: bool
) -> FaceTable | None:
    """The next `count` faces that this network read with numbers above `after`; None where there are none."""
    # The faces first, by number, so that their order costs no sorting.
    rows = connection.execute(
        f"SELECT faces.id, content, is_good, embedding, {'logits' if logits else 'NULL'} FROM faces "
        "CROSS JOIN contents ON contents.id = content WHERE faces.id > ? "
        "AND base = (SELECT id FROM bases WHERE sha256 = ?) ORDER BY faces.id LIMIT ?",
        (after, base_sha256, count),
    ).fetchall()
    if not rows:
        return None
    numbers, contents, good, embeddings, attributes = zip(*rows, strict=True)
    unpacked_logits = (
        unpacked(attributes, len(ATTRIBUTES)) if logits else np.zeros((len(rows), 0), np.float32)
    )
    return FaceTable(
        np.array(numbers), np.array(contents), np.array(good) > 0, unpacked(embeddings), unpacked_logits
    )


_SEEN: Final = (
    "SELECT path, faces.id, sha256, place, x0, y0, x1, y1, width_px, height_px FROM faces "
    f"{WITH_CONTENT} JOIN photos ON photos.content = contents.id WHERE NOT missing AND "
)


def photos_of_faces(connection: sqlite3.Connection, numbers: Iterable[int]) -> list[FaceInPhoto]:
    """See `FaceStore.photos_of_faces`."""
    return [_seen(*row) for row in sorted(select_in(connection, f"{_SEEN} faces.id IN", numbers))]


def faces_in(connection: sqlite3.Connection, content_sha256: str) -> list[FaceInPhoto]:
    """See `FaceStore.faces_in`."""
    rows = connection.execute(f"{_SEEN} sha256 = ? ORDER BY place, path", (bytes.fromhex(content_sha256),))
    first: dict[int, FaceInPhoto] = {}
    for row in rows:
        first.setdefault(row[1], _seen(*row))
    return list(first.values())


def _seen(
    path: bytes,
    number: int,
    sha256: bytes,
    place: int,
    x0: float,
    y0: float,
    x1: float,
    y1: float,
    width_px: int,
    height_px: int,
) -> FaceInPhoto:
    face = FaceRef(sha256.hex(), place)
    return FaceInPhoto(number, Path(os.fsdecode(path)), face, (x0, y0, x1, y1), width_px, height_px)


def stored_faces(connection: sqlite3.Connection, numbers: Iterable[int]) -> list[StoredFace]:
    """See `FaceStore.stored_faces`."""
    rows = select_in(connection, f"{_STORED}{WITH_CONTENT} WHERE faces.id IN", numbers)
    return _stored(sorted(rows, key=lambda row: row[1]))


def faces_beside(connection: sqlite3.Connection, numbers: Iterable[int]) -> list[StoredFace]:
    """See `FaceStore.faces_beside`."""
    contents = {
        number for (number,) in select_in(connection, "SELECT content FROM faces WHERE id IN", numbers)
    }
    rows = select_in(connection, f"{_STORED}{WITH_CONTENT} WHERE content IN", contents)
    return _stored(sorted(rows, key=lambda row: (row[3], row[4])))


def _stored(rows: Sequence[tuple[Any, ...]]) -> list[StoredFace]:
    embeddings = unpacked([row[0] for row in rows]) if rows else ()
    return [
        StoredFace(
            number,
            content,
            FaceRef(sha256.hex(), place),
            bool(is_good),
            embedding,
            unpacked_descriptor(descriptor),
        )
        for (_, number, content, sha256, place, is_good, descriptor), embedding in zip(
            rows, embeddings, strict=True
        )
    ]


def face_numbers(connection: sqlite3.Connection, faces: Iterable[FaceRef]) -> dict[FaceRef, int]:
    """See `FaceStore.face_numbers`."""
    wanted = set(faces)
    rows = select_in(
        connection,
        f"SELECT sha256, place, faces.id FROM faces {WITH_CONTENT} WHERE sha256 IN",
        [bytes.fromhex(each.photo) for each in wanted],
    )
    found = {FaceRef(sha256.hex(), place): number for sha256, place, number in rows}
    return {face: number for face, number in found.items() if face in wanted}


def face_refs(connection: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, FaceRef]:
    """See `FaceStore.face_refs`."""
    found = select_in(
        connection, f"SELECT faces.id, sha256, place FROM faces {WITH_CONTENT}WHERE faces.id IN", numbers
    )
    return {number: FaceRef(sha256.hex(), place) for number, sha256, place in found}


def packed(values: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]") -> bytes:
    """Values as they are kept."""
    return values.astype(FLOAT16).tobytes()


def unpacked(blobs: Sequence[Any], numbers: int | None = None) -> Float32[np.ndarray, "n k"]:
    """Embeddings or logits as they are kept, one or more of them, as rows.

    Raises `CorruptDatabase` where they are no finite numbers, or not all as long, or not so many `numbers`.
    """
    length, *others = {len(blob) if isinstance(blob, bytes) else None for blob in blobs}
    if others or not length or length % 2 or numbers not in (None, length // 2):
        raise CorruptDatabase
    values = np.frombuffer(b"".join(blobs), FLOAT16)
    rows: Float32[np.ndarray, "n k"] = values.reshape(len(blobs), -1).astype(np.float32)
    if not np.isfinite(rows).all():
        raise CorruptDatabase
    return rows


def packed_descriptor(descriptor: Int8[np.ndarray, "400"] | None) -> bytes | None:
    """A copy descriptor as it is kept."""
    return None if descriptor is None else descriptor.tobytes()


def unpacked_descriptor(blob: bytes | None) -> Int8[np.ndarray, "400"] | None:
    """A copy descriptor as it is kept. Raises `CorruptDatabase` where it is none."""
    if blob is None:
        return None
    if len(blob) != DESCRIPTOR_SIZE:
        raise CorruptDatabase
    return np.frombuffer(blob, np.int8)


def unpacked_landmarks(blob: bytes) -> Landmarks:
    """Landmarks as they are kept. Raises `CorruptDatabase` where they are none."""
    values = np.frombuffer(blob, _FLOAT32)
    if values.shape != (10,) or not np.isfinite(values).all():
        raise CorruptDatabase
    eye, other_eye, nose, left, right = ((x, y) for x, y in values.reshape(5, 2).tolist())
    return eye, other_eye, nose, left, right


def sound_taught(taught: Rows) -> Rows:
    """The rows of the table `taught` with whole embeddings, as long as most of that person's are."""
    widths: dict[tuple[object, ...], int] = {}
    for row in taught:
        with contextlib.suppress(CorruptDatabase):
            widths[row] = unpacked([row[4]]).shape[1]
    usual = {
        person: Counter(width for row, width in widths.items() if row[0] == person).most_common(1)[0][0]
        for person in {row[0] for row in widths}
    }
    return [row for row, width in widths.items() if width == usual[row[0]]]
