"""The index of a photo collection, in one SQLite file of a data folder: scanned once, asked often.

found      `Match`: what a search finds
"""

from semblante.library.found import Match

__all__ = ["Match"]
