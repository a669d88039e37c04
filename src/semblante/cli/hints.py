"""What commands say of the library beside their results: what is missing, who was kept, what to do next."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from semblante.cli.console import print_plain, remarks
from semblante.i18n import describe, ntr, tr

if TYPE_CHECKING:
    from semblante.pipeline import Kept, Library, LookAlike


def remark_if_empty(index: "Library", library: Path | None) -> None:
    """Say so where no photo was scanned yet: then nothing that is asked of the index can be found.

    `library` is where the user said that the index is.
    """
    if index.is_empty:
        print_plain(
            remarks(),
            tr(
                "No photos are in the index yet; first: semblante scan FOLDER…{options}",
                options=chosen(library),
            ),
        )


def remark_uncompared(count: int, name: str | None = None, options: str = "") -> None:
    """Say how many faces another network read than the one that was asked for, and what helps.

    `options` choose the index and the network, where the user did.
    """
    if count and name:
        print_plain(
            remarks(),
            ntr(
                "{count} face was read with another network than {name} was learnt on, and could not be "
                "compared; learn {name} again from photos (or, for the network of then, scan with --base)",
                "{count} faces were read with another network than {name} was learnt on, and could not be "
                "compared; learn {name} again from photos (or, for the network of then, scan with --base)",
                count,
                count=count,
                name=name,
            ),
        )
    elif count:
        print_plain(
            remarks(),
            ntr(
                "{count} face was read with another network; to read it anew: "
                "semblante scan FOLDER…{options}",
                "{count} faces were read with another network; to read them anew: "
                "semblante scan FOLDER…{options}",
                count,
                count=count,
                options=options,
            ),
        )


def remark_kept(kept: "Kept", library: Path | None) -> None:
    """Say what became of the person who had the name before, if there was one, and the way back."""
    values = {"name": kept.person.name, "count": kept.answers}
    if kept.outcome == "relearnt":
        print_plain(
            remarks(),
            tr("{name} was known, and is learnt anew; answers of before that taught too: {count}", **values),
        )
    elif kept.outcome == "merged":
        print_plain(
            remarks(),
            tr("{name} and the {name} of before are one person now; answers that taught: {count}", **values),
        )
    elif kept.outcome == "replaced":
        print_plain(remarks(), tr("The {name} of before, with all answers, is no longer known", **values))
    remark_way_back(library)


def remark_look_alikes(name: str, found: "Sequence[LookAlike]") -> None:
    """Say whom in the library the person looks like, and whether the two can be told apart."""
    for each in found:
        print_plain(remarks(), _look_alike_text(name, each))


def _look_alike_text(name: str, found: "LookAlike") -> str:
    values = {"name": name, "other": found.name}
    if found.reason is None:
        return tr("{name} and {other} look alike; each was taught who the other is", **values)
    if found.reason.code == "cannot_be_told_apart":
        return tr(
            "{name} and {other} cannot be told apart: do not trust answers about them unseen; if both "
            "are one person: semblante rename {quoted} {quoted_other} --merge",
            quoted=shlex.quote(name),
            quoted_other=shlex.quote(found.name),
            **values,
        )
    return tr(
        "{name} and {other} look alike, and could not be taught against each other: {reason}",
        reason=describe(found.reason),
        **values,
    )


def remark_shared(index: "Library", name: str, library: Path | None) -> None:
    """Say which other people have faces among theirs that taught this person too."""
    for other, count in index.shared_faces(name).items():
        print_plain(
            remarks(),
            tr(
                "Faces that teach {name} and also {other}: {count}; to take one out: semblante review "
                "{quoted} --remove PHOTO{options}",
                name=name,
                other=other,
                count=count,
                quoted=shlex.quote(other),
                options=chosen(library),
            ),
        )


def remark_way_back(library: Path | None, changes: int = 1) -> None:
    """Say how the last changes of people are taken back."""
    options = (f" {changes}" if changes > 1 else "") + chosen(library)
    print_plain(remarks(), tr("To take this back: semblante undo --people{options}", options=options))


def chosen(library: Path | None, base: Path | None = None) -> str:
    """What a further command must be told, to use the same index and network; empty where nothing."""
    options = {"--library": library, "--base": base}
    return "".join(f" {option} {shlex.quote(str(path))}" for option, path in options.items() if path)
