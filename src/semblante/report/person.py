"""One learnt person in the report: from what, how well she is told from strangers, and her pictures."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from semblante.i18n import numbers, tr
from semblante.images import load
from semblante.metrics.results import Estimate
from semblante.metrics.scores import MIN_POSITIVES
from semblante.person import Decision, HeldOutEvaluation, Person, decisions_of
from semblante.report.chapter import Chapter, Details, headline, paragraph, table
from semblante.report.curves import reliability_chart, roc_chart
from semblante.report.html import Html, element, together
from semblante.report.pictures import mosaic, picture
from semblante.types import Pixels

if TYPE_CHECKING:
    from semblante.pipeline import LearnResult

_SHOWN = 6
"""How many pictures of a kind are shown."""
_MAX_LOADED_PHOTOS = 24
"""How many photos of a kind are loaded for the section, which picks among them."""
_MAX_LOADED_SIDE_PX = 1000
_MARGIN = 0.4
"""What is shown of a photo around a face, on each side, as a share of the face's box."""


@dataclass(frozen=True)
class AnsweredPhoto:
    """An answer, whether the photo truly shows the person, and the photo if it may be shown."""

    answer: Decision
    is_person: bool
    image: Pixels | None = None


@dataclass(frozen=True)
class PersonSection:
    """A person's name, the photos learnt from, the evaluation, and decisions whose truth is known.

    `answers` are all counted; the report picks which of their images it shows.
    """

    name: str
    learnt_from_person: int
    learnt_from_others: int
    evaluation: HeldOutEvaluation
    answers: tuple[AnsweredPhoto, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)

    def chapters(self) -> list[Chapter]:
        """One chapter."""
        body = [
            paragraph(*self._sentences(), look="lede"),
            _rates(self.evaluation),
            self._curves(),
            *self._judged(),
        ]
        return [Chapter("person", tr("Learning {name}", name=self.name), together(body))]

    def summary(self) -> str:
        """How many of the person's photos are recognised, with the interval and of how many."""
        rate = self.evaluation.tpr_at_fpr_1_percent
        if rate is None:
            return f"{self.name}: {too_thin_text(self.evaluation, 100)}"
        return tr(
            "Of {count} new photos of {name}, {rate} are recognised when 1 stranger in 100 may be taken for "
            "this person.",
            count=numbers.count(self.evaluation.photos_of_person),
            rate=numbers.with_interval(rate),
            name=self.name,
        )

    def details(self) -> Details:
        """The settings, under the person's name."""
        return {tr("Person: {name}", name=self.name): self.settings} if self.settings else {}

    def _sentences(self) -> list[str]:
        return [
            tr(
                "The network stays as it is; one neuron on top of it learnt to say “{name}” from {mine} "
                "photos of {name} and {others} photos of others.",
                name=self.name,
                mine=numbers.count(self.learnt_from_person),
                others=numbers.count(self.learnt_from_others),
            ),
            method_text(self.evaluation),
        ]

    def _curves(self) -> Html:
        return element(
            "div",
            roc_chart(self.evaluation.roc, self.evaluation.photos_of_others),
            reliability_chart(self.evaluation.reliability),
            class_="pair",
        )

    def _judged(self) -> list[Html]:
        if not self.answers:
            return []
        parts = [
            element("h3", tr("{name} among strangers", name=self.name)),
            paragraph(
                tr(
                    "Yes, no, or unsure: where the photo leaves doubt, no answer is better than a wrong one. "
                    "The percentage is the probability that it is {name}.",
                    name=self.name,
                )
            ),
            self._counts(),
        ]
        for heading, photos in self._kinds():
            if photos:
                parts += [element("h4", heading), mosaic([self._captioned(photo) for photo in photos])]
        return parts

    def _counts(self) -> Html:
        rows = []
        for truth, who in ((True, self.name), (False, tr("somebody else"))):
            answers = [photo.answer for photo in self.answers if photo.is_person is truth]
            given = [answer.verdict for answer in answers if answer.probability is not None]
            counted = (
                given.count("yes"),
                given.count("unsure"),
                given.count("no"),
                len(answers) - len(given),
            )
            rows.append([who, *(numbers.count(number) for number in counted), numbers.count(len(answers))])
        headings = [
            tr("The photo shows"),
            tr("yes"),
            tr("unsure"),
            tr("no"),
            tr("not readable"),
            tr("photos"),
        ]
        return table(headings, rows, tr("Answers against the truth, in photos"), "counts")

    def _kinds(self) -> list[tuple[str, Sequence[AnsweredPhoto]]]:
        """Surest hits, worst mistakes and unsure ones, of the photos that may be shown."""
        shown = [
            photo
            for photo in self.answers
            if photo.image is not None and photo.answer.probability is not None
        ]
        right = [p for p in shown if p.is_person and p.answer.verdict == "yes"]
        refused = [p for p in shown if not p.is_person and p.answer.verdict == "no"]
        mistaken = [p for p in shown if p.answer.verdict == ("no" if p.is_person else "yes")]
        unsure = [p for p in shown if p.answer.verdict == "unsure"]
        return [
            (tr("The surest yes"), sorted(right, key=_error)[:_SHOWN]),
            (tr("The worst mistakes"), sorted(mistaken, key=_error, reverse=True)[:_SHOWN]),
            (tr("Unsure"), sorted(unsure, key=_error, reverse=True)[:_SHOWN]),
            (tr("The surest no"), sorted(refused, key=_error)[:_SHOWN]),
        ]

    def _captioned(self, photo: AnsweredPhoto) -> tuple[Html, Html]:
        assert photo.image is not None and photo.answer.probability is not None
        verdict = photo.answer.verdict
        look = (
            "unsure" if verdict == "unsure" else "right" if (verdict == "yes") is photo.is_person else "wrong"
        )
        chance = numbers.probability(photo.answer.probability)
        caption = together(
            [
                element("span", f"{verdict_text(verdict)}, {chance}", class_=look),
                element(
                    "span",
                    tr("It is {name}", name=self.name) if photo.is_person else tr("It is somebody else"),
                ),
                element("bdi", _file_name(photo.answer.source), class_="source"),
            ]
        )
        return picture(photo.image, tr("Photo {file}", file=_file_name(photo.answer.source))), caption


def learnt_section(result: "LearnResult") -> PersonSection:
    """The section on a person who was just learnt: the neuron's decisions on held-out faces."""
    held_out = result.fit.held_out
    of_label = {1: result.judged.positives, 0: result.judged.negatives}
    decisions = decisions_of(result.person.rule, held_out.logits, [""] * len(held_out.logits))
    judged: list[tuple[Decision, bool]] = []
    for decision, label, index in zip(
        decisions, held_out.labels.tolist(), held_out.indices.tolist(), strict=True
    ):
        faces = of_label[label]
        if index < len(faces):  # Else a background embedding of the model.
            decision = replace(decision, source=faces[index].ref.photo, face=faces[index].face)
        judged.append((decision, label == 1))
    return person_section(result.person, judged)


def person_section(person: Person, judged: Sequence[tuple[Decision, bool]]) -> PersonSection:
    """The section on a person, from decisions and whether each photo truly shows the person.

    A decision without a source is counted and not shown.
    """
    shown = _worth_showing(judged)
    return PersonSection(
        name=person.name,
        learnt_from_person=person.photos_of_person,
        learnt_from_others=person.photos_of_others,
        evaluation=person.evaluation,
        answers=tuple(
            AnsweredPhoto(decision, is_person, _face_picture(decision) if decision.source in shown else None)
            for decision, is_person in judged
        ),
        settings={"base_sha256": person.base_sha256, **asdict(person.rule)},
    )


def _worth_showing(judged: Sequence[tuple[Decision, bool]]) -> set[str]:
    """The sources of the likeliest and unlikeliest photos of the person, and of others."""
    shown: set[str] = set()
    for is_person in (True, False):
        given = [
            decision
            for decision, truth in judged
            if truth is is_person and decision.probability is not None and decision.source
        ]
        ranked = [each.source for each in sorted(given, key=lambda decision: decision.probability or 0)]
        shown.update(ranked[:_MAX_LOADED_PHOTOS] + ranked[-_MAX_LOADED_PHOTOS:])
    return shown


def _face_picture(decision: Decision) -> Pixels:
    """The face of the decision with a margin, or the whole photo, at a size that will do for a page."""
    photo = load(Path(decision.source), _MAX_LOADED_SIDE_PX)
    if decision.face is None:
        return photo.pixels
    height_px, width_px = photo.pixels.shape[:2]
    x0, y0, x1, y1 = (length * width_px / photo.full_width_px for length in decision.face.box)
    across, down = _MARGIN * (x1 - x0), _MARGIN * (y1 - y0)
    rows = slice(max(0, round(y0 - down)), min(height_px, round(y1 + down)))
    columns = slice(max(0, round(x0 - across)), min(width_px, round(x1 + across)))
    return photo.pixels[rows, columns]


def method_text(evidence: HeldOutEvaluation) -> str:
    """Where the evidence comes from, in a sentence or two."""
    if not evidence.background:
        return _measured_text(evidence)
    strangers = numbers.count(evidence.background)
    where = tr(
        "{strangers} of the others came with the network; they were held out in turn.", strangers=strangers
    )
    return f"{_measured_text(evidence)} {where}"


def _measured_text(evidence: HeldOutEvaluation) -> str:
    counts = {
        "mine": numbers.count(evidence.photos_of_person),
        "others": numbers.count(evidence.photos_of_others),
    }
    if evidence.method == "validation":
        return tr(
            "It was measured on {mine} photos of this person and {others} of others that were kept apart.",
            **counts,
        )
    return tr(
        "It was measured by cross-validation on {mine} photos of this person and {others} of others: each "
        "photo is judged by a neuron that never saw it.",
        **counts,
    )


def too_thin_text(evidence: HeldOutEvaluation, strangers_needed: int) -> str:
    """Why a rate is missing: too few strangers, or else too few photos of the person."""
    if evidence.photos_of_others < strangers_needed:
        return tr(
            "The evidence is too thin to say (photos of others: {strangers}; needed: {needed}).",
            strangers=numbers.count(evidence.photos_of_others),
            needed=numbers.count(strangers_needed),
        )
    return tr(
        "The evidence is too thin to say (photos of this person: {photos}; needed: {needed}).",
        photos=numbers.count(evidence.photos_of_person),
        needed=numbers.count(MIN_POSITIVES),
    )


def verdict_text(verdict: str) -> str:
    """The verdict in the reader's language."""
    return {"yes": tr("yes"), "no": tr("no"), "unsure": tr("unsure")}[verdict]


def _rates(evidence: HeldOutEvaluation) -> Html:
    return element(
        "dl",
        _rate(evidence.tpr_at_fpr_1_percent, evidence, 100),
        _rate(evidence.tpr_at_fpr_01_percent, evidence, 1000),
        headline(
            tr("Area under the ROC"),
            Estimate(evidence.roc.area, math.nan, math.nan),
            0.5,
            tr("guessing: {share}", share=numbers.percent(0.5, 0)),
            tr("how often a photo of this person scores above one of a stranger"),
        ),
        class_="headlines",
    )


def _rate(rate: Estimate | None, evidence: HeldOutEvaluation, one_in: int) -> Html:
    share = numbers.short_percent(1 / one_in)
    name = tr("Recognised at FPR {share}", share=share)
    meaning = tr(
        "photos recognised when 1 stranger in {count} may be taken for this person",
        count=numbers.count(one_in),
    )
    if rate is not None:
        return headline(name, rate, 1 / one_in, tr("guessing: {share}", share=share), meaning)
    return element(
        "div",
        element("dt", name),
        element(
            "dd",
            element("span", too_thin_text(evidence, one_in), class_="thin"),
            element("span", meaning, class_="meaning"),
        ),
    )


def _error(photo: AnsweredPhoto) -> float:
    """How far the probability lies from the truth."""
    probability = photo.answer.probability
    assert probability is not None
    return abs(probability - photo.is_person)


def _file_name(source: str) -> str:
    return source.replace("\\", "/").rstrip("/").rpartition("/")[2]
