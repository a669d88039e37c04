"""One learnt person in the report: the training photos, the held-out evaluation, and the decisions."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from semblante.i18n import numbers, tr
from semblante.images import load
from semblante.metrics.results import Estimate
from semblante.person import Decision, DecisionRule, HeldOutEvaluation, Person, decisions_of
from semblante.pipeline import LearnResult
from semblante.pipeline.face_pictures import cut_out
from semblante.report.blocks import (
    Block,
    Cell,
    Chapter,
    Chart,
    Column,
    Gallery,
    Heading,
    Headline,
    Headlines,
    Paragraph,
    Picture,
    Settings,
    SideBySide,
    Table,
    count_cell,
    sentences,
)
from semblante.report.curves import reliability_chart, roc_chart
from semblante.report.wording import (
    learnt_text,
    method_text,
    probability_text,
    too_few_others_text,
    verdict_text,
)
from semblante.types import Pixels

_SHOWN = 6
"""How many pictures of a kind are shown."""
_MAX_LOADED_PHOTOS = 24
"""How many photos of a kind are loaded for the section, which picks among them."""
_MAX_LOADED_SIDE_PX = 1000


@dataclass(frozen=True)
class AnsweredPhoto:
    """An answer, whether the photo truly shows the person, and the photo if it may be shown."""

    answer: Decision
    is_person: bool
    image: Pixels | None = None


@dataclass(frozen=True)
class PersonSection:
    """A person's name, the photos learnt from, evaluation, rule, and decisions whose truth is known.

    `learnt` is what learning gave, where it has just been done. `answers` are all counted; the report picks
    which of their images it shows.
    """

    name: str
    learnt_from_person: int
    learnt_from_others: int
    evaluation: HeldOutEvaluation
    rule: DecisionRule
    answers: tuple[AnsweredPhoto, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    learnt: LearnResult | None = None

    def chapters(self) -> list[Chapter]:
        """One chapter."""
        evidence = self.evaluation
        photos = learnt_text(self.learnt) if self.learnt else ""
        curves = (roc_chart(evidence.roc, evidence.photos_of_others), reliability_chart(evidence.reliability))
        blocks: list[Block] = [
            Paragraph(sentences(self._learnt_text(), photos, method_text(evidence)), "lede"),
            _rates(evidence),
            SideBySide([(Chart(curve),) for curve in curves]),
        ]
        if self.answers:
            blocks += self._judged()
        return [Chapter("person", tr("Learning {name}", name=self.name), blocks)]

    def summary(self) -> str:
        """How many of the person's photos are recognised, with the interval and of how many."""
        rate = self.evaluation.tpr_at_fpr_1_percent
        if rate is None:
            why = too_few_others_text(self.evaluation, 100)
            return tr("How often {name} is recognised: {why}", name=self.name, why=why)
        return tr(
            "Of {count} new photos of {name}, {rate} are recognised when 1 stranger in 100 may be taken for "
            "this person.",
            count=self.evaluation.photos_of_person,
            rate=numbers.with_interval(rate),
            name=self.name,
        )

    def settings_by_heading(self) -> Settings:
        """The settings, under the person's name."""
        return {tr("Person: {name}", name=self.name): self.settings} if self.settings else {}

    def _learnt_text(self) -> str:
        return tr(
            "The network is frozen; one neuron on top of it learnt to recognise {name} from "
            "{mine} photos of {name} and {others} photos of others.",
            name=self.name,
            mine=self.learnt_from_person,
            others=self.learnt_from_others,
        )

    def _judged(self) -> list[Block]:
        blocks: list[Block] = [
            Heading(tr("{name} among other people", name=self.name)),
            Paragraph(
                sentences(
                    tr(
                        "Yes, no, or unsure: where the photo leaves doubt, no answer is better than a wrong "
                        "one."
                    ),
                    probability_text(self.rule, self.name),
                )
            ),
            self._counts(),
        ]
        for heading, photos in self._kinds():
            if photos:
                shown = [self._captioned(photo) for photo in photos]
                blocks += [Heading(heading, level=4), Gallery(shown)]
        return blocks

    def _counts(self) -> Table:
        columns = (
            Column("truth", tr("The photo shows"), align="left"),
            Column("yes", tr("yes")),
            Column("unsure", tr("unsure")),
            Column("no", tr("no")),
            Column("no_answer", tr("no answer")),
            Column("photos", tr("photos")),
        )
        rows = []
        for truth, who in ((True, self.name), (False, tr("somebody else"))):
            answers = [photo.answer for photo in self.answers if photo.is_person is truth]
            given = [answer.verdict for answer in answers if answer.probability is not None]
            counts = (given.count("yes"), given.count("unsure"), given.count("no"))
            rest = (len(answers) - len(given), len(answers))
            rows.append((Cell(who), *map(count_cell, (*counts, *rest))))
        return Table(columns, tuple(rows), tr("Answers against the truth, in photos"), "counts")

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

    def _captioned(self, photo: AnsweredPhoto) -> Picture:
        assert photo.image is not None
        assert photo.answer.verdict is not None and photo.answer.probability is not None
        verdict, file = photo.answer.verdict, _file_name(photo.answer.source)
        answer = f"{verdict_text(verdict)}, {numbers.probability(photo.answer.probability)}"
        truth = tr("It is {name}", name=self.name) if photo.is_person else tr("It is somebody else")
        look: Literal["right", "wrong", "unsure"] = (
            "unsure" if verdict == "unsure" else "right" if (verdict == "yes") is photo.is_person else "wrong"
        )
        return Picture(
            photo.image, tr("Photo {file}", file=file), ((look, answer), ("plain", truth), ("source", file))
        )


def learnt_section(result: LearnResult) -> PersonSection:
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
    return replace(person_section(result.person, judged), learnt=result)


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
        rule=person.rule,
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
    return photo.pixels if decision.face is None else cut_out(photo, decision.face.box)


def _rates(evidence: HeldOutEvaluation) -> Headlines:
    return Headlines(
        (
            _rate(evidence.tpr_at_fpr_1_percent, evidence, 100),
            _rate(evidence.tpr_at_fpr_01_percent, evidence, 1000),
            Headline(
                tr("Area under the ROC"),
                tr("how often a photo of this person scores above one of a stranger"),
                Estimate(evidence.roc.area, math.nan, math.nan),
                0.5,
                tr("guessing: {share}", share=numbers.percent(0.5, 0)),
            ),
        )
    )


def _rate(rate: Estimate | None, evidence: HeldOutEvaluation, one_in: int) -> Headline:
    share = numbers.short_percent(1 / one_in)
    name = tr("Recognised at FPR {share}", share=share)
    meaning = tr("photos recognised when 1 stranger in {count} may be taken for this person", count=one_in)
    if rate is None:
        return Headline(name, meaning, missing=too_few_others_text(evidence, one_in))
    return Headline(name, meaning, rate, 1 / one_in, tr("guessing: {share}", share=share))


def _error(photo: AnsweredPhoto) -> float:
    """How far the probability lies from the truth."""
    probability = photo.answer.probability
    assert probability is not None
    return abs(probability - photo.is_person)


def _file_name(source: str) -> str:
    return source.replace("\\", "/").rstrip("/").rpartition("/")[2]
