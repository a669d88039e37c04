"""`Library`: an index of photos and the people in it, opened once and asked from any thread."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from semblante.errors import FileAccessError, check_type
from semblante.jobs import SILENT, JobContext
from semblante.library import (
    FaceInPhoto,
    FaceStore,
    ScanReport,
    SearchResult,
    SqliteStore,
    data_folder,
    drop_orphans,
)
from semblante.library.encryption import index_exists
from semblante.model.bundle import Bundle
from semblante.organize.journal import How, Run, sort_runs
from semblante.organize.sort import SortedPhoto, Sorting, sort_photos
from semblante.organize.undo import Undone, choose_run, undo_sort
from semblante.person import Person
from semblante.pipeline.analyzer import FaceAnalyzer, bundle_of
from semblante.pipeline.collection import find_photos_of, scan_photos
from semblante.pipeline.finding import Places, listed
from semblante.pipeline.grouping import Group, People, faces_of, photos_of
from semblante.pipeline.kept_groups import KeptGroups
from semblante.pipeline.library_holdings import LibraryHoldings
from semblante.types import FaceRef


def has_index(folder: Path) -> bool:
    """Whether there is an index in the data folder."""
    return index_exists(folder)


class Library(LibraryHoldings):
    """The index in a folder, open; by default the one that `SEMBLANTE_HOME` names, or the system's own.

    Use it in a `with` block, or close it. `create` begins one where there is none. A `store` of the caller's
    own takes the place of the SQLite file, and is closed with it. Any thread may use it. A damaged index is
    kept aside, and a new one begun. An encrypted index is locked until `vault.unlock` has its passphrase:
    what needs it raises `VaultLocked`.

    Raises `FileAccessError` where there is none and it is not to be created, `NotALibrary`, `Locked` or
    `DiskFull`.
    """

    def __init__(
        self, folder: Path | str | None = None, *, store: FaceStore | None = None, create: bool = False
    ) -> None:
        if store is None:
            place = data_folder(None if folder is None else Path(folder))
            if not create and not has_index(place):
                raise FileAccessError("index_missing", path=place)
            store = SqliteStore(place)
        super().__init__(store)
        self._groups = KeptGroups(store, self._matrix)

    def close(self) -> None:
        """Close the store; a second time does nothing."""
        self._thumbnails.close()
        self.store.close()
        self.vault.close()

    @property
    def folder(self) -> Path:
        """The data folder."""
        return self.store.folder

    @property
    def is_empty(self) -> bool:
        """Whether no photo was scanned yet."""
        return not self.store.bases()

    def check_writable(self) -> None:
        """Raise `FileAccessError` where the index can only be read, before work is done in vain."""
        self.store.check_writable()

    def scan(
        self,
        folders: Places,
        analyzer: FaceAnalyzer,
        force: bool = False,
        prune: bool = False,
        verify: bool = False,
        exclude: Sequence[str] = (),
        aligned: bool = False,
        job: JobContext = SILENT,
    ) -> ScanReport:
        """Bring the index up to date with these folders, or single photos; see `semblante.library.scan`.

        A single path counts as a list of one.
        `force` also reads what is known. `prune` removes at once what is not there any more. `verify` hashes
        what is known, and reads it where its content has changed. `exclude` are patterns of what is left out.
        `aligned` takes pictures of exactly 178 x 218 pixels for CelebA's aligned crops.
        """
        check_type(analyzer, FaceAnalyzer)
        self._matrix.release()
        report = scan_photos(
            self.store, listed(folders), analyzer, force, prune, verify, exclude, aligned, job
        )
        drop_orphans(self.store, self._thumbnails)
        return report

    def scan_folders(
        self,
        numbers: Collection[int],
        analyzer: FaceAnalyzer,
        force: bool = False,
        prune: bool = False,
        verify: bool = False,
        job: JobContext = SILENT,
    ) -> ScanReport:
        """Scan folders of the list; see `chosen_folders` and `scan`."""
        places = [each.path for each in self.chosen_folders(numbers)]
        return self.scan(places, analyzer, force, prune, verify, job=job)

    def find(
        self,
        person: Person | str | None = None,
        with_: str | Sequence[str] = (),
        without: str | Sequence[str] = (),
        several: bool = False,
    ) -> SearchResult:
        """The photos that show a person, or faces with certain attributes, the surest first.

        `with_` and `without` name attributes in English or Spanish; a single one counts as a list of one.
        With `several`, more than one face in a photo may be the person. Raises `UnknownPerson`, and
        `InvalidOption` where nothing is asked for, and for what is no attribute or no person.
        """
        return find_photos_of(self.store, person, with_, without, several, self._matrix)

    def people(self, base: FaceAnalyzer | Bundle, min_photos: int = 2, job: JobContext = SILENT) -> People:
        """Who is in the photos: the known by name, the unknown in groups in at least `min_photos` photos.

        Asked again before anything has changed, it answers at once. Raises `InvalidOption` where the base has
        no background embeddings, and `Cancelled`.
        """
        return self._groups.people(bundle_of(base), min_photos, job)

    def is_grouped(self, base: FaceAnalyzer | Bundle) -> bool:
        """Whether the groups are as they are now, so that `people` answers at once."""
        return self._groups.is_current(bundle_of(base))

    def people_so_far(self, base: FaceAnalyzer | Bundle, min_photos: int = 2) -> People | None:
        """What is known without work of `people`; see `KeptGroups.people_so_far`."""
        return self._groups.people_so_far(bundle_of(base), min_photos)

    def group_so_far(self, anchor: FaceRef, base: FaceAnalyzer | Bundle) -> Group | None:
        """The group with this anchor, where it is known without work; see `KeptGroups.group_so_far`."""
        return self._groups.group_so_far(anchor, bundle_of(base))

    def group(self, anchor: FaceRef, base: FaceAnalyzer | Bundle, job: JobContext = SILENT) -> Group:
        """The group of unknown faces with this anchor, however few photos it is in; see `KeptGroups.group`.

        Raises `NotInIndex` where there is none, or no longer.
        """
        return self._groups.group(anchor, bundle_of(base), job)

    def photos_of(self, group: Group, doubtful: bool = False) -> tuple[Path, ...]:
        """The photos that the faces of a group are in, the most typical first.

        With `doubtful`, those of its doubtful faces instead.
        """
        check_type(group, Group)
        return photos_of(self.store, group, doubtful)

    def faces_of(self, group: Group, doubtful: bool = False) -> list[FaceInPhoto]:
        """Where the faces of a group, or its `doubtful` ones, are seen: the most typical first, each once.

        Photos that are missing are left out.
        """
        check_type(group, Group)
        return faces_of(self.store, group, doubtful)

    def refs_of(self, numbers: Iterable[int]) -> dict[int, FaceRef]:
        """By number, which faces of which photos these are; those that are gone are left out."""
        return dict(self.store.face_refs(numbers))

    def sort(
        self, name: str, how: How, to: Path | None = None, dry_run: bool = False, job: JobContext = SILENT
    ) -> tuple[SortedPhoto, ...]:
        """Put the photos that surely show a person into a folder, or write sidecars; see `sort_photos`."""
        found, sorting = self.find(name), Sorting(self.kept_name(name), how, to, dry_run)
        return tuple(sort_photos(found.matches, sorting, self.folder, job))

    def sorts(self) -> tuple[Run, ...]:
        """What was sorted, the first run first. Raises `VaultLocked`: journals name people too."""
        self.vault.check_unlocked()
        return sort_runs(self.folder)

    def sort_of(self, run: str) -> Run:
        """The sort of this name. Raises `InvalidOption` where there is none, and `VaultLocked`."""
        self.vault.check_unlocked()
        return choose_run(self.folder, run)

    def undo_sort(
        self, run: str, dry_run: bool = False, job: JobContext = SILENT
    ) -> tuple[Run, tuple[Undone, ...]]:
        """Take back a sort; what was changed since is left. See `semblante.organize.undo.undo_sort`."""
        return undo_sort(self.folder, run, dry_run, job)
