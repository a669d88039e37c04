"""`LibraryHoldings`: the part of `Library` about what is kept: its lock, what is held, and how it goes."""

from semblante.jobs import SILENT, JobContext
from semblante.library import key_of, names_of
from semblante.library.auto_lock import auto_lock_minutes, keep_auto_lock
from semblante.library.vault import Vault
from semblante.organize.journal import sort_runs
from semblante.pipeline.erasure import Forgotten, forget_person
from semblante.pipeline.held_files import HeldFile, erase_everything
from semblante.pipeline.holdings import Holdings, holdings_of
from semblante.pipeline.library_photos import LibraryPhotos


class LibraryHoldings(LibraryPhotos):
    """What a library keeps of anybody, encrypted, shown and erased. Any thread may use it."""

    @property
    def vault(self) -> Vault:
        """The lock of the data folder: encrypts, locks and unlocks index and thumbnails."""
        return self.store.vault

    @property
    def auto_lock_minutes(self) -> int:
        """After so many minutes without use, `lock_when_idle` locks an encrypted library."""
        return auto_lock_minutes(self.store.folder)

    def lock_when_idle(self, minutes: int | None = None) -> None:
        """From now on until `close`, lock the library, if it is encrypted, whenever nobody uses it.

        `minutes`, from 1 to 1440, are kept for later runs too; without them those count that were kept last,
        else 15. Raises `InvalidOption`, `FileAccessError` or `DiskFull`.
        """
        if minutes is not None:
            keep_auto_lock(self.store.folder, minutes)
        self.vault.lock_when_idle(60 * self.auto_lock_minutes)

    def holdings(self) -> Holdings:
        """All that is kept, of each person and by file, with sizes and dates."""
        return holdings_of(self.store, self._thumbnails, self._matrix)

    def sorts_of(self, name: str) -> list[str]:
        """The sorts of this person's photos that can still be undone, as `undo` names them."""
        keys = set(map(key_of, names_of(self.store, name)))
        return [
            run.run for run in sort_runs(self.store.folder) if key_of(run.name) in keys and not run.undone
        ]

    def forget(self, name: str, keep_faces: bool = False, job: JobContext = SILENT) -> Forgotten:
        """Forget a person in every byte of the data folder; with `keep_faces`, the index keeps the faces.

        See `semblante.pipeline.erasure.forget_person`.
        """
        with self._teaching:
            return forget_person(self.store, name, keep_faces, job, self._matrix, self._thumbnails)

    def forget_person(self, person_id: int, job: JobContext = SILENT) -> Forgotten:
        """Forget the person with this number, whatever the name is by now; otherwise as `forget`."""
        with self._teaching:
            name = self.known_person(person_id).name
            return forget_person(self.store, name, False, job, self._matrix, self._thumbnails)

    def erase_everything(self) -> tuple[HeldFile, ...]:
        """Erase all of everybody, locked or not, and go on with an empty index; gives the files that went.

        See `semblante.pipeline.held_files.erase_everything`.
        """
        with self._teaching:
            return erase_everything(self.store)
