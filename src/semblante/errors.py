"""Every error that Semblante raises on purpose, in one tree.

    SemblanteError
    ├── UserError            something the user can put right; the command line ends with code 2
    │   ├── NotCelebA        the source is not CelebA in any layout that we know
    │   ├── NothingUsable    every row or image had to be left out
    │   ├── NotAPreparedSet  the folder is not what `semblante prepare` writes
    │   ├── NotABundle       the folder is not what `semblante train` writes, or was changed since
    │   ├── NotAPersonFile   the file is not what `semblante learn` writes
    │   ├── NotALibrary      the index of photos is damaged, another program's, or newer than this one
    │   ├── UnknownPerson    nobody of this name is in the library
    │   ├── WrongBase        the person was learnt on another base network
    │   ├── BadImage         one picture cannot be read; a batch counts it and goes on
    │   ├── BadSidecar       one sidecar cannot be added to; a batch names it and goes on
    │   ├── TooFewPhotos     too few usable photos to learn from
    │   ├── NoCommonFace     the photos do not say whose face is to be learnt
    │   ├── SamePhotos       the person's photos and the others' are the same
    │   ├── BadName          not a name for a person
    │   ├── BadSetting       an option has a value that cannot work
    │   ├── FolderNotEmpty   refuses to write among other files
    │   ├── OtherWork        the folder holds unfinished work of another source or other settings
    │   ├── Busy             another run is writing into the same folder
    │   ├── NoRoom           the disk is full, or too small for what is asked
    │   ├── NoAccess         the file or folder cannot be read or written
    │   └── MissingExtra     an optional part of Semblante is not installed
    └── TrainingDiverged     loss or weights are no longer numbers; the last good checkpoint is kept

A message says what, where and what next. It is made with `semblante.i18n.say`, so it is
already in the user's language when it is raised.
"""


class SemblanteError(Exception):
    """The root: catch it to catch everything that Semblante raises on purpose."""


class UserError(SemblanteError):
    """Something the user can put right; the message says how."""


class NotCelebA(UserError):
    """The source is not CelebA in any layout that we know."""


class EmptyDataset(UserError):
    """Every row or image had to be left out."""


class NotAPreparedSet(UserError):
    """The folder is not what `semblante prepare` writes."""


class NotABundle(UserError):
    """The folder is not what `semblante train` writes, or was changed since."""


class NotAPersonFile(UserError):
    """The file is not what `semblante learn` writes."""


class NotALibrary(UserError):
    """The index of photos is damaged, another program's, or newer than this one."""


class UnknownPerson(UserError):
    """Nobody of this name is in the library."""


class ModelMismatch(UserError):
    """The person was learnt on another base network."""


class BadImage(UserError):
    """One picture cannot be read; a batch counts it and goes on.

    `flaw` is what is wrong with the file, as `images.Flaw` has it, where something is.
    """

    def __init__(self, message: str, flaw: str | None = None) -> None:
        super().__init__(message)
        self.flaw = flaw


class BadSidecar(UserError):
    """One sidecar cannot be added to; a batch names it and goes on."""


class TooFewPhotos(UserError):
    """Too few usable photos to learn from."""


class NoCommonFace(UserError):
    """The photos do not say whose face is to be learnt."""


class SamePhotos(UserError):
    """The person's photos and the others' are the same."""


class BadName(UserError):
    """Not a name for a person."""


class InvalidOption(UserError):
    """An option has a value that cannot work."""


class FolderNotEmpty(UserError):
    """Refuses to write among other files."""


class SettingsMismatch(UserError):
    """The folder holds unfinished work of another source or other settings."""


class Locked(UserError):
    """Another run is writing into the same folder."""


class DiskFull(UserError):
    """The disk is full, or too small for what is asked."""


class FileAccessError(UserError):
    """The file or folder cannot be read or written."""


class MissingDependency(UserError):
    """An optional part of Semblante is not installed."""


class TrainingDiverged(SemblanteError):
    """Loss or weights are no longer numbers; the last good checkpoint is kept."""
