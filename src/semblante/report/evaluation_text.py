"""What an evaluation means, in sentences."""

import math
from collections.abc import Sequence

from semblante.i18n import current_language, numbers, tr
from semblante.labels import spoken
from semblante.metrics.results import AttributeResult, Evaluation, GroupResult, Verification
from semblante.report.blocks import sentences
from semblante.types import Split


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
    """A sentence on the three attributes with the lowest balanced accuracy, or nothing."""
    known = [result for result in evaluation.attributes if rank(result) >= 0]
    weakest = sorted(known, key=rank)[:3]
    if not weakest:
        return ""
    return tr(
        "It finds these hardest (balanced accuracy, where always the same answer gets {share}): {names}.",
        share=numbers.percent(0.5, 0),
        names=", ".join(
            f"{spoken(result.name, current_language())} ({numbers.percent(result.balanced_accuracy.value)})"
            for result in weakest
        ),
    )


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


def groups_text() -> str:
    """What the groups are, in sentences."""
    return tr(
        "Groups are formed by two labels, which are what people thought they saw, not facts about anybody. "
        "A person belongs where most of that person's pictures do. Where intervals are wide, a group is too "
        "small for a verdict."
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


def attribute_notes() -> list[str]:
    """What the order, the baseline and the marks of the table of attributes mean."""
    return [
        tr("Ordered by balanced accuracy: what it reads best comes first."),
        tr(
            "The majority baseline is the accuracy of always giving the more frequent answer; the gain is "
            "what the network adds."
        ),
        tr("* The labels of this attribute are known to be close to random: read its figures with doubt."),
        tr("† An opinion of those who labelled the pictures, not a fact about anybody."),
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
