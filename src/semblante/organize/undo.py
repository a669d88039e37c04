"""A run of sorting is undone: what it made is removed, what it changed is restored, the rest stays.

What was changed since, or may be the last copy of a photo, is left and named. Undoing may be killed or
cancelled and called again: what is gone already is no error.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from semblante.errors import InvalidOption, Reason
from semblante.files import replace_when_done, translate_os_errors
from semblante.jobs import SILENT, JobContext
from semblante.organize.journal import (
    FOLDER,
    Run,
    Step,
    journal_lock,
    kept_before,
    mark_undone,
    note_partial,
    sort_runs,
)
from semblante.organize.transfer import fill, is_same


@dataclass(frozen=True)
class Undone:
    """What became of a file or folder that a run had made: `reason` says why it was left."""

    path: Path
    outcome: Literal["removed", "restored", "left"]
    reason: Reason | None = None
    is_folder: bool = False


def choose_run(data: Path, wanted: str | None = None) -> Run:
    """The run called `wanted`, else the last that is not undone.

    Raises `InvalidOption` where there is none.
    """
    known = sort_runs(data)
    if wanted is None:
        known = tuple(run for run in known if not run.undone)
    else:
        known = tuple(run for run in known if run.run == wanted)
    if not known:
        if wanted is None:
            raise InvalidOption("nothing_to_undo")
        raise InvalidOption("no_such_run", run=wanted)
    return known[-1]


def undo_sort(
    data: Path, wanted: str | None = None, dry_run: bool = False, job: JobContext = SILENT
) -> tuple[Run, tuple[Undone, ...]]:
    """Take back the run that `choose_run` finds, its last step first. Nothing changes in a `dry_run`.

    The stage of progress is "undoing", counted in files. Raises `Locked` while another run sorts,
    `FileAccessError` or `DiskFull` where the disk refuses, and `Cancelled`; the same call then goes on.
    """
    if dry_run:
        run = choose_run(data, wanted)
        return run, tuple(_take_back(run, True, job))
    if not (data / FOLDER).is_dir():
        choose_run(data, wanted)  # Raises, before a folder is made for the lock.
    with journal_lock(data):
        run = choose_run(data, wanted)
        results = tuple(_take_back(run, False, job))
        mark_undone(run)
    return run, results


def _take_back(run: Run, dry_run: bool, job: JobContext) -> Iterator[Undone]:
    # What was killed half-way has left these; nothing else has such names.
    partials = {
        *run.partials,
        *(step.partial for number, step in run.steps.items() if number not in run.done),
    }
    gone = {path for path in partials if path is not None and os.path.lexists(path)}
    for path in gone if not dry_run else ():
        with translate_os_errors(path):
            path.unlink()
    done = 0
    for _, step in sorted(run.steps.items(), reverse=True):
        if step.kind != "folder":
            job.progress("undoing", done, run.file_count)
            done += 1
        with translate_os_errors(step.target):
            if step.kind == "sidecar":
                result = _restore(run, step, dry_run)
            elif not os.path.lexists(step.target):
                continue
            elif step.kind == "folder":
                result = _remove_folder(step.target, gone, dry_run)
            else:
                result = _remove(step, dry_run)
        if result is not None:
            if result.outcome == "removed":
                gone.add(result.path)
            yield result
    job.progress("undoing", done, run.file_count)


def _remove(step: Step, dry_run: bool) -> Undone:
    if not _is_ours(step):
        return Undone(step.target, "left", Reason("changed_since_sort"))
    if not _photo_is_safe(step):
        return Undone(step.target, "left", Reason("may_be_the_last", {"photo": step.source}))
    if not dry_run:
        step.target.unlink()
    return Undone(step.target, "removed")


def _is_ours(step: Step) -> bool:
    if step.kind == "symlink":
        return step.target.is_symlink() and step.target.readlink() == step.source
    if step.target.is_symlink():
        return False
    if step.kind == "hardlink":
        return _inode(step.target) == step.inode
    return is_same(step.target, step.sha256)


def _photo_is_safe(step: Step) -> bool:
    """Whether the photo is still whole in its own place, so that nothing is lost with what is removed."""
    if step.kind == "symlink" or step.source is None:
        return True
    if step.source.resolve() == step.target.resolve():
        return False  # A link to what is to be removed has taken the photo's place.
    if step.kind == "hardlink":
        return step.source.exists() and _inode(step.source) == step.inode
    return is_same(step.source, step.sha256)


def _inode(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


def _remove_folder(folder: Path, gone: set[Path], dry_run: bool) -> Undone | None:
    if folder.is_symlink() or not folder.is_dir():
        return None
    if any(each not in gone for each in folder.iterdir()):
        return Undone(folder, "left", Reason("other_files_inside"), is_folder=True)
    if not dry_run:
        folder.rmdir()
    return Undone(folder, "removed", is_folder=True)


def _restore(run: Run, step: Step, dry_run: bool) -> Undone | None:
    there = step.target.read_bytes() if step.target.is_file() else None
    now = hashlib.sha256(there).hexdigest() if there is not None else None
    if now == step.before_sha256:
        return None
    if now != step.sha256:
        return Undone(step.target, "left", Reason("changed_since_sort"))
    if step.kept is None:
        if not dry_run:
            step.target.unlink()
        return Undone(step.target, "removed")
    before = kept_before(run, step)
    if before is None or hashlib.sha256(before).hexdigest() != step.before_sha256:
        return Undone(step.target, "left", Reason("content_no_longer_kept"))
    if not dry_run:
        with replace_when_done(step.target) as partial:
            note_partial(run, partial)
            fill(partial, before, step.target)
    return Undone(step.target, "restored")
