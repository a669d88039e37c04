"""What a store knows of faces beside people: `CurationStore`, the part of `FaceStore` that a user curates.

A face is meant by the hash of its photo's content and its place there: what is said of it outlives rescans.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Protocol

import numpy as np
from jaxtyping import Integer

from semblante.types import FaceRef


class CurationStore(Protocol):
    """The faces that are nobody's whom the user asks about: only a yes finds them, and nobody asks.

    What changes something is a change, whose number it returns; None where all was so already.
    """

    def ignore_faces(self, faces: Collection[FaceRef], ignored: bool = True) -> int | None:
        """Ignore these faces, or no longer."""

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
