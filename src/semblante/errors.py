"""Every error that Semblante raises on purpose, in one tree. An error is a code and its parameters, no prose.

    SemblanteError
    ├── UserError             something the user can put right; the command line ends with code 2
    │   ├── NotCelebA         the source is not CelebA in any layout that we know
    │   ├── EmptyDataset      every row or image had to be left out
    │   ├── NotAPreparedSet   the folder is not what `prepare` writes
    │   ├── NotABundle        the folder is not what `train` writes, or was changed since
    │   ├── NotAnEmbeddingNetwork  the file is not an embedding network that can be adopted
    │   ├── NotAPersonFile    the file is not what `learn` writes
    │   ├── NotALibrary       the index of photos is damaged, another program's, or of another version
    │   ├── NotInIndex        the index holds no such photo, face, group or change, or no longer
    │   ├── VaultLocked       the index is encrypted, and its passphrase was not given, or another one
    │   ├── UnknownPerson     nobody of this name is in the library
    │   ├── ModelMismatch     the person was learnt on another model
    │   ├── BadImage          one picture cannot be read; a batch counts it and goes on
    │   ├── BadSidecar        one sidecar cannot be added to; a batch names it and goes on
    │   ├── TooFewPhotos      too few usable photos to learn from
    │   ├── NoCommonFace      the photos do not say whose face is to be learnt
    │   ├── SamePhotos        the person's photos and the others' are the same
    │   ├── CannotBeToldApart  the person looks too much like the others whose photos were given
    │   ├── BadName           not a name for a person
    │   ├── InvalidOption     an option has a value that cannot work
    │   ├── FolderNotEmpty    refuses to write among other files
    │   ├── SettingsMismatch  the folder holds unfinished work of another source or other settings
    │   ├── Locked            another run is writing into the same folder
    │   ├── DiskFull          the disk is full, or too small for what is asked
    │   ├── FileAccessError   the file or folder cannot be read or written
    │   ├── MissingDependency an optional part of Semblante is not installed
    │   └── Refused           a request that the service does not fulfil as it is
    ├── Overloaded            more is asked of the service at once than it can do; a little later it can
    ├── TrainingDiverged      loss or weights are no longer numbers; the last good checkpoint is kept
    └── Cancelled             the caller asked a long verb to stop; what was done is kept

A code is a stable name, unique in the whole tree, and a literal where it is raised; where one of several is
chosen, they are literals of the same module: in a `Literal` type, a dict or a tuple. `i18n.describe` makes
the sentence of a code, and other front ends answer the same code in their own way. `reason_of` makes a value
of an error that stops only one item of many, such as a photo that is skipped.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Reason:
    """An outcome in a form that programs read: a stable code, and the values that a sentence of it names.

    A value may be a `Reason` itself.
    """

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        if not self.params:
            return self.code
        return f"{self.code} ({', '.join(f'{name}={value}' for name, value in self.params.items())})"


class SemblanteError(Exception):
    """The root: catch it to catch everything that Semblante raises on purpose."""

    def __init__(self, code: str, /, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: Mapping[str, Any] = params

    def __str__(self) -> str:
        return str(Reason(self.code, self.params))

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors cross process boundaries; keyword parameters would be lost on the way.
        return _restored, (type(self), self.code, dict(self.params))


def _restored(kind: type[SemblanteError], code: str, params: dict[str, Any]) -> SemblanteError:
    return kind(code, **params)


def reason_of(error: SemblanteError, *without: str) -> Reason:
    """What the error says as a value, less parameters that are named elsewhere, such as `path`."""
    return Reason(error.code, {name: value for name, value in error.params.items() if name not in without})


class UserError(SemblanteError):
    """Something the user can put right."""


class NotCelebA(UserError):
    """The source is not CelebA in any layout that we know."""


class EmptyDataset(UserError):
    """Every row or image had to be left out."""


class NotAPreparedSet(UserError):
    """The folder is not what `prepare` writes."""


class NotABundle(UserError):
    """The folder is not what `train` writes, or was changed since."""


class NotAnEmbeddingNetwork(UserError):
    """The file is no embedding network, or is described as it is not."""


class NotAPersonFile(UserError):
    """The file is not what `learn` writes."""


class NotALibrary(UserError):
    """The index of photos is damaged, another program's, or of another version."""


class NotInIndex(UserError):
    """The index holds no such photo, face, group or change, or no longer."""


class VaultLocked(UserError):
    """The index is encrypted, and its passphrase was not given, or is another one."""


class UnknownPerson(UserError):
    """Nobody of this name is in the library."""


class ModelMismatch(UserError):
    """The person was learnt on another model."""


class BadImage(UserError):
    """One picture cannot be read; a batch counts it and goes on."""


class BadSidecar(UserError):
    """One sidecar cannot be added to; a batch names it and goes on."""


class TooFewPhotos(UserError):
    """Too few usable photos to learn from."""


class NoCommonFace(UserError):
    """The photos do not say whose face is to be learnt."""


class SamePhotos(UserError):
    """The person's photos and the others' are the same."""


class CannotBeToldApart(UserError):
    """The person cannot be told from the others whose photos were given."""


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


class Refused(UserError):
    """A request that the service does not fulfil as it is; `api.problems` knows the HTTP status of a code."""


class Overloaded(SemblanteError):
    """More is asked of the service at once than it can do; `retry_after_s` says when to ask again."""


class TrainingDiverged(SemblanteError):
    """Loss or weights are no longer numbers; the last good checkpoint is kept."""


class Cancelled(SemblanteError):
    """The caller asked a long verb to stop; what was done until then is kept."""

    def __init__(self, code: str = "cancelled", /, **params: Any) -> None:
        super().__init__(code, **params)


def check_type(value: object, *expected: type) -> None:
    """Raise `InvalidOption` unless the value is of one of the types: not every caller uses a type checker."""
    if not isinstance(value, expected):
        names = [each.__name__ for each in expected]
        raise InvalidOption("wrong_type", expected=names, kind=type(value).__name__)
