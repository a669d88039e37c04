"""The SQL of photos given to learn a person from: only their faces are kept, beside those of scans."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from semblante.labels import ATTRIBUTES
from semblante.library.people_store import GivenPhoto, Role
from semblante.library.sqlite_days import days_of
from semblante.library.sqlite_driver import sqlite3
from semblante.library.sqlite_rows import (
    remove_unused,
    select_in,
    unpacked,
    unpacked_descriptor,
    unpacked_landmarks,
    write_records,
)
from semblante.library.store import PhotoRecord
from semblante.types import DESCRIPTOR_SIZE, AnalyzedPhoto, Face, Quality

_FACE: Final = (
    "content, place, embedding, logits, copy_descriptor, landmarks, issues, score, x0, y0, x1, y1, "
    "interocular_px, sharpness, frontal, alignment_confidence, side_light"
)


def give_photos(
    connection: sqlite3.Connection,
    person: int,
    records: Sequence[PhotoRecord],
    role: Role,
    base_sha256: str,
) -> None:
    """See `FaceStore.give_photos`; `person` is the person's number."""
    write_records(connection, records, base_sha256, force=False)
    now = datetime.now(UTC).isoformat()
    connection.executemany(
        "INSERT INTO given VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET role = excluded.role",
        [(person, record.sha256, role, now) for record in records],
    )


def given_photos(connection: sqlite3.Connection, person: int) -> tuple[GivenPhoto, ...]:
    """See `FaceStore.given_photos`; `person` is the person's number."""
    rows = connection.execute(
        "SELECT content_sha256, role, at FROM given WHERE person = ? ORDER BY at, content_sha256", (person,)
    )
    return tuple(
        GivenPhoto(sha256.hex(), role, datetime.fromisoformat(at)) for sha256, role, at in rows.fetchall()
    )


def remove_given(connection: sqlite3.Connection, person: int, hashes: Sequence[bytes]) -> None:
    """Take photos from a person; what nobody was given any more and no photo has leaves the store."""
    connection.executemany(
        "DELETE FROM given WHERE person = ? AND content_sha256 = ?", [(person, sha256) for sha256 in hashes]
    )
    _remove_contents(connection, hashes)


def drop_ungiven(connection: sqlite3.Connection) -> None:
    """Take the photos from those who are not known any more, and whom no change can bring back."""
    gone = connection.execute(
        "DELETE FROM given WHERE person NOT IN (SELECT id FROM people UNION "
        "SELECT id FROM people_before WHERE id NOT NULL) RETURNING content_sha256"
    ).fetchall()
    _remove_contents(connection, (sha256 for (sha256,) in gone))


def _remove_contents(connection: sqlite3.Connection, hashes: Iterable[bytes]) -> None:
    found = list(select_in(connection, "SELECT id FROM contents WHERE sha256 IN", hashes))
    remove_unused(connection, (number for (number,) in found))


def analyzed_photos(
    connection: sqlite3.Connection, hashes: Sequence[bytes], base_sha256: str
) -> Mapping[bytes, AnalyzedPhoto]:
    """See `FaceStore.analyzed_photos`."""
    statement = (
        "SELECT contents.id, contents.sha256, width_px, height_px FROM contents "
        "JOIN bases ON bases.id = base WHERE issue IS NULL AND bases.sha256 = ? AND contents.sha256 IN"
    )
    contents = list(select_in(connection, statement, hashes, base_sha256))
    rows = list(
        select_in(
            connection, f"SELECT {_FACE} FROM faces WHERE content IN", (number for number, *_ in contents)
        )
    )
    embeddings = unpacked([row[2] for row in rows]) if rows else ()
    logits = unpacked([row[3] for row in rows], len(ATTRIBUTES)) if rows else ()
    faces: dict[int, dict[int, Face]] = {number: {} for number, *_ in contents}
    for row, embedding, of_face in zip(rows, embeddings, logits, strict=True):
        faces[row[0]][row[1]] = _face(row, embedding, of_face)
    days = days_of(connection, hashes)
    return {
        sha256: AnalyzedPhoto(
            sha256.hex(),
            width_px,
            height_px,
            tuple(face for _, face in sorted(faces[number].items())),
            days.get(sha256),
        )
        for number, sha256, width_px, height_px in contents
    }


def _face(row: tuple[Any, ...], embedding: Any, logits: Any) -> Face:
    descriptor, landmarks, issues, score, x0, y0, x1, y1, *measures = row[4:]
    interocular_px, sharpness, frontal, alignment_confidence, side_light = measures
    found = unpacked_descriptor(descriptor)
    return Face(
        (x0, y0, x1, y1),
        score,
        unpacked_landmarks(landmarks),
        Quality(
            interocular_px,
            sharpness,
            frontal,
            alignment_confidence,
            tuple(issues.split(",")) if issues else (),
            side_light,
        ),
        logits,
        embedding,
        # All zeros stand for a face whose copies are not known.
        np.zeros(DESCRIPTOR_SIZE, np.int8) if found is None else found,
    )
