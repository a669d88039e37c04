"""What a result means, in words: the evaluation of a network or of a person, answers, groups of faces."""

import math
from collections.abc import Sequence

import numpy as np

from semblante.i18n import current_language, describe, ntr, numbers, tr
from semblante.labels import spoken
from semblante.metrics.results import (
    AttributeResult,
    Estimate,
    Evaluation,
    GroupResult,
    RocCurve,
    Verification,
)
from semblante.person import Decision, DecisionRule, FitResult, HeldOutEvaluation, reason_of_span
from semblante.person.decision import MAX_NO
from semblante.pipeline import LearnResult
from semblante.report.blocks import UNKNOWN, Cell, Column, Table, sentences
from semblante.types import VERDICTS, Split, Terms

_MANY_PHOTOS = 10
"""With fewer photos the interval of a rate spans half of all that is possible."""
_MIN_SEEN = 50
"""Images with an attribute, and images without, from which on its balanced accuracy says more than chance."""
_CLEAR_AREA = 0.9
"""Below this area under the ROC, most photos lie between a sure yes and a sure no."""


def answers_table(answers: Sequence[Decision]) -> Table:
    """One line a photo: answer, probability, file, and why there is no answer.

    The likeliest come first, photos without an answer last.
    """
    columns = (
        Column("answer", tr("Answer"), align="left"),
        Column("probability", tr("Probability")),
        Column("photo", tr("Photo"), align="left", whole=True),
        Column("reason", tr("Reason"), align="left", folds=True),
    )
    rows = tuple(
        (
            Cell(verdict_text(answer.verdict), look=answer.verdict) if answer.verdict else Cell(UNKNOWN),
            Cell(UNKNOWN if answer.probability is None else numbers.probability(answer.probability)),
            Cell("", names=(answer.source,)),
            Cell(describe(answer.reason) if answer.reason else ""),
        )
        for answer in sorted(answers, key=_order)
    )
    return Table(columns, rows)


def evidence_text(evidence: HeldOutEvaluation) -> str:
    """How well a person is told from others, in sentences; print it without markup."""
    lines = [
        method_text(evidence),
        _rate_text(evidence.tpr_at_fpr_1_percent, evidence, 100),
        _rate_text(evidence.tpr_at_fpr_01_percent, evidence, 1000),
    ]
    if evidence.photos_of_person < _MANY_PHOTOS:
        lines.append(
            tr(
                "So few photos show these rates only roughly, as the intervals say, and more answers are "
                "“unsure”; each further photo helps."
            )
        )
    if evidence.roc.area < _CLEAR_AREA or _mostly_unsure(evidence.roc):
        lines.append(
            tr(
                "With these photos and this network most answers will be “unsure” (area under the ROC: "
                "{area}). More photos, or a better network, will help.",
                area=numbers.percent(evidence.roc.area, 0),
            )
        )
    return "\n".join(lines)


def learnt_text(result: LearnResult) -> str:
    """From how many photos of how many moments, and what to know where these may show several people."""
    person = result.person
    name, photos, moments = person.name, person.photos_of_person, person.moments_of_person
    doubts = {
        "agree": "",
        "doubtful": tr(
            "The faces are hardly more alike than those of two people may be; the figures hold only if all "
            "are of {name}.",
            name=name,
        ),
        "contradict": tr(
            "The photos do not seem to show one person; the figures hold only if all are of {name}.",
            name=name,
        ),
        "not_checked": tr(
            "This network cannot tell whether the photos show one person; the figures hold only if all are "
            "of {name}.",
            name=name,
        ),
    }
    counts = (
        tr("Learnt from {photos} photos, each of another moment.", photos=photos)
        if photos == moments
        else ntr(
            "Learnt from {photos} photos of {count} moment; one photo of each moment is judged.",
            "Learnt from {photos} photos of {count} moments; one photo of each moment is judged.",
            moments,
            count=moments,
            photos=photos,
        )
    )
    by_age = by_age_text(result.fit) if result.fit.by_age else ""
    return sentences(counts, doubts[result.training.agreement], by_age)


def by_age_text(result: FitResult) -> str:
    """Whether there are neurons by age, and what held-out photos said of them, in a sentence or two."""
    evidence = result.by_age
    assert evidence is not None
    counts = {"faces": evidence.faces, "one": evidence.right_by_one, "by_age": evidence.right_by_age}
    if not evidence.kept:
        return tr(
            "One neuron answers for all ages: it was right about {one} of {faces} held-out photos, and "
            "neurons by age about {by_age}, which is not more than chance.",
            **counts,
        )
    ages = ", ".join(describe(reason_of_span(each.span)) for each in result.person.ages)
    return tr(
        "Neurons by age answer for the ages of {ages}: they were right about {by_age} of {faces} held-out "
        "photos, and one neuron for all ages about {one}. Photos without a date get the answer of that one.",
        ages=ages,
        **counts,
    )


def method_text(evidence: HeldOutEvaluation) -> str:
    """Where the evidence comes from, in a sentence or two."""
    counts = {"mine": evidence.photos_of_person, "others": evidence.photos_of_others}
    return sentences(
        tr(
            "It was measured on {mine} photos of this person and {others} of others that were kept apart.",
            **counts,
        )
        if evidence.method == "validation"
        else tr(
            "It was measured by cross-validation on {mine} photos of this person and {others} of others: "
            "each photo is judged by a neuron that never saw it.",
            **counts,
        ),
        tr(
            "{count} of the others are background faces of the model; they were held out in turn.",
            count=evidence.background,
        )
        if evidence.background
        else "",
    )


def too_few_others_text(evidence: HeldOutEvaluation, needed: int) -> str:
    """Why a rate is missing."""
    return tr(
        "it takes at least {needed} photos of others to say; there are {count}.",
        needed=needed,
        count=evidence.photos_of_others,
    )


def held_out_text(result: FitResult) -> str:
    """What was answered of held-out photos, of the person and of others, in two sentences."""
    verdicts = np.array(list(map(result.person.rule.verdict, result.held_out.probabilities.tolist())))
    own, others = (
        {verdict: int((verdicts[result.held_out.labels == label] == verdict).sum()) for verdict in VERDICTS}
        for label in (1, 0)
    )
    return sentences(
        tr("Held-out photos of {name}: {yes} yes, {unsure} unsure, {no} no.", name=result.person.name, **own),
        tr("Of others: {yes} yes, {unsure} unsure, {no} no.", **others),
    )


def probability_text(rule: DecisionRule, name: str) -> str:
    """What the probability supposes, and which verdict it leads to, in a sentence."""
    return tr(
        "The probability supposes that {share} of the faces are of {name}: above {yes} the answer is yes, "
        "below {no} it is no, and in between unsure.",
        name=name,
        share=numbers.short_percent(rule.prior),
        yes=numbers.short_percent(rule.yes_above),
        no=_short_percent(rule.no_below),
    )


def _short_percent(share: float) -> str:
    """With a decimal where it is not round, and with more where it would be nothing."""
    return numbers.percent(share) if 0.0005 <= share < MAX_NO else numbers.short_percent(share)


def verdict_text(verdict: str) -> str:
    """The verdict in the reader's language."""
    return {"yes": tr("yes"), "no": tr("no"), "unsure": tr("unsure")}[verdict]


def group_name(name: str | None, is_certain: bool) -> str:
    """What a group of faces is called: the person's name, or that it is of somebody unknown."""
    return name or (tr("unknown") if is_certain else tr("unknown (uncertain)"))


def _rate_text(rate: Estimate | None, evidence: HeldOutEvaluation, one_in: int) -> str:
    share = numbers.short_percent(1 / one_in)
    found = too_few_others_text(evidence, one_in) if rate is None else numbers.with_interval(rate)
    return tr("Recognised at a false-positive rate of {share}: {found}", share=share, found=found)


def _mostly_unsure(roc: RocCurve) -> bool:
    """Whether thresholds that seldom err decide fewer than half of either kind of photo.

    A yes must stay within 1 % of false positives; a no must keep 97.5 % of the person's photos.
    """
    rates = list(zip(roc.false_positive_rate, roc.true_positive_rate, strict=True))
    surely_yes = max((true for false, true in rates if false <= 0.01), default=math.nan)
    surely_no = 1.0 - min((false for false, true in rates if true >= 0.975), default=math.nan)
    return surely_yes < 0.5 and surely_no < 0.5


def _order(answer: Decision) -> tuple[bool, float, bool]:
    """The likeliest first; of equals a yes before a face that is not relied on; last what has no answer."""
    return answer.probability is None, -(answer.probability or 0.0), answer.verdict != "yes"


def measured_on(evaluation: Evaluation) -> str:
    """On which pictures it was measured, and what the intervals mean, in sentences."""
    people = evaluation.people
    return sentences(
        _pictures_of(evaluation.split, evaluation.images),
        "" if people is None else tr("They show {people} people.", people=people),
        tr("Intervals are 95% bootstrap intervals over people.")
        if evaluation.resampled == "people"
        else tr(
            "Intervals are 95% bootstrap intervals over pictures; who is in them is not known, "
            "so they may be too narrow."
        ),
    )


def hardest_text(evaluation: Evaluation) -> str:
    """A sentence on the three attributes that are read worst, or nothing.

    Only those count that `_MIN_SEEN` images have and as many lack: of a rarer one the balanced accuracy is
    chance. The lowest balanced accuracy comes first; of equal ones, such as of attributes that never get a
    yes, the one whose average precision is least above a random order.
    """
    known = [
        result
        for result in evaluation.attributes
        if min(result.positive_share, 1 - result.positive_share) * evaluation.images >= _MIN_SEEN
        and rank(result) >= 0
    ]
    weakest = sorted(known, key=lambda result: (round(rank(result), 3), _above_random(result)))[:3]
    if not weakest:
        return ""
    return tr(
        "Of the attributes that at least {count} pictures have and {count} lack, it finds these hardest "
        "(balanced accuracy, where always the same answer gets {share}): {names}.",
        count=_MIN_SEEN,
        share=numbers.percent(0.5, 0),
        names=", ".join(
            f"{spoken(result.name, current_language())} ({numbers.percent(result.balanced_accuracy.value)})"
            for result in weakest
        ),
    )


def _above_random(result: AttributeResult) -> float:
    """The average precision above that of a random order, which is the share of positives."""
    value = result.average_precision.value
    return value - result.positive_share if math.isfinite(value) else 0.0


def not_verified_text() -> str:
    """Why there are no pairs."""
    return tr(
        "Pairs of pictures were not compared: who is in them is not known, or this network's embeddings are "
        "too long to be collected."
    )


def pairs_text(verification: Verification) -> str:
    """Which pairs were compared, in a sentence."""
    return tr(
        "All pairs of {images} pictures of {people} people were compared: {genuine} pairs of one person and "
        "{impostors} of two different ones.",
        images=verification.images,
        people=verification.people,
        genuine=verification.genuine_pairs,
        impostors=verification.impostor_pairs,
    )


def rates_text() -> str:
    """What the two rates mean, in sentences."""
    return tr(
        "The false accept rate is the share of pairs of different people that are taken for one person; the "
        "true accept rate is the share of pairs of one person that are accepted then. Guessing accepts as "
        "many of the one as of the other."
    )


def groups_text(terms: Terms) -> str:
    """What the groups are, in sentences."""
    return sentences(
        tr("Groups are formed by two labels, of which the faces were drawn.")
        if terms == "drawn"
        else tr(
            "Groups are formed by two labels, which are what people thought they saw, not facts about "
            "anybody."
        ),
        tr(
            "A person belongs where most of that person's pictures do. Where intervals are wide, a group is "
            "too small for a verdict."
        ),
    )


def left_out_text(groups: Sequence[GroupResult]) -> str:
    """Which attributes are in no balanced accuracy, or nothing."""
    left_out = {group.attribute: group.left_out for group in groups if group.left_out}
    language = current_language()
    named = [
        f"{spoken(label, language)}: {', '.join(spoken(name, language) for name in names)}"
        for label, names in left_out.items()
    ]
    if not named:
        return ""
    return tr(
        "The balanced accuracy leaves out what always or never occurs in one of a label's two groups: "
        "{names}.",
        names="; ".join(named),
    )


def matching_text(groups: Sequence[GroupResult]) -> str:
    """What the error rates of pairs within a group mean, or nothing where there are none."""
    rates = {group.matching.at_false_accept_rate for group in groups if group.matching}
    if not rates:
        return ""
    return tr(
        "One threshold serves everybody: it takes {share} of all pairs of different people for one person. "
        "With it, the false match rate (FMR) is the share of the pairs of different people within the group "
        "that are taken for one person, and the false non-match rate (FNMR) that of pairs of one person that "
        "are not. People of one group tend to resemble each other more than people of different groups, so "
        "it is the difference between the groups that counts.",
        share=numbers.short_percent(max(rates)),
    )


def attribute_notes(terms: Terms) -> list[str]:
    """What the order, the baseline and the marks of the table of attributes mean."""
    marks = [
        tr("* The labels of this attribute are known to be close to random: read its figures with doubt."),
        tr("† An opinion of those who labelled the pictures, not a fact about anybody."),
    ]
    return [
        tr("Ordered by balanced accuracy: what it reads best comes first."),
        tr(
            "The majority baseline is the accuracy of always giving the more frequent answer; the gain is "
            "what the network adds."
        ),
        *(marks if terms == "celeba" else []),
    ]


def reliability_text(evaluation: Evaluation) -> str:
    """How to read the reliability curve, and by how much the probabilities are off."""
    return tr(
        "A network that says 80% should be right in 80 of 100 such cases: its dots would lie on the dashed "
        "line. On average this one is off by {gap} (0 would be perfect). Larger dots stand for more answers.",
        gap=numbers.percent(evaluation.reliability.expected_calibration_error),
    )


def rank(result: AttributeResult) -> float:
    """What orders attributes by how well they are read: balanced accuracy, -1 where it is not known."""
    value = result.balanced_accuracy.value
    return value if math.isfinite(value) else -1.0


def _pictures_of(split: Split, images: int) -> str:
    if split == "train":
        return tr(
            "Measured on the {images} training pictures: this says how well it fits them, not "
            "how good it will be on new faces.",
            images=images,
        )
    if split == "val":
        return tr(
            "Measured on {images} validation pictures. It was not trained on them, but they "
            "chose the best epoch.",
            images=images,
        )
    return tr("Measured on {images} test pictures that played no part in training.", images=images)
