"""What in the folders of a collection is none of its photos: by default, and as the user says.

The last of these that says something of a file or a folder decides, as with gitignore:

    hidden files and folders, and folders in which programs keep thumbnails, copies and bins
    `.semblanteignore` in a folder, outer ones first: gitignore's rules for all below that folder
    the patterns that a caller gives, by the same rules, for all below the folder that is walked

`!PATTERN` takes in again what was left out before. In a folder that is left out nothing is taken in.
"""

import fnmatch
import re
import unicodedata
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from semblante.errors import FileAccessError, InvalidOption
from semblante.files import translate_os_errors

IGNORE_FILE: Final = ".semblanteignore"
LEFT_OUT: Final = (
    # Synology, QNAP, TrueNAS and other network drives: thumbnails, bins, snapshots.
    *("@eaDir", "#recycle", "#snapshot", "@tmp", "@Recycle", "@Recently-Snapshot", "@Transcode"),
    *("@__thumb", "@SynoResource", "@sharebin"),
    *("~snapshot", "trashbox", "Network Trash Folder", "Temporary Items"),
    # Windows, Linux, macOS.
    *("$RECYCLE.BIN", "RECYCLER", "RECYCLED", "System Volume Information", "found.[0-9][0-9][0-9]"),
    *("lost+found", "__MACOSX"),
    # Immich, PhotoPrism, galleries; Nextcloud.
    *("thumbs", "thumbnails", "encoded-video", "appdata_*/preview", "files_trashbin", "files_versions"),
    # Lightroom's previews, Capture One's; what Apple's libraries hold beside the originals.
    *("*.lrdata", "CaptureOne/Cache", "*.cocatalog/Cache"),
    *(f"*.{kind}/{part}" for kind in ("photoslibrary", "photolibrary", "aplibrary", "migratedphotolibrary")
      for part in ("resources", "database", "private", "internal", "external", "scopes", "Thumbnails",
                   "Previews")),
)  # fmt: skip
"""Folders that are left out by default, whatever their capitals; the name above may be given too."""

_LEFT_OUT: Final = re.compile(
    "|".join(
        fnmatch.translate((each if "/" in each else f"*/{each}").casefold()).replace(".*", "[^/]*")
        for each in LEFT_OUT
    )
)


def is_left_out_by_default(parent: str, name: str, is_folder: bool) -> bool:
    """Whether the file or folder `name` in the folder called `parent` is hidden, or no place for photos."""
    return name.startswith(".") or (is_folder and bool(_LEFT_OUT.match(f"{parent}/{name}".casefold())))


@dataclass(frozen=True)
class Pattern:
    """A line of gitignore's rules, and whether it leaves out what it fits, or takes it in again."""

    regex: re.Pattern[str]
    leaves_out: bool

    def fits(self, path: str, is_folder: bool) -> bool:
        """Whether it fits this path itself: the folders around it were asked about on the way to it.

        The library's regex fits what is in a folder too; then its match ends with that folder's slash.
        """
        if not self.regex.groups:  # `**` and `A/**`, which name all there is.
            return self.regex.search(path) is not None
        whole = path + "/" * is_folder
        ends = [match.end() for match in self.regex.finditer(whole)]
        return bool(ends) and ends[-1] == len(whole)


@dataclass(frozen=True)
class Layer:
    """Patterns, and the path from their folder to the one that is looked into."""

    patterns: tuple[Pattern, ...]
    inside: str = ""

    def says(self, name: str, is_folder: bool) -> bool | None:
        """Whether it leaves this out, or takes it in again; None where it says nothing."""
        path = unicodedata.normalize("NFC", self.inside + name)
        fitting = (each.leaves_out for each in reversed(self.patterns) if each.fits(path, is_folder))
        return next(fitting, None)

    def below(self, name: str) -> "Layer":
        """The layer for what is in the folder of this name."""
        return Layer(self.patterns, f"{self.inside}{name}/")


@dataclass(frozen=True)
class Rules:
    """The rules for what is in the folder called `folder`: those of files, outer first; those asked for."""

    folder: str
    files: tuple[Layer, ...] = ()
    asked: tuple[Layer, ...] = ()

    def leave_out(self, name: str, is_folder: bool) -> bool:
        """Whether the file or folder of this name is left out."""
        said = self.leave_out_by_user(name, is_folder) if self.files or self.asked else None
        return is_left_out_by_default(self.folder, name, is_folder) if said is None else said

    def leave_out_by_user(self, name: str, is_folder: bool) -> bool | None:
        """The same by what users wrote alone; None where they say nothing of it."""
        for layer in (*reversed(self.asked), *reversed(self.files)):
            said = layer.says(name, is_folder)
            if said is not None:
                return said
        return None

    def below(self, name: str, path: Path | str) -> "Rules":
        """The rules for what is in the folder of this name, which lies at `path`.

        Raises `FileAccessError` where its `.semblanteignore` cannot be read, or a line of it is no pattern.
        """
        files, asked = (tuple(each.below(name) for each in layers) for layers in (self.files, self.asked))
        return Rules(name, (*files, *_layers_in(path)), asked)


LeaveOut = Callable[[Rules, str, bool], bool | None]
"""Whether rules leave out a file or folder of a name: `Rules.leave_out` or `Rules.leave_out_by_user`."""


def rules_for(root: Path, asked: Sequence[Layer] = ()) -> Rules:
    """The rules for what is in `root`, by the files in it and in the folders above it, and those asked for.

    A file above that leaves out `root` itself says nothing of it: who names a folder wants it.
    Raises `FileAccessError` as `Rules.below` does.
    """
    files: list[Layer] = []
    real = root.resolve()
    for folder in reversed(real.parents):
        for layer in _layers_in(folder):
            for name in real.relative_to(folder).parts:
                if layer.says(name, True):
                    break
                layer = layer.below(name)
            else:
                files.append(layer)
    return Rules(real.name, (*files, *_layers_in(root)), tuple(asked))


def rules_at(rules: Rules, root: Path, folder: Path, leave_out: LeaveOut = Rules.leave_out) -> Rules | None:
    """The rules for what is in `folder`, from those for `root`, which it is or lies in.

    None where something on the way is left out, as `leave_out` has it. Raises `FileAccessError` as
    `Rules.below` does.
    """
    path = root
    for name in folder.relative_to(root).parts:
        if leave_out(rules, name, True):
            return None
        path /= name
        rules = rules.below(name, path)
    return rules


def layers_of(patterns: Sequence[str]) -> tuple[Layer, ...]:
    """The patterns as a layer; none where there are none.

    Raises `InvalidOption` where one of them is no pattern.
    """
    return (Layer(_compiled(patterns)),) if patterns else ()


def _layers_in(folder: Path | str) -> tuple[Layer, ...]:
    path = Path(folder, IGNORE_FILE)
    try:
        with translate_os_errors(path):
            # A name that is no text can be left out too.
            return layers_of(path.read_text("utf-8-sig", "surrogateescape").splitlines())
    except FileAccessError as problem:
        if problem.code == "file_missing":
            return ()
        raise
    except InvalidOption as error:
        raise FileAccessError("bad_pattern_in_file", path=path, **error.params) from error


def _compiled(lines: Sequence[str]) -> tuple[Pattern, ...]:
    # Here, since it takes a tenth of a second, and most folders do without.
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    patterns = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Of odd sets of signs, which mean what they say.
        for line in lines:
            try:
                pattern = GitIgnoreSpecPattern(unicodedata.normalize("NFC", line))
            except (ValueError, re.error) as error:
                raise InvalidOption("bad_pattern", pattern=line) from error
            if pattern.regex is not None and pattern.include is not None:
                patterns.append(Pattern(pattern.regex, pattern.include))
    return tuple(patterns)
