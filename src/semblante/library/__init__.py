"""The index of a photo collection, in one SQLite file of a data folder: scanned once, asked often.

    place      where the data folder is
    database   the tables, and SQLite's errors in words
    index      `Library`: the index open, and the people in it
    walking    the photos in a folder, in no more memory for a million
    records    what a scan asks and writes
    scanning   `scan`: only what is new or changed is read
    searching  `search`: somebody, or attributes, among all faces
    grouping   faces that seem to be one person's
    telling    what a user tells of faces: those that matches and groups are about, to teach with
    forgetting `forget`: a person out of every byte
    found      `Match`: what a search finds

Photos are read by a callable, and faces judged by another: nothing here sees a picture or a network.

Each name is loaded when it is first used: a command waits for nothing that it does not need.
"""

from typing import TYPE_CHECKING

from semblante.lazy import loader

if TYPE_CHECKING:
    from semblante.library.forgetting import Forgotten as Forgotten
    from semblante.library.forgetting import forget as forget
    from semblante.library.found import Match as Match
    from semblante.library.grouping import alike_above as alike_above
    from semblante.library.grouping import group as group
    from semblante.library.index import Library as Library
    from semblante.library.index import Taught as Taught
    from semblante.library.index import key_of as key_of
    from semblante.library.index import open_library as open_library
    from semblante.library.place import data_folder as data_folder
    from semblante.library.scanning import ScanReport as ScanReport
    from semblante.library.scanning import scan as scan
    from semblante.library.searching import Candidate as Candidate
    from semblante.library.searching import Faces as Faces
    from semblante.library.searching import Score as Score
    from semblante.library.searching import Search as Search
    from semblante.library.searching import Wanted as Wanted
    from semblante.library.searching import candidates as candidates
    from semblante.library.searching import faces_of as faces_of
    from semblante.library.searching import paths_with as paths_with
    from semblante.library.searching import search as search
    from semblante.library.searching import settled as settled
    from semblante.library.telling import SeenFace as SeenFace
    from semblante.library.telling import face_of as face_of
    from semblante.library.telling import faces_beside as faces_beside
    from semblante.library.telling import match_of as match_of

_HOME = {
    "Forgotten": "semblante.library.forgetting",
    "forget": "semblante.library.forgetting",
    "Match": "semblante.library.found",
    "alike_above": "semblante.library.grouping",
    "group": "semblante.library.grouping",
    "Library": "semblante.library.index",
    "Taught": "semblante.library.index",
    "key_of": "semblante.library.index",
    "open_library": "semblante.library.index",
    "data_folder": "semblante.library.place",
    "ScanReport": "semblante.library.scanning",
    "scan": "semblante.library.scanning",
    "Candidate": "semblante.library.searching",
    "Faces": "semblante.library.searching",
    "Score": "semblante.library.searching",
    "Search": "semblante.library.searching",
    "Wanted": "semblante.library.searching",
    "candidates": "semblante.library.searching",
    "faces_of": "semblante.library.searching",
    "paths_with": "semblante.library.searching",
    "search": "semblante.library.searching",
    "settled": "semblante.library.searching",
    "SeenFace": "semblante.library.telling",
    "face_of": "semblante.library.telling",
    "faces_beside": "semblante.library.telling",
    "match_of": "semblante.library.telling",
}
__all__ = [*_HOME]
__getattr__ = loader(__name__, _HOME)
