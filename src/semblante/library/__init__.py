"""The index of a photo collection, in one SQLite file of a data folder: scanned once, asked often.

    place      where the data folder is
    database   the tables, and SQLite's errors in words
    index      `Library`: the index open, and the people in it
    walking    the photos in a folder, in no more memory for a million
    records    what a scan asks and writes
    scanning   `scan`: only what is new or changed is read
    searching  `search`: somebody, or attributes, among all faces
    grouping   faces that seem to be one person's
    telling    `face_of`: what a match is about, to teach with
    forgetting `forget`: a person out of every byte
    found      `Match`: what a search finds

Photos are read by a callable, and faces judged by another: nothing here sees a picture or a network.
"""

from semblante.library.forgetting import Forgotten, forget
from semblante.library.found import Match
from semblante.library.grouping import alike_above, group
from semblante.library.index import Library, Taught, key_of, open_library
from semblante.library.place import data_folder
from semblante.library.scanning import ScanReport, scan
from semblante.library.searching import (
    Faces,
    Score,
    Search,
    Wanted,
    candidates,
    faces_of,
    paths_with,
    search,
    settled,
)
from semblante.library.telling import SeenFace, face_of

__all__ = [
    "Faces",
    "Forgotten",
    "Library",
    "Match",
    "ScanReport",
    "Score",
    "Search",
    "SeenFace",
    "Taught",
    "Wanted",
    "alike_above",
    "candidates",
    "data_folder",
    "face_of",
    "faces_of",
    "forget",
    "group",
    "key_of",
    "open_library",
    "paths_with",
    "scan",
    "search",
    "settled",
]
