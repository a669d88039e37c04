"""The photos that a search found are put into a folder, or get sidecars that name who is in them."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from semblante.errors import BadImage, BadSidecar, FileAccessError, Reason, reason_of
from semblante.files import translate_os_errors
from semblante.images import orientation
from semblante.jobs import SILENT, JobContext
from semblante.library.query import Match
from semblante.organize.journal import How, Journal, journal
from semblante.organize.sidecar import Marking, marked, sidecar_of, stored_area
from semblante.organize.transfer import (
    TargetNames,
    check_unchanged,
    is_too_long,
    make_folder,
    transfer_photo,
    write_sidecar,
)


@dataclass(frozen=True)
class Sorting:
    """What is asked for: photos of the person called `name`, put into the folder `to` in one of four ways.

    `to` is None for sidecars ("xmp"), which lie beside their photos. A `dry_run` changes nothing.
    """

    name: str
    how: How
    to: Path | None
    dry_run: bool = False


@dataclass(frozen=True)
class SortedPhoto:
    """What became of a photo: `target` was made, or was there already, or it was skipped for a `reason`."""

    photo: Path
    outcome: Literal["made", "already", "skipped"]
    target: Path | None
    reason: Reason | None = None


def sort_photos(
    matches: Iterable[Match], sorting: Sorting, data: Path, job: JobContext = SILENT
) -> Iterator[SortedPhoto]:
    """Transfer each photo whose verdict is yes, in the order given; the journal lies in the folder `data`.

    A photo that several files hold is put into a folder once; each of the files gets a sidecar.
    A photo that changed since the scan, or cannot be read, is skipped with a reason. The stage of progress is
    "sorting", counted in photos. Raises `DiskFull` or `FileAccessError` where the target cannot be written,
    `Locked` while another run sorts, and `Cancelled`; the same call then goes on.
    """
    photos: dict[Path, list[Match]] = {}
    for match in matches:
        if match.verdict == "yes":
            for path in match.files if sorting.to is None else [match.path]:
                photos.setdefault(path, []).append(replace(match, path=path))
    journalled = nullcontext() if sorting.dry_run else journal(data, sorting.name, sorting.how)
    names = TargetNames(sorting.to.absolute()) if sorting.to else None
    with journalled as written:
        for done, (photo, found) in enumerate(photos.items()):
            job.progress("sorting", done, len(photos))
            try:
                sorted_photo = (
                    _mark(found, sorting.name, written, job)
                    if names is None
                    else _place(found[0], sorting.how, names, written, job)
                )
            except (BadImage, BadSidecar) as error:
                sorted_photo = SortedPhoto(photo, "skipped", None, reason_of(error, "path"))
                job.skipped(photo, reason_of(error, "path"))
            yield sorted_photo
        job.progress("sorting", len(photos), len(photos))


def is_among(folder: Path, photos: Iterable[Path]) -> bool:
    """Whether `folder` lies where `photos` are, so that a scan may find what is put into it."""
    inside = folder.resolve()
    parents = {photo.parent.resolve() for photo in photos}
    with suppress(ValueError):  # They lie on several drives, or there are none.
        common = Path(os.path.commonpath(parents))
        parents |= {common} - {Path(common.anchor)}
    return any(inside.is_relative_to(parent) for parent in parents)


def _place(
    match: Match, how: How, names: TargetNames, written: Journal | None, job: JobContext
) -> SortedPhoto:
    """Put one of the files with the photo into the folder, unless it is there under the name of any."""
    problems: list[BadImage] = []
    free: list[tuple[Path, Path]] = []
    for photo in match.files:
        with _noting(problems):
            target, is_there = names.choose(photo.absolute(), match.content_sha256)
            if is_there:
                return SortedPhoto(match.path, "already", target)
            free.append((photo, target))
    for photo, target in free:
        with _noting(problems):
            _transfer(how, photo.absolute(), match.content_sha256, target, names, written, job)
            return SortedPhoto(photo, "made", target)
    raise problems[0]


@contextmanager
def _noting(problems: list[BadImage]) -> Iterator[None]:
    try:
        yield
    except BadImage as problem:
        problems.append(problem)


def _transfer(
    how: How,
    photo: Path,
    sha256: str,
    target: Path,
    names: TargetNames,
    written: Journal | None,
    job: JobContext,
) -> None:
    if written is None:
        check_unchanged(photo, sha256, job)
        names.promise(target, sha256)
    else:
        make_folder(target.parent, written)
        transfer_photo(how, photo, sha256, target, written, job)


def _mark(found: Sequence[Match], name: str, written: Journal | None, job: JobContext) -> SortedPhoto:
    photo = found[0].path.absolute()
    check_unchanged(photo, found[0].content_sha256, job)
    target = sidecar_of(photo)
    if is_too_long(target.name):
        raise BadSidecar("name_too_long_for_sidecar")
    try:
        with translate_os_errors(target):
            if target.is_symlink():
                target = _end_of(target)  # What it leads to is the sidecar; the link stays.
            before = target.read_bytes() if os.path.lexists(target) else None
        after = marked(before, _marking(found, name))
        if after is not None:
            _check_writable(target, before is not None)
    except (BadSidecar, FileAccessError) as error:
        raise BadSidecar("sidecar_unchanged", sidecar=target.name, reason=reason_of(error, "path")) from error
    if after is None:
        return SortedPhoto(found[0].path, "already", target)
    if written is not None:
        write_sidecar(photo, before, after, target, written)
    return SortedPhoto(found[0].path, "made", target)


def _end_of(link: Path) -> Path:
    try:
        return link.resolve()
    except RuntimeError as error:  # What Python before 3.13 says of it.
        raise BadSidecar("link_to_itself") from error


def _check_writable(target: Path, is_there: bool) -> None:
    """Raise `BadSidecar` where this sidecar, or its folder, may not be changed; the journal is elsewhere."""
    if is_there and not os.access(target, os.W_OK):
        raise BadSidecar("write_protected")
    if not os.access(target.parent, os.W_OK):
        raise BadSidecar("folder_write_protected")


def _marking(found: Sequence[Match], name: str) -> Marking:
    match = found[0]
    turned = orientation(match.path)
    upright_px = match.photo_width_px, match.photo_height_px
    areas = tuple(stored_area(each.box, upright_px, turned) for each in found)
    return Marking(name, areas, upright_px[::-1] if turned >= 5 else upright_px)
