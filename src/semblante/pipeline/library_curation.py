"""`LibraryCuration`: the part of `Library` about faces beside people, and the history of all changes."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from semblante.errors import InvalidOption, check_type
from semblante.jobs import SILENT, JobContext
from semblante.library import MAX_CHANGES, Change, KnownPerson, drop_orphans
from semblante.model.bundle import Bundle
from semblante.person import check_consent
from semblante.pipeline.analyzer import FaceAnalyzer, bundle_of
from semblante.pipeline.details import PersonDetails, check_consented, details_of_new
from semblante.pipeline.group_changes import (
    SplitProposal,
    ignore_group,
    merge_groups,
    propose_split,
    split_group,
)
from semblante.pipeline.grouping import Group
from semblante.pipeline.ignoring import ignore_faces, ignore_others, ignore_place
from semblante.pipeline.library_people import LibraryPeople
from semblante.pipeline.naming import IfKnown, Kept, name_group
from semblante.types import Consent, FaceRef


class LibraryCuration(LibraryPeople):
    """What a user says of unknown faces, and how any change is taken back. Any thread may use it."""

    def ignore_faces(self, faces: Iterable[FaceRef], ignored: bool = True) -> int | None:
        """Ignore faces, or no longer: whoever it is, nobody asks, and only a sure yes finds them.

        Gives the number of the change; None where all were so already. Raises `NotInIndex` where the index
        has no such face.
        """
        return ignore_faces(self.store, faces, ignored)

    def ignore_others(self, content_sha256: str) -> int | None:
        """Ignore all faces of a photo but those that are surely a known person's; see `ignore_faces`."""
        return ignore_others(self.store, content_sha256)

    def ignore_folder(self, folder: Path | str, ignored: bool = True) -> int | None:
        """Ignore all faces in a folder's photos, those of later scans too, or no longer; see `ignore_faces`.

        A photo of which a copy lies elsewhere is not concerned.
        """
        return self.store.ignore_folder(Path(folder).resolve(), ignored)

    def ignore_place(self, path: Path | str, ignored: bool = True) -> int | None:
        """Ignore strangers in a photo of the index, or all faces in a folder, or no longer.

        See `semblante.pipeline.ignoring.ignore_place`.
        """
        return ignore_place(self.store, Path(path), ignored)

    def ignored_faces(self) -> tuple[FaceRef, ...]:
        """The faces that are ignored one by one, the last first."""
        return self.store.ignored_faces()

    def ignored_folders(self) -> tuple[Path, ...]:
        """The folders whose faces are ignored."""
        return self.store.ignored_folders()

    def name_group(
        self,
        group: Group,
        name: str,
        base: FaceAnalyzer | Bundle,
        doubtful: bool = False,
        if_known: IfKnown | None = None,
    ) -> Kept:
        """Learn a person from the faces of a group, with `doubtful` also from those that may be another's.

        See `semblante.pipeline.naming.name_group`.
        """
        check_type(group, Group)
        with self._teaching:
            return name_group(self.store, group, name, bundle_of(base), doubtful, if_known)

    def name_group_as(
        self,
        group: Group,
        person: KnownPerson,
        base: FaceAnalyzer | Bundle,
        doubtful: bool = False,
        if_known: IfKnown | None = None,
        consent: Consent | None = None,
    ) -> Kept:
        """Learn somebody known from the faces of a group, as `name_group`, and keep a `consent` with it.

        Raises `InvalidOption` also where nobody has agreed.
        """
        check_type(group, Group)
        if consent is None:
            check_consented(person)
        else:
            consent = check_consent(consent)
        with self._teaching:
            return name_group(self.store, group, person.name, bundle_of(base), doubtful, if_known, consent)

    def add_from_group(
        self,
        group: Group,
        name: str,
        consent: Consent,
        base: FaceAnalyzer | Bundle,
        doubtful: bool = False,
    ) -> Kept:
        """Add somebody new who has agreed, and learn the person from the faces of a group: one change.

        Raises `InvalidOption` also where the name is taken; see `name_group`.
        """
        check_type(group, Group)
        with self._teaching:
            new = details_of_new(self.store, PersonDetails(name, consent))
            return name_group(self.store, group, new.name, bundle_of(base), doubtful, consent=new.consent)

    def merge_groups(self, groups: Sequence[Group]) -> int:
        """Make groups of unknown faces one; see `semblante.pipeline.group_changes.merge_groups`."""
        return merge_groups(self.store, groups)

    def split_group(self, group: Group, parts: Sequence[Collection[FaceRef]]) -> int:
        """Make groups of parts of a group; see `semblante.pipeline.group_changes.split_group`."""
        return split_group(self.store, group, parts)

    def ignore_group(self, group: Group, ignored: bool = True) -> int | None:
        """Ignore an unknown person, or no longer; see `semblante.pipeline.group_changes.ignore_group`."""
        return ignore_group(self.store, group, ignored)

    def propose_split(self, group: Group, job: JobContext = SILENT) -> SplitProposal:
        """How a group may be split; see `semblante.pipeline.group_changes.propose_split`."""
        return propose_split(self.store, group, job)

    def changes(self, count: int = MAX_CHANGES, before: int | None = None) -> tuple[Change, ...]:
        """The last `count` changes of people and of faces beside people that can be undone, the last first.

        With `before`, those before the change with this number.
        """
        return self.store.changes(count, before)

    def undo(self, count: int = 1) -> tuple[Change, ...]:
        """Take back the last `count` changes, each as a whole; gives them, the last first.

        Raises `InvalidOption` where there are not so many, and then nothing has changed.
        """
        with self._teaching:
            known = self.store.changes()
            if not 1 <= count <= len(known):
                code = "fewer_changes_to_undo" if known else "no_change_to_undo"
                raise InvalidOption(code, path=self.store.folder, count=len(known))
            taken_back = self.store.undo_changes([each.number for each in known[:count]])
        # What was given to learn somebody from goes with the change that added the person.
        drop_orphans(self.store, self._thumbnails)
        return taken_back

    def undo_change(self, number: int) -> Change:
        """Take back one change, whenever it was.

        Raises `NotInIndex` where there is no such change, and `InvalidOption` where a later one is about the
        same person, face or folder.
        """
        with self._teaching:
            (taken_back,) = self.store.undo_changes([number])
        drop_orphans(self.store, self._thumbnails)
        return taken_back
