"""The driver of the index: SQLCipher, which is SQLite with pages that can be encrypted and authenticated.

It opens plain files too, so one driver serves both, with the same SQLite on every system. A file that is open
through it must not be opened through Python's own `sqlite3` in the same process: POSIX locks belong to the
process, so each of the two would break the locks of the other.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from semblante.library.key_file import DataKey

if TYPE_CHECKING:
    import sqlite3  # The driver has the same interface, and no type hints of its own.
else:
    from sqlcipher3 import dbapi2 as sqlite3

__all__ = ["key_text", "open_database", "sqlite3"]


def open_database(
    place: Path | str, key: DataKey | None, timeout_s: float = 0, is_uri: bool = False
) -> sqlite3.Connection:
    """A connection in autocommit mode that any thread may use, one at a time; the caller closes it.

    With a key, the pages are encrypted. What is deleted is overwritten with zeros at once. Raises the errors
    of the driver.
    """
    connection = sqlite3.connect(
        place, timeout=timeout_s, isolation_level=None, check_same_thread=False, uri=is_uri
    )
    try:
        # Its errors are raised, and need not be on standard error too.
        connection.execute("PRAGMA cipher_log_level = NONE")
        if key is not None:
            connection.execute(f'PRAGMA key = "{key_text(key)}"')
        # What sorting or compacting a large index takes must not have to fit into memory.
        connection.execute("PRAGMA temp_store = FILE")
        connection.execute("PRAGMA secure_delete = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def key_text(key: DataKey | None) -> str:
    """The key as SQLCipher takes it without deriving another one; empty for a file that is not encrypted."""
    return "" if key is None else f"x'{key.value.hex()}'"
