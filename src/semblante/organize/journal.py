"""What sorting did, written down before and after each step, so that it can be undone.

There is one file a run in the data folder's `journal/`: JSON lines, only appended to, each on the disk before
the step that it announces begins. A folder of the same name holds what changed sidecars held before.

Lines: a header; `{"step": n, "action": {...}}` before a step and `{"done": n}` after it; while the run is
undone, `{"partial": path}` before a file is restored, and `{"undone": time}` at the end.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Final, Literal
from urllib.parse import quote, unquote_to_bytes

from semblante.files import atomic_write, exclusive_lock, flush_folder, translate_os_errors
from semblante.library.erasure import mentions_name
from semblante.library.names import key_of

How = Literal["copy", "hardlink", "symlink", "xmp"]
Kind = Literal["folder", "copy", "hardlink", "symlink", "sidecar"]

FOLDER = "journal"
FORMAT = "semblante-journal-1"
_ENDING = ".jsonl"
_STRICT: Final[Mapping[str, object]] = {"extra": "forbid", "strict": True}


@dataclass(frozen=True)
class Step:
    """One step: `target` is what it makes or changes, `source` the photo that it is for.

    `partial` is a copy's name until it is complete. `sha256` is of what a copy or sidecar holds afterwards,
    `before_sha256` of what a sidecar held before, which is kept in the run's folder as `kept`; both are None
    where there was none. `inode` is the device and number of a photo that gets another name.
    """

    kind: Kind
    target: Path
    source: Path | None = None
    partial: Path | None = None
    sha256: str | None = None
    before_sha256: str | None = None
    kept: str | None = None
    inode: tuple[int, int] | None = None

    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True)
class Run:
    """A run as its journal has it: what was announced, by its number, and what of it is known to be `done`.

    `partials` are what undoing the run may have left, where that was killed.
    """

    run: str
    path: Path
    name: str
    how: How
    began: datetime
    steps: Mapping[int, Step]
    done: frozenset[int]
    partials: frozenset[Path]
    undone: bool

    @property
    def file_count(self) -> int:
        """How many files it made or changed, beside the folders that they are in."""
        return sum(step.kind != "folder" for step in self.steps.values())

    @property
    def kept_folder(self) -> Path:
        """Where is kept what sidecars held before."""
        return self.path.with_suffix("")


class Journal:
    """The journal of the run that is going on. Its file is made with the first step: no step, no file."""

    def __init__(self, folder: Path, name: str, how: How) -> None:
        self._folder = folder
        self._header = {"format": FORMAT, "name": name, "how": how}
        self._path: Path | None = None
        self._steps = 0

    def intend(self, step: Step) -> int:
        """Write down that `step` comes next, and return its number."""
        action = {key: _plain(value) for key, value in asdict(step).items() if value is not None}
        append_line(self._file(), {"step": self._steps, "action": action})
        self._steps += 1
        return self._steps - 1

    def done(self, number: int) -> None:
        """Write down that the step is done."""
        append_line(self._file(), {"done": number})

    def keep(self, content: bytes) -> str:
        """Keep what a sidecar holds before it is changed; the name is for the step's `kept`."""
        name = f"{self._steps}.xmp"
        atomic_write(self._file().with_suffix("") / name, content, private=True)
        return name

    def _file(self) -> Path:
        if self._path is None:
            self._path = _new_file(self._folder, self._header)
        return self._path


@contextlib.contextmanager
def journal(data: Path, name: str, how: How) -> Iterator[Journal]:
    """The journal in the data folder, for a new run about the person called `name`.

    Raises `Locked` while another run sorts, undoes or erases.
    """
    with journal_lock(data):
        yield Journal(data / FOLDER, name, how)


@contextlib.contextmanager
def journal_lock(data: Path) -> Iterator[None]:
    """Hold the journals of the data folder. Raises `Locked` while another run sorts, undoes or erases."""
    with exclusive_lock(data / FOLDER, private=True):
        yield


def sort_runs(data: Path) -> tuple[Run, ...]:
    """The runs in the data folder, the oldest first. A run that ended before its first step is none."""
    folder = data / FOLDER
    with translate_os_errors(folder):
        paths = sorted(folder.glob(f"*{_ENDING}")) if folder.is_dir() else []
    return tuple(run for run in map(_read, paths) if run is not None and run.steps)


def mark_undone(run: Run) -> None:
    """Write down that the run was undone."""
    append_line(run.path, {"undone": datetime.now(UTC).isoformat()})


def note_partial(run: Run, partial: Path) -> None:
    """Write down that undoing the run is about to write the temporary file `partial`."""
    append_line(run.path, {"partial": _plain(partial)})


def append_line(path: Path, value: Mapping[str, Any]) -> None:
    """Append `value` as a line, on the disk when this returns. A torn line before it stays apart."""
    line = json.dumps(value).encode() + b"\n"
    with translate_os_errors(path), path.open("ab+") as journal_file:
        if journal_file.tell():
            journal_file.seek(-1, os.SEEK_END)
            line = line if journal_file.read(1) == b"\n" else b"\n" + line
        journal_file.write(line)
        journal_file.flush()
        os.fsync(journal_file.fileno())


def forget_in_journals(data: Path, name: str) -> int:
    """Remove the runs about the person called `name`, and what was kept of sidecars that name the person.

    Returns how many runs were removed; they can no longer be undone. Of other runs, only what a sidecar held
    before is lost, if the name was in it. The caller holds `journal_lock`.
    """
    folder = data / FOLDER
    with translate_os_errors(folder):
        about = [path for path in folder.glob(f"*{_ENDING}") if _is_about(_read(path), name)]
        for path in about:
            if path.with_suffix("").is_dir():
                shutil.rmtree(path.with_suffix(""))
            path.unlink()
        for kept in list(folder.glob("*/*")):
            if mentions_name(kept.read_text(encoding="utf-8", errors="replace"), name):
                kept.unlink()
    return len(about)


def kept_before(run: Run, step: Step) -> bytes | None:
    """What the step's sidecar held before, or None where that is no longer kept."""
    path = run.kept_folder / (step.kept or "")
    with translate_os_errors(path):
        return path.read_bytes() if path.is_file() else None


def _plain(value: object) -> object:
    """A value as the journal holds it: a path may be no valid text, so it is percent-encoded."""
    return quote(os.fsencode(value)) if isinstance(value, Path) else value


def _path(quoted: str | Path) -> Path:
    return Path(os.fsdecode(unquote_to_bytes(str(quoted))))


def _unquoted(step: Step) -> Step:
    return replace(
        step,
        target=_path(step.target),
        source=_path(step.source) if step.source else None,
        partial=_path(step.partial) if step.partial else None,
    )


def _is_about(run: Run | None, name: str) -> bool:
    """Whether the run is about the person; one whose first line was torn may be, and made nothing."""
    return run is None or key_of(run.name) == key_of(name)


def _new_file(folder: Path, header: Mapping[str, str]) -> Path:
    """A new journal, named by the second in which its run began (UTC), so that names are in order."""
    began = datetime.now(UTC)
    moment = began
    # Nobody else makes one meanwhile: the folder is locked.
    while (path := folder / f"{moment:%Y%m%d-%H%M%S}{_ENDING}").exists():
        moment += timedelta(seconds=1)
    with translate_os_errors(path):
        path.touch(mode=0o600)
    append_line(path, {**header, "began": began.isoformat()})
    flush_folder(folder)
    return path


def _read(path: Path) -> Run | None:
    with translate_os_errors(path):
        texts = path.read_bytes().splitlines()
    lines = [line for line in map(_line, texts) if line is not None]
    if not lines or not isinstance(header := lines[0], _Header):
        return None
    return Run(
        run=path.stem,
        path=path,
        name=header.name,
        how=header.how,
        began=header.began,
        steps={line.step: _unquoted(line.action) for line in lines if isinstance(line, _Intended)},
        done=frozenset(line.done for line in lines if isinstance(line, _Done)),
        partials=frozenset(_path(line.partial) for line in lines if isinstance(line, _Partial)),
        undone=any(isinstance(line, _Undone) for line in lines),
    )


@dataclass(frozen=True)
class _Header:
    __pydantic_config__: ClassVar = _STRICT
    format: Literal["semblante-journal-1"]
    name: str
    how: How
    began: datetime


@dataclass(frozen=True)
class _Intended:
    __pydantic_config__: ClassVar = _STRICT
    step: int
    action: Step


@dataclass(frozen=True)
class _Done:
    __pydantic_config__: ClassVar = _STRICT
    done: int


@dataclass(frozen=True)
class _Partial:
    __pydantic_config__: ClassVar = _STRICT
    partial: str


@dataclass(frozen=True)
class _Undone:
    __pydantic_config__: ClassVar = _STRICT
    undone: str


_Line = _Header | _Intended | _Done | _Partial | _Undone


def _line(text: bytes) -> _Line | None:
    """The line's values; None where a power cut tore it, when what it announces was not begun either."""
    try:
        return _parser()(text)
    except ValueError:
        return None


@cache
def _parser() -> Callable[[bytes], _Line]:
    # Here, since only what reads a journal needs it.
    from pydantic import TypeAdapter

    adapter: TypeAdapter[_Line] = TypeAdapter(_Line)
    return adapter.validate_json
