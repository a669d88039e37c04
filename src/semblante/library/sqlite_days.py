"""The SQL of the days on which photos were taken: by their metadata, or as a user told.

A day is kept by the hash of a photo's content, for photos of the index and for those that taught somebody.
What a user told counts, and stays while the photo is away.
"""

from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np

from semblante.library.sqlite_driver import sqlite3
from semblante.library.sqlite_rows import select_in
from semblante.library.store import ContentDays, PhotoRecord
from semblante.types import AnalyzedPhoto


def days_of(connection: sqlite3.Connection, hashes: Iterable[bytes]) -> dict[bytes, date]:
    """See `FaceStore.days`."""
    statement = "SELECT content_sha256, coalesce(by_user, taken) FROM days WHERE content_sha256 IN"
    return {sha256: date.fromisoformat(day) for sha256, day in select_in(connection, statement, hashes)}


def note_days_of_records(connection: sqlite3.Connection, records: Iterable[PhotoRecord]) -> None:
    """Keep the days that photos name which are written."""
    read = {each.sha256: each.outcome for each in records if isinstance(each.outcome, AnalyzedPhoto)}
    note_taken(connection, {sha256: photo.taken for sha256, photo in read.items() if photo.taken})


def note_taken(connection: sqlite3.Connection, taken: Mapping[bytes, date]) -> None:
    """See `FaceStore.note_taken`."""
    connection.executemany(
        "INSERT INTO days (content_sha256, taken) VALUES (?, ?) "
        "ON CONFLICT DO UPDATE SET taken = excluded.taken",
        [(sha256, day.isoformat()) for sha256, day in taken.items()],
    )


def set_day(connection: sqlite3.Connection, hashes: Iterable[bytes], day: date | None) -> None:
    """See `FaceStore.set_day`."""
    by_user = None if day is None else day.isoformat()
    connection.executemany(
        "INSERT INTO days (content_sha256, by_user) VALUES (?, ?) "
        "ON CONFLICT DO UPDATE SET by_user = excluded.by_user",
        [(sha256, by_user) for sha256 in hashes],
    )
    connection.execute("DELETE FROM days WHERE taken IS NULL AND by_user IS NULL")


def content_days(connection: sqlite3.Connection) -> ContentDays:
    """See `FaceStore.content_days`."""
    rows = connection.execute(
        "SELECT contents.id, coalesce(by_user, taken) FROM days "
        "JOIN contents ON contents.sha256 = content_sha256 ORDER BY contents.id"
    ).fetchall()
    numbers = np.array([number for number, _ in rows], np.int64)
    return numbers, np.array([date.fromisoformat(day).toordinal() for _, day in rows], np.int64)


def drop_unused_days(connection: sqlite3.Connection) -> None:
    """Remove the days of photos that are in no table any more."""
    connection.execute(
        "DELETE FROM days WHERE content_sha256 NOT IN (SELECT sha256 FROM contents "
        "UNION SELECT content_sha256 FROM taught UNION SELECT content_sha256 FROM taught_before)"
    )
