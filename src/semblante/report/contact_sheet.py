"""A contact sheet: faces of the index side by side on one page, so that they are judged by looking at them.

The page is a report's, of the same blocks: one file in two languages that loads nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from semblante.errors import Reason
from semblante.files import atomic_write
from semblante.i18n import as_line, describe, ntr, numbers, tr
from semblante.jobs import SILENT, JobContext
from semblante.person import Person
from semblante.pipeline.face_pictures import SeenFace, cut_out_faces
from semblante.report.blocks import Block, Bullets, Chapter, Gallery, Heading, Paragraph, Picture, sentences
from semblante.report.page import LONGER_SIDE_PX, Article, page
from semblante.report.wording import group_name, probability_text, verdict_text
from semblante.types import Pixels, Verdict

_Look = Literal["name", "plain", "right", "wrong", "unsure", "source"]
_LOOKS: Final[Mapping[Verdict, _Look]] = {"yes": "right", "no": "wrong", "unsure": "unsure"}


@dataclass(frozen=True)
class SheetFace:
    """A face on the sheet, and what is said of it; a `doubtful` one may not belong to its group."""

    seen: SeenFace
    verdict: Verdict | None = None
    probability: float | None = None
    doubtful: bool = False


@dataclass(frozen=True)
class SheetGroup:
    """Faces that belong together: all of one verdict, or those that seem to be one person's.

    A person's group has the `number` that `people` gives it, and a `name` if it is known; `is_certain` is
    that of `Group`. `more` of its faces are not on the sheet.
    """

    faces: Sequence[SheetFace]
    verdict: Verdict | None = None
    number: int = 0
    name: str | None = None
    is_certain: bool = True
    more: int = 0


@dataclass(frozen=True)
class ContactSheet:
    """What a sheet is about: photos that show a person, questions about one, or the people in the photos.

    Photos found without a `person` are those of faces with certain attributes.
    """

    about: Literal["found", "questions", "people"]
    groups: Sequence[SheetGroup]
    person: Person | None = None


def write_contact_sheet(path: Path, sheet: ContactSheet, job: JobContext = SILENT) -> None:
    """Cut the faces out of their photos and write the page, which opens in the current language.

    Photos that are gone or were changed are named in the page, and told as skipped. Raises `FileAccessError`
    or `DiskFull` where the page cannot be written, and `Cancelled`.
    """
    shown = [face for group in sheet.groups for face in group.faces]
    pictures = iter(list(cut_out_faces([face.seen for face in shown], LONGER_SIDE_PX, job)))
    found = [[(face, next(pictures)) for face in group.faces] for group in sheet.groups]
    atomic_write(path, page(lambda: _article(sheet, found)))


_Found = Sequence[tuple[SheetFace, Pixels | Reason]]


def _article(sheet: ContactSheet, found: Sequence[_Found]) -> Article:
    chapters = [
        Chapter("faces", _heading(group, len(faces)), _blocks(group, faces))
        for group, faces in zip(sheet.groups, found, strict=True)
        if faces
    ]
    count = sum(map(len, found))
    if sheet.about == "people":
        order = tr("Faces: {faces}, the most typical of each group first.", faces=count)
    else:
        order = tr("Faces: {faces}, the surest first.", faces=count)
    privacy = tr(
        "Each picture leads to its photo. This page holds faces: keep it as private as the photos, and "
        "delete it when it has served."
    )
    meaning = probability_text(sheet.person.rule, sheet.person.name) if sheet.person else ""
    return Article(_title(sheet), sentences(order, privacy, meaning), chapters)


def _title(sheet: ContactSheet) -> str:
    if sheet.about == "people":
        return tr("Who is in the photos")
    if sheet.about == "questions":
        return tr("Is this {name}?", name=sheet.person.name if sheet.person else "")
    return tr("Photos that show {name}", name=sheet.person.name) if sheet.person else tr("Faces found")


def _heading(group: SheetGroup, count: int) -> str:
    if group.number:
        return ntr(
            "{number}. {name}: {count} face",
            "{number}. {name}: {count} faces",
            count + group.more,
            number=group.number,
            name=group_name(group.name, group.is_certain),
            count=count + group.more,
        )
    return verdict_text(group.verdict or "unsure").capitalize()


def _blocks(group: SheetGroup, faces: _Found) -> list[Block]:
    pictures = [_picture(face, found) for face, found in faces if not isinstance(found, Reason)]
    unseen = [
        f"{as_line(face.seen.path)}: {describe(found)}" for face, found in faces if isinstance(found, Reason)
    ]
    blocks: list[Block] = [Gallery(pictures)] if pictures else []
    if group.more:
        blocks.append(Paragraph(tr("and {count} more", count=group.more), "note"))
    if unseen:
        blocks += [Heading(tr("Photos that could not be shown"), 4), Bullets(unseen, "notes")]
    return blocks


def _picture(face: SheetFace, pixels: Pixels) -> Picture:
    path = face.seen.path
    caption: list[tuple[_Look, str]] = []
    if face.verdict is not None:
        probability = "" if face.probability is None else f", {numbers.probability(face.probability)}"
        caption.append((_LOOKS[face.verdict], verdict_text(face.verdict) + probability))
    if face.doubtful:
        caption.append(("unsure", tr("perhaps somebody else")))
    caption.append(("source", as_line(path.name)))
    return Picture(pixels, tr("A face in {path}", path=as_line(path)), caption, link=path.absolute().as_uri())
