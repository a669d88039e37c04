"""The page: chapters of all sections in both languages in one HTML file that loads nothing.

Each language is an `<article>`; two radio buttons and the style choose which one is seen, so there is no
script at all, and the page's own security policy forbids every load.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from semblante.celeba import PreparedSet
from semblante.errors import InvalidOption
from semblante.files import REPORT_MARK, atomic_write, write_json
from semblante.i18n import LANGUAGES, Language, current_language, speaking, tr
from semblante.model.bundle import Bundle, is_in_pretrained
from semblante.pipeline.evaluation import EvaluatedSplit
from semblante.report.chapter import Chapter, Details, Section, paragraph
from semblante.report.data import data_section
from semblante.report.html import Html, element, together
from semblante.report.limits import limits_chapter
from semblante.report.model import model_section
from semblante.report.person import PersonSection
from semblante.types import Split

_NAMES: Mapping[Language, str] = {"en": "English", "es": "Español"}
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def write_report(
    path: Path, sections: Sequence[Section], terms: str, date: datetime.date | None = None
) -> None:
    """Write the report of `sections`, in their order, to `path`; it opens in the current language.

    `terms` is the `terms` of the data behind it: `celeba` or `drawn`.
    Raises `NoAccess` or `NoRoom` where it cannot be written.
    """
    atomic_write(path, report(sections, terms, date))


def evaluation_paths(bundle: Bundle, split: Split, folder: Path | None = None) -> tuple[Path, Path]:
    """The JSON and the HTML file of an evaluation in `folder`, by default beside the network.

    For the pretrained model that is the working folder instead: the HTML shows pictures of the data set,
    which must not get into the package. Raises `InvalidOption` where they would.
    """
    where = folder or (Path() if is_in_pretrained(bundle.folder) else bundle.folder)
    if is_in_pretrained(where):
        raise InvalidOption("folder_is_the_packages", path=where.resolve())
    return where / f"evaluation-{split}.json", where / f"evaluation-{split}.html"


def write_evaluation(
    found: EvaluatedSplit, bundle: Bundle, data: PreparedSet, folder: Path | None = None
) -> tuple[Path, Path]:
    """Write the two files that `evaluation_paths` names, and return their paths."""
    as_json, as_html = evaluation_paths(bundle, found.evaluation.split, folder)
    write_json(as_json, found.evaluation.as_json())
    sections = (model_section(found, bundle, data), data_section(data))
    write_report(as_html, sections, bundle.manifest["licence"]["terms"])
    return as_json, as_html


def report(sections: Sequence[Section], terms: str, date: datetime.date | None = None) -> str:
    """The whole HTML text of what `write_report` writes."""
    style = files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        Html(REPORT_MARK),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"{_title(sections)} · Semblante"),
        element("style", Html(style)),
    )
    articles = [_in(language, lambda: _article(sections, terms, date)) for language in LANGUAGES]
    body = element("body", *_switch(), *articles)
    return f"<!DOCTYPE html>\n{element('html', head, body, lang=current_language())}\n"


def _in(language: Language, make: Callable[[], Html]) -> Html:
    with speaking(language):
        return make()


def _switch() -> list[Html]:
    """The two buttons. They come first in the page: the style reaches from them to what follows."""
    buttons = [
        element(
            "input",
            type="radio",
            name="language",
            id=f"language-{language}",
            class_="language",
            checked=language == current_language(),
        )
        for language in LANGUAGES
    ]
    labels = [
        element("label", _NAMES[language], for_=f"language-{language}", lang=language)
        for language in LANGUAGES
    ]
    return [*buttons, element("div", *labels, class_="switch")]


def _article(sections: Sequence[Section], terms: str, date: datetime.date | None) -> Html:
    language = current_language()
    details = {heading: group for section in sections for heading, group in section.details().items()}
    chapters = [chapter for section in sections for chapter in section.chapters()]
    chapters = [*chapters, limits_chapter(terms), *([_details_chapter(details)] if details else [])]
    anchors = [f"{language}-{number}-{chapter.anchor}" for number, chapter in enumerate(chapters, 1)]
    contents = [
        element("li", element("a", chapter.heading, href=f"#{anchor}"))
        for anchor, chapter in zip(anchors, chapters, strict=True)
    ]
    header = element(
        "header",
        element("p", "Semblante", class_="brand"),
        element("h1", _title(sections)),
        *([element("p", element("time", date.isoformat()), class_="date")] if date else []),
        paragraph(_drawn(terms), *(section.summary() for section in sections), look="lede"),
        element("nav", element("ol", *contents), aria_label=tr("Contents")),
    )
    bodies = [
        element("section", element("h2", chapter.heading), chapter.body, id=anchor)
        for anchor, chapter in zip(anchors, chapters, strict=True)
    ]
    return element("article", header, *bodies, lang=language)


def _drawn(terms: str) -> str:
    """That the figures say nothing about real people, where that is so: before the first figure."""
    if terms != "drawn":
        return ""
    return tr("The faces are drawn: these figures say nothing about real people.")


def _title(sections: Sequence[Section]) -> str:
    people = [section.name for section in sections if isinstance(section, PersonSection)]
    if len(people) == 1 and len(sections) == 1:
        return tr("How {name} is recognised", name=people[0])
    if people:
        return tr("Reading faces, then learning one")
    return tr("A network that reads faces")


def _details_chapter(details: Details) -> Chapter:
    """All groups in one place: folded away on the screen if the reader wants, always there on paper."""
    parts: list[Html] = []
    for heading, group in details.items():
        rows = [
            element("tr", element("th", name, scope="row"), element("td", value))
            for name, value in _flat(group)
        ]
        parts.append(element("h3", heading))
        parts.append(
            element("div", element("table", element("tbody", *rows), class_="details"), class_="scroll")
        )
    folded = element("details", element("summary", tr("Show or hide")), together(parts), open=True)
    return Chapter("details", tr("Settings and fingerprints"), folded)


def _flat(group: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    """Names and values of a group, inner groups as `outer.inner`; of a long list only the count."""
    found: list[tuple[str, str]] = []
    for name, value in group.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{before}{name}.")
        elif isinstance(value, list | tuple) and len(value) > 4:
            found.append((f"{before}{name}", tr("{count} values", count=len(value))))
        elif isinstance(value, list | tuple):
            found.append((f"{before}{name}", ", ".join(map(str, value))))
        else:
            found.append((f"{before}{name}", "—" if value is None else str(value)))
    return found
