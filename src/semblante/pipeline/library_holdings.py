"""`LibraryHoldings`: the part of `Library` about what is kept: its lock, what is held, and how it goes."""

from semblante.jobs import SILENT, JobContext
from semblante.library import key_of, names_of
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

    def erase_everything(self) -> tuple[HeldFile, ...]:
        """Erase all of everybody, locked or not, and go on with an empty index; gives the files that went.

        See `semblante.pipeline.held_files.erase_everything`.
        """
        with self._teaching:
            return erase_everything(self.store)
