"""What a store knows of faces beside people: `CurationStore`, the part of `FaceStore` that a user curates.

A face is meant by the hash of its photo's content and its place there: what is said of it outlives rescans.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import numpy as np
from jaxtyping import Integer

from semblante.library.history_store import GroupChange
from semblante.types import FaceRef


@dataclass(frozen=True)
class Folder:
    """A folder whose photos the user wants in the index, by a number that no other folder ever has.

    `photos` counts those in it and below it that are not missing, each file by itself.
    """

    number: int
    path: Path
    added: datetime
    photos: int


class CurationStore(Protocol):
    """The folders that the user chose, and the faces that are nobody's whom the user asks about.

    Only a yes finds a face that is ignored, and nobody asks who it is. What ignores or no longer does is a
    change, whose number it returns; None where all was so already.
    """

    def folders(self) -> tuple[Folder, ...]:
        """The folders that were added and not removed, by path."""

    def add_folder(self, path: Path) -> Folder:
        """Add a folder; one that is there stays as it is."""

    def remove_folder(self, number: int) -> None:
        """Take a folder off the list, if it is there; the photos in it stay."""

    def ignore_faces(
        self, faces: Collection[FaceRef], ignored: bool = True, as_group: bool = False
    ) -> int | None:
        """Ignore these faces, or no longer; `as_group` keeps them together from now on, see `keep_groups`."""

    def keep_groups(self, groups: Sequence[Collection[FaceRef]], kind: GroupChange) -> int:
        """Keep the faces of each of these groups together, and apart from those of all others: a change."""

    def kept_groups(self) -> Mapping[int, str]:
        """By the numbers of faces that are kept in groups, what those of one group have in common."""

    def ignore_folder(self, folder: Path, ignored: bool = True) -> int | None:
        """Ignore the faces of all photos in this folder and below it, or no longer: those to come, too."""

    def ignored_faces(self) -> tuple[FaceRef, ...]:
        """The faces that are ignored one by one, the last first."""

    def ignored_folders(self) -> tuple[Path, ...]:
        """The folders whose faces are ignored, by path."""

    def ignored_numbers(self) -> Integer[np.ndarray, " n"]:
        """The numbers of all faces that are ignored, in order: also those in ignored folders.

        A photo of which a copy lies elsewhere is not in an ignored folder.
        """
