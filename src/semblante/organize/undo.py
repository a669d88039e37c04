"""A run of sorting is taken back: what it made goes, what it changed is as before, the rest stays.

What was changed since, or may be the last of its kind, is left and named. A run may be undone twice: what is
gone already is no mistake. So it may be killed as well.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from semblante.errors import InvalidOption
from semblante.files import exclusive_lock, replace_when_done, translate_os_errors
from semblante.i18n import tr
from semblante.organize.journal import FOLDER, Run, Step, append_line, kept_before, mark_undone, runs
from semblante.organize.transfer import fill, is_same


@dataclass(frozen=True)
class Undone:
    """What became of something that a run had made: `reason` says why it was left."""

    path: Path
    outcome: Literal["removed", "restored", "left"]
    reason: str | None = None


def choose_run(data: Path, wanted: str | None = None) -> Run:
    """The run called `wanted`, else the last that is not undone. Raises `BadSetting` where there is none."""
    known = runs(data)
    if wanted is None:
        known = tuple(run for run in known if not run.undone)
    else:
        known = tuple(run for run in known if run.run == wanted)
    if not known:
        if wanted is None:
            raise InvalidOption(tr("There is nothing to undo; semblante undo --list shows what was sorted"))
        raise InvalidOption(tr("No run is called {run}; semblante undo --list names them", run=wanted))
    return known[-1]


def undo(data: Path, wanted: str | None = None, dry_run: bool = False) -> tuple[Run, tuple[Undone, ...]]:
    """Take back the run that `choose_run` finds, its last step first. Nothing changes in a `dry_run`.

    Raises `Busy` while another run sorts, and `NoAccess` or `NoRoom` where the disk refuses; the same command
    then goes on.
    """
    if dry_run:
        run = choose_run(data, wanted)
        return run, tuple(_take_back(run, dry_run=True))
    if not (data / FOLDER).is_dir():
        choose_run(data, wanted)  # Raises, before a folder is made for the lock.
    with exclusive_lock(data / FOLDER):
        run = choose_run(data, wanted)
        results = tuple(_take_back(run, dry_run=False))
        mark_undone(run)
    return run, results


def _take_back(run: Run, dry_run: bool) -> Iterator[Undone]:
    # What was killed half-way has left these; nothing else has such names.
    partials = {
        *run.partials,
        *(step.partial for number, step in run.steps.items() if number not in run.done),
    }
    gone = {path for path in partials if path is not None and os.path.lexists(path)}
    for path in gone if not dry_run else ():
        with translate_os_errors(path):
            path.unlink()
    for number in sorted(run.steps, reverse=True):
        step = run.steps[number]
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


def _remove(step: Step, dry_run: bool) -> Undone:
    if not _is_ours(step):
        return Undone(step.target, "left", tr("it was changed since"))
    if not _photo_is_safe(step):
        reason = tr("{photo} is gone or changed, and this may be the last of it", photo=step.source)
        return Undone(step.target, "left", reason)
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
        return Undone(folder, "left", tr("other files are in it"))
    if not dry_run:
        folder.rmdir()
    return Undone(folder, "removed")


def _restore(run: Run, step: Step, dry_run: bool) -> Undone | None:
    there = step.target.read_bytes() if step.target.is_file() else None
    now = hashlib.sha256(there).hexdigest() if there is not None else None
    if now == step.before_sha256:
        return None
    if now != step.sha256:
        return Undone(step.target, "left", tr("it was changed since"))
    if step.kept is None:
        if not dry_run:
            step.target.unlink()
        return Undone(step.target, "removed")
    before = kept_before(run, step)
    if before is None or hashlib.sha256(before).hexdigest() != step.before_sha256:
        return Undone(step.target, "left", tr("what it held before is no longer kept"))
    if not dry_run:
        with replace_when_done(step.target) as partial:
            append_line(run.path, {"partial": str(partial)})
            fill(partial, before, step.target)
    return Undone(step.target, "restored")
