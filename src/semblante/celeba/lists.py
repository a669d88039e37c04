"""The lists of CelebA as found: known by their names, read, and those that are no lists told apart.

A download that failed leaves a web page, an empty file or the name of a second attempt, such as
`list_attr_celeba (1).txt`. Of several files of one kind the first that is a list counts.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from semblante.celeba.archives import Entry, is_markup
from semblante.errors import NotCelebA, Reason
from semblante.files import translate_os_errors

ListKind = Literal["attributes", "partition", "identities"]
LIST_STEMS: Final[Mapping[str, ListKind]] = {
    "list_attr_celeba": "attributes",
    "list_eval_partition": "partition",
    "identity_celeba": "identities",
}
MAX_LIST_BYTES = 500_000_000
"""Twenty times the official attribute list; a zip bomb called `list_attr_celeba.txt` ends here."""
_NAME: Final = re.compile(rf"({'|'.join(LIST_STEMS)})( ?\(\d+\)| - copy)?\.(txt|csv)(\.txt|\.csv)?")


@dataclass(frozen=True)
class FoundList:
    """One of the three lists as found: its file's name and content, and why it is no list, if it is none.

    `problem` is `list_is_web_page` or `list_is_empty`, each with the `list`'s name.
    """

    name: str
    content: bytes
    problem: Reason | None = None

    @property
    def sha256(self) -> str:
        """The hash of the content as found."""
        return hashlib.sha256(self.content).hexdigest()


def list_kind(name: str) -> ListKind | None:
    """Which list a file of this name is; None for any other file."""
    named = _NAME.fullmatch(name.lower())
    return LIST_STEMS[named[1]] if named else None


def choose_lists(entries: Iterable[Entry]) -> dict[ListKind, FoundList]:
    """The lists among `entries`, which all have a list's name: of each kind the first that is a list.

    A plain name goes before that of a second download. Raises `NotCelebA` where a list cannot be read or two
    of one name are of different sets, and `FileAccessError`.
    """
    of_kind: dict[ListKind, list[Entry]] = {}
    for entry in sorted(entries, key=_is_copy):
        if kind := list_kind(entry.name):
            of_kind.setdefault(kind, []).append(entry)
    return {kind: _first_list(candidates) for kind, candidates in of_kind.items()}


def _is_copy(entry: Entry) -> bool:
    named = _NAME.fullmatch(entry.name.lower())
    return bool(named and (named[2] or named[4]))


def _first_list(candidates: Sequence[Entry]) -> FoundList:
    chosen: tuple[Entry, FoundList] | None = None
    for entry in candidates:
        if chosen and entry.size_bytes == chosen[0].size_bytes:
            continue
        found = _read(entry)
        if chosen is None or (chosen[1].problem and not found.problem):
            chosen = entry, found
        elif not found.problem and entry.name == chosen[0].name:
            # Rows would be given to the images of others.
            raise NotCelebA("lists_of_two_sets", first=Path(chosen[0].path), second=Path(entry.path))
    assert chosen is not None
    return chosen[1]


def _read(entry: Entry) -> FoundList:
    where = Path(entry.path)
    content = read_small(entry)
    if is_markup(content[:512]):
        return FoundList(entry.name, content, Reason("list_is_web_page", {"list": str(where)}))
    if not content.strip():
        return FoundList(entry.name, content, Reason("list_is_empty", {"list": str(where)}))
    return FoundList(entry.name, content)


def read_small(entry: Entry) -> bytes:
    """The content of a list. Raises `NotCelebA` where it is far too large or damaged, `FileAccessError`."""
    where = Path(entry.path)
    if entry.size_bytes > MAX_LIST_BYTES:
        raise NotCelebA("list_too_large", path=where)
    try:
        with translate_os_errors(where):
            return entry.read()
    except ValueError as error:
        raise NotCelebA("list_damaged_in_zip", path=where) from error
