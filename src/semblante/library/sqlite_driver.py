"""The driver of the index: SQLCipher, which is SQLite with pages that can be encrypted and authenticated.

It opens plain files too, so one driver serves both, with the same SQLite on every system. A file that is open
through it must not be opened through Python's own `sqlite3` in the same process: POSIX locks belong to the
process, so each of the two would break the locks of the other.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3  # The driver has the same interface, and no type hints of its own.
else:
    from sqlcipher3 import dbapi2 as sqlite3

__all__ = ["sqlite3"]
