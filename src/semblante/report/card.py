"""The model card of a bundle, as Mitchell et al., "Model Cards for Model Reporting", 2019, ask for one.

All figures come from the bundle's manifest. What it lacks is said not to be measured, or left out.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from semblante.i18n import current_language, numbers, tr
from semblante.labels import ATTRIBUTES, spoken
from semblante.metrics.results import AttributeResult, Estimate, Evaluation, GroupResult, Verification
from semblante.model.bundle import Bundle
from semblante.report.evaluation import measured_on
from semblante.report.limits import data_text, doubt_text, forbidden_uses, labels_text
from semblante.report.markdown import bullets, code, plain, table
from semblante.report.matching import (
    group_name,
    groups_text,
    left_out_text,
    matching_text,
    not_verified_text,
    pairs_text,
    rates_text,
    threshold_text,
)

_UNKNOWN = "—"


def model_card(bundle: Bundle) -> str:
    """The card as Markdown, in the current language."""
    manifest, evaluation = bundle.manifest, bundle.evaluation
    terms = manifest["licence"]["terms"]
    blocks = [
        f"# {tr('Model card of a Semblante network')}",
        _what_it_is(bundle),
        *_facts(bundle),
        *_uses(manifest, terms),
        *_data(manifest, terms),
        *_training(manifest),
        *_attributes(manifest, evaluation, terms),
    ]
    if evaluation is not None:
        blocks += [*_verification(evaluation.verification), *_groups(evaluation.groups)]
    blocks += [*_limits(terms), tr("`semblante card` wrote this from the manifest of the bundle.")]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _what_it_is(bundle: Bundle) -> str:
    return tr(
        "A convolutional network that Semblante trained. It takes a crop of a face in CelebA's framing, "
        "{side} × {side} pixels, and answers {count} attributes with yes or no. Beside them it gives "
        "{embeddings} numbers that describe the face (embeddings); on these, one neuron learns to recognise "
        "a person.",
        side=bundle.side_px,
        count=len(ATTRIBUTES),
        embeddings=numbers.count(bundle.embedding_size),
    )


def _facts(bundle: Bundle) -> list[str]:
    weights = bundle.manifest["weights"]
    size, parameters, opset = (weights.get(name) for name in ("bytes", "parameters", "opset"))
    rows = [
        (tr("Adjustable numbers"), parameters and numbers.count(parameters)),
        (tr("Size"), size and f"{numbers.decimal(size / 1e6, 1)} MB"),
        (tr("Format"), f"ONNX, opset {opset}" if opset else "ONNX"),
    ]
    return [
        table([tr("The network"), ""], [row for row in rows if row[1]]),
        f"SHA-256: {code(bundle.network_sha256)}",
    ]


def _uses(manifest: Mapping[str, Any], terms: str) -> list[str]:
    good = {
        "celeba": [
            tr("To study and to teach how such networks work, and where they fail."),
            tr(
                "To look for people in your own photos, with the consent of those in them. A yes is a photo "
                "worth looking at, never a proof of who somebody is."
            ),
        ],
        "drawn": [tr("To try Semblante out, from data to answers.")],
    }
    return [
        f"## {tr('What it is for')}",
        bullets(good.get(terms, [])),
        f"**{plain(tr(manifest['licence']['text']))}**",
        f"## {tr('What it must not be used for')}",
        bullets(forbidden_uses()),
    ]


def _data(manifest: Mapping[str, Any], terms: str) -> list[str]:
    data, background = manifest.get("data") or {}, manifest.get("background")
    rows = [
        (tr("Images to learn from"), _count(data.get("train_images"))),
        (tr("People in them"), _count(data.get("train_people"))),
        (tr("Images to validate on"), _count(data.get("val_images"))),
    ]
    origin = (
        tr(
            "CelebA: photos of celebrities, gathered from the web and labelled by a company (Liu, Luo, Wang "
            "and Tang, “Deep Learning Face Attributes in the Wild”, ICCV 2015). Nothing says that the people "
            "in them were asked. CelebA's terms allow research that is not commercial, and nothing else."
        )
        if terms == "celeba"
        else data_text(terms)
    )
    return [
        f"## {tr('The pictures it learnt from')}",
        origin,
        table([tr("Data"), ""], [row for row in rows if row[1]]),
        tr(
            "The bundle holds the embeddings of {count} photos of people whom it learnt from, one of each "
            "and without names, so that a person can be told from them.",
            count=numbers.count(background["count"]),
        )
        if background
        else "",
    ]


def _training(manifest: Mapping[str, Any]) -> list[str]:
    training, recipe = manifest["training"], manifest.get("recipe") or {}
    minutes = training.get("minutes")
    rows = [
        (tr("Recipe"), plain(recipe.get("name") or "")),
        (tr("Epochs"), _count(training.get("epochs"))),
        (tr("Epoch that was kept"), _count(training["best_epoch"])),
        (tr("Minutes"), "" if minutes is None else numbers.decimal(minutes, 1)),
        (tr("Device"), plain(training.get("device") or "")),
    ]
    return [
        f"## {tr('How it was trained')}",
        table([tr("Training"), ""], [row for row in rows if row[1]]),
    ]


def _attributes(manifest: Mapping[str, Any], evaluation: Evaluation | None, terms: str) -> list[str]:
    heading = f"## {tr('How well it reads attributes')}"
    if evaluation is None:
        return [heading, _unmeasured(manifest)]
    chance = [result.positive_share for result in evaluation.attributes]
    constant = tr("Always the same answer")
    means = [
        (tr("Accuracy"), evaluation.mean_accuracy, evaluation.mean_majority_baseline),
        (tr("Balanced accuracy"), evaluation.mean_balanced_accuracy, 0.5),
        (tr("Average precision"), evaluation.mean_average_precision, math.fsum(chance) / len(chance)),
    ]
    rows = [(name, numbers.with_interval(mean), numbers.percent(base)) for name, mean, base in means]
    return [
        heading,
        measured_on(evaluation),
        table([tr("Mean of all"), tr("This network"), constant], rows),
        tr(
            "Its probabilities were off by {gap} on average, all attributes taken together.",
            gap=numbers.percent(evaluation.reliability.expected_calibration_error),
        ),
        f"### {tr('Attribute by attribute')}",
        _each_attribute(evaluation.attributes, with_doubts=terms == "celeba"),
        tr(
            "The majority baseline is the accuracy of always giving the more frequent answer. Balanced "
            "accuracy counts yes and no alike; any constant answer gets {share}.",
            share=numbers.percent(0.5, 0),
        ),
        _on_labels() if terms == "celeba" else "",
    ]


def _unmeasured(manifest: Mapping[str, Any]) -> str:
    val = manifest["metrics"]["val"]
    return tr(
        "On its validation images it gave {accuracy} of right answers, where always the more frequent one "
        "gives {baseline}; balanced accuracy {balanced}. Intervals, single attributes, calibration, pairs of "
        "photos and groups of people were not measured.",
        accuracy=numbers.percent(val["accuracy"]),
        baseline=numbers.percent(val["majority_baseline"]),
        balanced=numbers.percent(val["balanced_accuracy"]),
    )


def _each_attribute(results: Sequence[AttributeResult], with_doubts: bool) -> str:
    headings = [tr("Attribute"), tr("Accuracy"), tr("Majority baseline"), tr("Balanced accuracy")]
    rows = [
        [
            spoken(result.name, current_language()),
            numbers.with_interval(result.accuracy),
            numbers.percent(result.majority_baseline),
            numbers.with_interval(result.balanced_accuracy),
            *([doubt_text(result.name)] if with_doubts else []),
        ]
        for result in sorted(results, key=_rank, reverse=True)
    ]
    return table([*headings, tr("Its labels")] if with_doubts else headings, rows)


def _rank(result: AttributeResult) -> float:
    value = result.balanced_accuracy.value
    return value if math.isfinite(value) else -1.0


def _on_labels() -> str:
    return tr(
        "The labels err, so nothing honest gets near 100%. Two annotators who labelled images anew were at "
        "least 95% consistent on only 12 of the 40 attributes, and 5,068 faces that appear twice contradict "
        "themselves on 10 to 860 of them, by attribute (Wu et al., “Consistency and Accuracy of CelebA "
        "Attribute Values”, CVPR Workshops 2023, arXiv:2210.07356). The last column says what they found of "
        "single ones on the images that they checked, and which labels are opinions by their nature."
    )


def _verification(verification: Verification | None) -> list[str]:
    heading = f"## {tr('Whether two photos show one person')}"
    if verification is None:
        return [heading, not_verified_text()]
    rows = [
        (
            numbers.short_percent(rate.false_accept_rate),
            _estimate(rate.true_accept_rate),
            threshold_text(rate),
        )
        for rate in verification.rates
    ]
    headings = [tr("False accept rate"), tr("True accept rate"), tr("Similarity above")]
    return [heading, pairs_text(verification), table(headings, rows), rates_text()]


def _groups(groups: Sequence[GroupResult]) -> list[str]:
    if not groups:
        return []
    headings = [
        tr("Group"),
        tr("Pictures"),
        tr("Accuracy"),
        tr("Majority baseline"),
        tr("Balanced accuracy"),
        tr("False match rate"),
        tr("False non-match rate"),
    ]
    rows = [
        (
            group_name(group),
            numbers.count(group.images),
            _estimate(group.mean_accuracy),
            numbers.percent(group.mean_majority_baseline),
            _estimate(group.mean_balanced_accuracy),
            _estimate(group.matching.false_match_rate if group.matching else None, 2),
            _estimate(group.matching.false_non_match_rate if group.matching else None, 2),
        )
        for group in groups
    ]
    unknown = any(_UNKNOWN in row for row in rows)
    notes = [
        tr("{sign}: too few pairs to say.", sign=_UNKNOWN) if unknown else "",
        groups_text(),
        left_out_text(groups),
        matching_text(groups),
    ]
    return [f"## {tr('Differences between groups')}", table(headings, rows), *notes]


def _limits(terms: str) -> list[str]:
    limits = [
        tr(
            "The file itself takes crops framed as CelebA's are: 178 × 218 in proportion, eyes level and "
            "always in the same place. Semblante's commands find the faces of any photo and frame them so; "
            "on other crops its answers are worth nothing."
        ),
        labels_text(),
    ]
    if terms == "celeba":
        limits += [
            data_text(terms),
            tr(
                "Whether it does worse by skin colour, origin or age in years was not measured: CelebA says "
                "nothing of them. Expect it to."
            ),
        ]
    return [f"## {tr('What it cannot do')}", bullets(limits)]


def _estimate(estimate: Estimate | None, digits: int = 1) -> str:
    return _UNKNOWN if estimate is None else numbers.with_interval(estimate, digits)


def _count(number: int | None) -> str:
    return "" if number is None else numbers.count(number)
