"""The page: chapters of all sections in both languages in one HTML file that loads nothing.

Each language is an `<article>`; two radio buttons and the style choose which one is seen, so there is no
script at all, and the page's own security policy forbids every load. The structure is in `templates/`, where
every value is escaped but for the charts, which are `Markup`.
"""

import base64
import datetime
import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from markupsafe import Markup
from PIL import Image

from semblante.celeba import PreparedSet
from semblante.errors import InvalidOption
from semblante.files import REPORT_MARK, atomic_write, write_json
from semblante.geometry import FRAME_HEIGHT_PX, FRAME_WIDTH_PX
from semblante.i18n import LANGUAGES, Language, current_language, numbers, speaking, tr
from semblante.model.bundle import Bundle, is_in_pretrained
from semblante.pipeline.evaluation import EvaluatedSplit
from semblante.report import charts
from semblante.report.blocks import Block, Chapter, Fingerprints, Picture, Section, cannot_be_said, sentences
from semblante.report.data import data_section
from semblante.report.limits import limits_chapter
from semblante.report.model import model_section
from semblante.report.person import PersonSection
from semblante.types import Split

_NAMES: Mapping[Language, str] = {"en": "English", "es": "Español"}
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_MOST_VALUES = 4
"""A longer list of settings is only counted."""
LONGER_SIDE_PX = 168
"""Of a picture in the page."""
MAX_DENSITY = 2.0
"""Pixels of a picture's file for one of the page, each way."""
_WEBP_QUALITY = 80


@dataclass(frozen=True)
class Article:
    """What a page says in one language."""

    title: str
    lede: str
    chapters: Sequence[Chapter]


def write_report(
    path: Path, sections: Sequence[Section], terms: str, date: datetime.date | None = None
) -> None:
    """Write the report of `sections`, in their order, to `path`; it opens in the current language.

    `terms` is the `terms` of the data behind it: `celeba` or `drawn`.
    Raises `FileAccessError` or `DiskFull` where it cannot be written.
    """
    atomic_write(path, report(sections, terms, date))


def evaluation_paths(
    bundle: Bundle, data: PreparedSet, split: Split, folder: Path | None = None
) -> tuple[Path, Path]:
    """The JSON and the HTML file of an evaluation in `folder`, by default beside the network.

    For the pretrained model that is the working folder instead: the HTML shows pictures of the data set,
    which must not get into the package. Raises `InvalidOption` where they would.

    Where `evaluation-SPLIT.json` is an evaluation of other data, or of a network in another folder, it stays,
    and the names of this one end with the hash of both.
    """
    where = folder or (Path() if is_in_pretrained(bundle.folder) else bundle.folder)
    if is_in_pretrained(where):
        raise InvalidOption("folder_is_the_packages", path=where.resolve())
    stem = f"evaluation-{split}"
    is_own_folder = where.resolve() == bundle.folder.resolve()
    there = _evaluated(where / f"{stem}.json")
    # A network that was trained on in its folder is measured anew.
    if there and (there[0] != data.sha256 or (there[1] != bundle.network_sha256 and not is_own_folder)):
        both = hashlib.sha256(f"{data.sha256} {bundle.network_sha256}".encode()).hexdigest()
        stem += f"-{both[:8]}"
    return where / f"{stem}.json", where / f"{stem}.html"


def _evaluated(path: Path) -> tuple[str, str] | None:
    """The hashes of the data and of the network in an evaluation; None where there is none."""
    try:
        values = json.loads(path.read_bytes())
        return str(values["data_sha256"]), str(values["network_sha256"])
    except (OSError, ValueError, LookupError, TypeError):
        return None


def write_evaluation(
    found: EvaluatedSplit, bundle: Bundle, data: PreparedSet, folder: Path | None = None
) -> tuple[Path, Path]:
    """Write the two files that `evaluation_paths` names, and return their paths."""
    as_json, as_html = evaluation_paths(bundle, data, found.evaluation.split, folder)
    write_json(as_json, found.evaluation.as_json())
    sections = (model_section(found, bundle, data), data_section(data))
    write_report(as_html, sections, bundle.manifest["licence"]["terms"])
    return as_json, as_html


def report(sections: Sequence[Section], terms: str, date: datetime.date | None = None) -> str:
    """The whole HTML text of what `write_report` writes."""
    return page(lambda: _article(sections, terms), date)


def page(article: Callable[[], Article], date: datetime.date | None = None) -> str:
    """The HTML text of what `article` says when it is called in each language, opened in the current one."""
    environment = _environment()
    bodies, titles = [], {}
    for language in LANGUAGES:
        with speaking(language):
            said = article()
            titles[language] = said.title
            # An anchor is unique in the page. Here, since what is written of a block depends on the language.
            chapters = [
                (f"{language}-{number}-{each.anchor}", each) for number, each in enumerate(said.chapters, 1)
            ]
            body = environment.get_template("article.html").render(
                language=language, title=said.title, lede=said.lede, chapters=chapters, date=date
            )
            bodies.append(Markup(body))
    return environment.get_template("page.html").render(
        language=current_language(),
        policy=_POLICY,
        mark=Markup(REPORT_MARK),
        title=titles[current_language()],
        style=Markup(files(__package__).joinpath("templates/page.css").read_text(encoding="utf-8")),
        names=_NAMES,
        bodies=bodies,
    )


def _article(sections: Sequence[Section], terms: str) -> Article:
    settings = {
        heading: group for section in sections for heading, group in section.settings_by_heading().items()
    }
    chapters = [chapter for section in sections for chapter in section.chapters()]
    chapters.append(limits_chapter(terms))
    if settings:
        chapters.append(Chapter("details", tr("Settings and fingerprints"), [Fingerprints(settings)]))
    # Where figures say nothing about real people, that stands before the first of them.
    drawn = tr("The faces are drawn: these figures say nothing about real people.")
    lede = sentences(drawn if terms == "drawn" else "", *(section.summary() for section in sections))
    return Article(_title(sections), lede, chapters)


def _title(sections: Sequence[Section]) -> str:
    people = [section.name for section in sections if isinstance(section, PersonSection)]
    if len(people) == 1 and len(sections) == 1:
        return tr("How {name} is recognised", name=people[0])
    if people:
        return tr("Reading faces, then learning one")
    return tr("A network that reads faces")


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("semblante.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )
    environment.filters |= {
        "kind": _kind,
        "flat": _flat,
        "percent": numbers.percent,
        "interval": numbers.interval,
        "thumbnail": thumbnail,
        "bar": lambda share: charts.difference_bar(share, 0.0, 1.0),
        "strip": lambda estimate, compared_with: charts.interval_bar(
            estimate.value, estimate.low, estimate.high, compared_with
        ),
    }
    environment.globals |= {"tr": tr, "cannot_be_said": cannot_be_said}
    return environment


def _printable(value: object) -> object:
    """Bytes of a file's name that are no text (lone surrogates) and NUL become `?`."""
    return charts.printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _kind(block: Block) -> str:
    """The name of the macro that writes such a block."""
    return type(block).__name__


def _flat(group: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    """Names and values of a group, inner groups as `outer.inner`; of a long list only the count."""
    found: list[tuple[str, str]] = []
    for name, value in group.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{before}{name}.")
        elif isinstance(value, list | tuple) and len(value) > _MOST_VALUES:
            found.append((f"{before}{name}", tr("{count} values", count=len(value))))
        elif isinstance(value, list | tuple):
            found.append((f"{before}{name}", ", ".join(map(str, value))))
        else:
            found.append((f"{before}{name}", "—" if value is None else str(value)))
    return found


@dataclass(frozen=True)
class Thumbnail:
    """A picture as an `<img>` holds it: its own bytes in the address, and its size in pixels of the page."""

    source: str
    width_px: int
    height_px: int


def thumbnail(picture: Picture) -> Thumbnail:
    """The picture with its longer side at most `LONGER_SIDE_PX`, as WebP; a square crop as a CelebA frame.

    It holds up to twice as many pixels as that each way, if the picture has them: screens do.
    """
    height, width = picture.pixels.shape[:2]
    if picture.is_crop and height == width:
        height, width = FRAME_HEIGHT_PX, FRAME_WIDTH_PX
    scale = min(LONGER_SIDE_PX / max(height, width), 1.0)
    shown = max(1, round(width * scale)), max(1, round(height * scale))
    density = min(max(max(picture.pixels.shape[:2]) / max(shown), 1.0), MAX_DENSITY)
    size = round(shown[0] * density), round(shown[1] * density)
    small = Image.fromarray(np.ascontiguousarray(picture.pixels)).resize(size, Image.Resampling.LANCZOS)
    content = io.BytesIO()
    small.save(content, "WEBP", quality=_WEBP_QUALITY)
    encoded = base64.b64encode(content.getvalue()).decode()
    return Thumbnail(f"data:image/webp;base64,{encoded}", *shown)
