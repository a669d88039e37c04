"""The index of a photo collection: scanned once, asked often.

    store             `FaceStore`, what an index is to the rest, and the values that go in and out; those of
                      people are in `people_store`, of faces beside people in `curation_store`, of
                      changes in `history_store`
    names             when two spellings are one name, and whom a name stands for
    sqlite_store      `SqliteStore`, in one SQLite file of a data folder (`sqlite_file`), its half about
                      people in `sqlite_people_store`, about faces beside people and changes in
                      `sqlite_curation_store`; its tables are in `sqlite_schema`, its statements in
                      `sqlite_rows`, `sqlite_people`, `sqlite_given`, `sqlite_changes` and `sqlite_marks`,
                      what becomes of a damaged file in `sqlite_damage`
    vault             `Vault`: the lock of the data folder; `encryption`: its files become encrypted, or plain
                      again; `key_file`: their key, under a passphrase; `auto_lock`: the minutes until it
                      locks itself
    locations         the data folder, and what its files are called
    photo_walk        the photos below some folders, in no more memory for a million
    exclusion         what in these folders is none of the photos; patterns: folders named by a pattern
    scanning          `scan`: only what is new or changed is read
    embedding_matrix  `EmbeddingMatrix`: the embeddings as one memory-mapped matrix
    query             `search`: a person, or attributes, among all faces
    clustering        faces that seem to be one person's
    group_evidence    how sure groups are, their most typical faces and likely intruders
    impostor_tail     how similar faces of different people are, at the most
    thumbnails        `Thumbnails`: small pictures of photos and faces, made once
    erasure           `erase`: a person out of every byte; `receipt`: which files were searched for what was
                      known of the person (`byte_search`, `encrypted_pages`)

Photos are read by a callable, and faces judged by another: nothing here sees a picture or a network.

Each name is loaded when it is first used.
"""

from typing import TYPE_CHECKING

from semblante.lazy import loader

if TYPE_CHECKING:
    from semblante.library.clustering import group as group
    from semblante.library.clustering import group_around as group_around
    from semblante.library.curation_store import Folder as Folder
    from semblante.library.embedding_matrix import EmbeddingMatrix as EmbeddingMatrix
    from semblante.library.erasure import Erased as Erased
    from semblante.library.erasure import erase as erase
    from semblante.library.erasure import mentions_name as mentions_name
    from semblante.library.group_evidence import FaceGroup as FaceGroup
    from semblante.library.group_evidence import judged_groups as judged_groups
    from semblante.library.history_store import MAX_CHANGES as MAX_CHANGES
    from semblante.library.history_store import Change as Change
    from semblante.library.history_store import ChangeKind as ChangeKind
    from semblante.library.history_store import PeopleChange as PeopleChange
    from semblante.library.impostor_tail import ImpostorTail as ImpostorTail
    from semblante.library.locations import data_folder as data_folder
    from semblante.library.names import is_known as is_known
    from semblante.library.names import kept_name as kept_name
    from semblante.library.names import key_of as key_of
    from semblante.library.names import names_of as names_of
    from semblante.library.patterns import expand_pattern as expand_pattern
    from semblante.library.patterns import missing_place as missing_place
    from semblante.library.people_store import GivenPhoto as GivenPhoto
    from semblante.library.people_store import KnownPerson as KnownPerson
    from semblante.library.people_store import LearntAnew as LearntAnew
    from semblante.library.people_store import Role as Role
    from semblante.library.people_store import Taught as Taught
    from semblante.library.photo_walk import Excluded as Excluded
    from semblante.library.photo_walk import PhotoWalk as PhotoWalk
    from semblante.library.query import Candidate as Candidate
    from semblante.library.query import Match as Match
    from semblante.library.query import Query as Query
    from semblante.library.query import Score as Score
    from semblante.library.query import ScoredFaces as ScoredFaces
    from semblante.library.query import SearchResult as SearchResult
    from semblante.library.query import best_face_per_photo as best_face_per_photo
    from semblante.library.query import candidates as candidates
    from semblante.library.query import matching_faces as matching_faces
    from semblante.library.query import search as search
    from semblante.library.receipt import Receipt as Receipt
    from semblante.library.receipt import receipt_of as receipt_of
    from semblante.library.receipt import traces_of as traces_of
    from semblante.library.scanning import FailedRead as FailedRead
    from semblante.library.scanning import ScanReport as ScanReport
    from semblante.library.scanning import scan as scan
    from semblante.library.sqlite_store import SqliteStore as SqliteStore
    from semblante.library.store import ContentDays as ContentDays
    from semblante.library.store import FaceInPhoto as FaceInPhoto
    from semblante.library.store import FaceStore as FaceStore
    from semblante.library.store import FaceTable as FaceTable
    from semblante.library.store import ListedPhoto as ListedPhoto
    from semblante.library.store import StoredFace as StoredFace
    from semblante.library.thumbnails import WHOLE_PHOTO as WHOLE_PHOTO
    from semblante.library.thumbnails import Thumbnails as Thumbnails
    from semblante.library.thumbnails import drop_orphans as drop_orphans

_HOME = {
    "group": "semblante.library.clustering",
    "group_around": "semblante.library.clustering",
    "EmbeddingMatrix": "semblante.library.embedding_matrix",
    "Erased": "semblante.library.erasure",
    "erase": "semblante.library.erasure",
    "mentions_name": "semblante.library.erasure",
    "FaceGroup": "semblante.library.group_evidence",
    "judged_groups": "semblante.library.group_evidence",
    "ImpostorTail": "semblante.library.impostor_tail",
    "data_folder": "semblante.library.locations",
    "is_known": "semblante.library.names",
    "kept_name": "semblante.library.names",
    "key_of": "semblante.library.names",
    "names_of": "semblante.library.names",
    "expand_pattern": "semblante.library.patterns",
    "missing_place": "semblante.library.patterns",
    "Folder": "semblante.library.curation_store",
    "ChangeKind": "semblante.library.history_store",
    "MAX_CHANGES": "semblante.library.history_store",
    "Change": "semblante.library.history_store",
    "PeopleChange": "semblante.library.history_store",
    "GivenPhoto": "semblante.library.people_store",
    "KnownPerson": "semblante.library.people_store",
    "LearntAnew": "semblante.library.people_store",
    "Role": "semblante.library.people_store",
    "Taught": "semblante.library.people_store",
    "Excluded": "semblante.library.photo_walk",
    "PhotoWalk": "semblante.library.photo_walk",
    "Candidate": "semblante.library.query",
    "Match": "semblante.library.query",
    "Query": "semblante.library.query",
    "Score": "semblante.library.query",
    "ScoredFaces": "semblante.library.query",
    "SearchResult": "semblante.library.query",
    "best_face_per_photo": "semblante.library.query",
    "candidates": "semblante.library.query",
    "matching_faces": "semblante.library.query",
    "search": "semblante.library.query",
    "Receipt": "semblante.library.receipt",
    "receipt_of": "semblante.library.receipt",
    "traces_of": "semblante.library.receipt",
    "FailedRead": "semblante.library.scanning",
    "ScanReport": "semblante.library.scanning",
    "scan": "semblante.library.scanning",
    "SqliteStore": "semblante.library.sqlite_store",
    "ContentDays": "semblante.library.store",
    "FaceInPhoto": "semblante.library.store",
    "FaceStore": "semblante.library.store",
    "FaceTable": "semblante.library.store",
    "ListedPhoto": "semblante.library.store",
    "StoredFace": "semblante.library.store",
    "WHOLE_PHOTO": "semblante.library.thumbnails",
    "Thumbnails": "semblante.library.thumbnails",
    "drop_orphans": "semblante.library.thumbnails",
}
__all__ = [*_HOME]
__getattr__ = loader(__name__, _HOME)
