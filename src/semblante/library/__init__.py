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
    from semblante.library.clustering import clustering_threshold as clustering_threshold
    from semblante.library.clustering import group as group
    from semblante.library.erase import Forgotten as Forgotten
    from semblante.library.erase import forget as forget
    from semblante.library.found import Match as Match
    from semblante.library.index import Library as Library
    from semblante.library.index import Taught as Taught
    from semblante.library.index import key_of as key_of
    from semblante.library.index import open_library as open_library
    from semblante.library.location import data_folder as data_folder
    from semblante.library.query import Candidate as Candidate
    from semblante.library.query import Faces as Faces
    from semblante.library.query import Query as Query
    from semblante.library.query import Score as Score
    from semblante.library.query import SearchResult as SearchResult
    from semblante.library.query import best_face_per_photo as best_face_per_photo
    from semblante.library.query import candidates as candidates
    from semblante.library.query import faces_of as faces_of
    from semblante.library.query import paths_with as paths_with
    from semblante.library.query import search as search
    from semblante.library.scanning import ScanReport as ScanReport
    from semblante.library.scanning import scan as scan
    from semblante.library.telling import SeenFace as SeenFace
    from semblante.library.telling import face_of as face_of
    from semblante.library.telling import faces_beside as faces_beside
    from semblante.library.telling import match_of as match_of

_HOME = {
    "Forgotten": "semblante.library.erase",
    "forget": "semblante.library.erase",
    "Match": "semblante.library.found",
    "clustering_threshold": "semblante.library.clustering",
    "group": "semblante.library.clustering",
    "Library": "semblante.library.index",
    "Taught": "semblante.library.index",
    "key_of": "semblante.library.index",
    "open_library": "semblante.library.index",
    "data_folder": "semblante.library.location",
    "ScanReport": "semblante.library.scanning",
    "scan": "semblante.library.scanning",
    "Candidate": "semblante.library.query",
    "Faces": "semblante.library.query",
    "Score": "semblante.library.query",
    "SearchResult": "semblante.library.query",
    "Query": "semblante.library.query",
    "candidates": "semblante.library.query",
    "faces_of": "semblante.library.query",
    "paths_with": "semblante.library.query",
    "search": "semblante.library.query",
    "best_face_per_photo": "semblante.library.query",
    "SeenFace": "semblante.library.telling",
    "face_of": "semblante.library.telling",
    "faces_beside": "semblante.library.telling",
    "match_of": "semblante.library.telling",
}
__all__ = [*_HOME]
__getattr__ = loader(__name__, _HOME)
