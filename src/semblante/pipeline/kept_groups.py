"""`KeptGroups`: the groups of a library, put together once and kept in memory until something changes."""

import contextlib
import threading
from collections.abc import Iterator

from semblante.errors import NotInIndex
from semblante.jobs import SILENT, JobContext
from semblante.library import EmbeddingMatrix, FaceStore
from semblante.model.bundle import Bundle
from semblante.pipeline.grouping import Group, Grouping, People, find_groups
from semblante.types import FaceRef


class KeptGroups:
    """The groups of unknown faces in a store as they were last put together; any thread may use it."""

    def __init__(self, store: FaceStore, matrix: EmbeddingMatrix) -> None:
        self._store = store
        self._matrix = matrix
        self._at_work = threading.Lock()
        self._last: tuple[str, Grouping] | None = None
        """With the state of the store before they were put together."""
        self._untouched: tuple[str, Grouping, Grouping] | None = None
        """The state of the store, and what was put together last with what is left of it in that state."""
        self._shown: tuple[Grouping, int, People] | None = None
        store.vault.hold(self)

    @contextlib.contextmanager
    def released(self) -> Iterator[None]:
        """See `vault.Holder`."""
        self._last = self._untouched = self._shown = None
        yield

    def people(self, base: Bundle, min_photos: int, job: JobContext = SILENT) -> People:
        """Who is in the photos now: put together anew where anything has changed; see `find_groups`."""
        return self._people(self._now(base, job), min_photos)

    def is_current(self, base: Bundle) -> bool:
        """Whether `people` answers at once."""
        return self._so_far(base, whole=True)[1]

    def people_so_far(self, base: Bundle, min_photos: int) -> People | None:
        """What is known without work of who is in the photos.

        Of groups that were put together before something changed, those are left out of whose faces a user
        has said something since. None where nothing was put together yet.
        """
        found, _ = self._so_far(base)
        return self._people(found, min_photos) if found else None

    def group_so_far(self, anchor: FaceRef, base: Bundle) -> Group | None:
        """The group of `people_so_far` that this face tells from all others, however few photos it is in."""
        found, _ = self._so_far(base)
        return found.group(self._store, anchor) if found else None

    def group(self, anchor: FaceRef, base: Bundle, job: JobContext = SILENT) -> Group:
        """As `group_so_far`, else as the groups are now. Raises `NotInIndex` where there is none."""
        found = self.group_so_far(anchor, base) or self._now(base, job).group(self._store, anchor)
        if found is None:
            raise NotInIndex("group_unknown")
        return found

    def _now(self, base: Bundle, job: JobContext) -> Grouping:
        with self._at_work:
            so_far, is_current = self._so_far(base, whole=True)
            if so_far is not None and is_current:
                return so_far
            state = self._store.state()
            found = find_groups(self._store, base, job, self._matrix, so_far)
            if not self._store.vault.is_locked:  # Nothing is kept from before it was.
                self._last = state, found
            return found

    def _so_far(self, base: Bundle, whole: bool = False) -> tuple[Grouping | None, bool]:
        """What was put together last, `whole` or only what is untouched, and whether it is as it is now."""
        state, last = self._store.state(), self._last
        if last is None or last[1].base_sha256 != base.network_sha256:
            return None, False
        if last[0] == state or whole:
            return last[1], last[0] == state
        left = self._untouched
        if left is None or left[0] != state or left[1] is not last[1]:
            left = self._untouched = state, last[1], last[1].untouched(self._store)
        return left[2], False

    def _people(self, found: Grouping, min_photos: int) -> People:
        shown = self._shown
        if shown is None or shown[0] is not found or shown[1] != min_photos:
            shown = self._shown = found, min_photos, found.people(self._store, min_photos)
        return shown[2]
