"""Places that a pattern such as `2020/*.jpg` names: a name first, and a pattern where nothing has it."""

import glob
import os
from collections.abc import Iterator
from pathlib import Path

from semblante.errors import FileAccessError
from semblante.library.exclusion import rules_for
from semblante.library.photo_walk import PhotoWalk, ProblemCallback


def expand_pattern(pattern: Path, on_problem: ProblemCallback) -> list[Path]:
    """The files and folders that the pattern matches, by name.

    Part by part, what has that very name is taken, so that brackets in a folder's name are a name. What rules
    leave out is matched by its own name only. `**` stands for all folders of a `PhotoWalk`.
    """
    found = [Path(pattern.anchor or ".")]
    for part in pattern.parts[bool(pattern.anchor) :]:
        found = [each for folder in found for each in _named(folder, part, on_problem)]
    return sorted(dict.fromkeys(found))


def missing_place(place: Path) -> FileAccessError:
    """The error for a place that is not there, and that matches nothing as a pattern."""
    if glob.has_magic(str(place)):
        return FileAccessError("nothing_matches", path=place)
    return FileAccessError("file_missing", path=place)


def _named(folder: Path, name: str, on_problem: ProblemCallback) -> Iterator[Path]:
    if os.path.lexists(folder / name):
        yield folder / name
    elif name == "**":
        walk = PhotoWalk([folder], on_problem)
        yield from (below for start in walk.starts() for below, _ in walk.folders(start))
    elif glob.has_magic(name):
        try:
            rules = rules_for(folder)
        except FileAccessError as problem:
            on_problem(Path(problem.params["path"]), problem)
            return
        # `Path.glob` would match hidden names too.
        for each in glob.glob(name, root_dir=folder):  # noqa: PTH207
            if not rules.leave_out(each, (folder / each).is_dir()):
                yield folder / each
