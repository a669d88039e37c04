"""The model card of a bundle, as Mitchell et al., "Model Cards for Model Reporting", 2019, ask for one.

All figures come from the bundle's manifest. What it lacks is said not to be measured, or left out.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from semblante.i18n import numbers, tr
from semblante.labels import ATTRIBUTES
from semblante.metrics.results import Evaluation, Verification
from semblante.model.bundle import Bundle
from semblante.report.blocks import (
    UNKNOWN,
    Block,
    Bullets,
    Cell,
    Column,
    Heading,
    Paragraph,
    Table,
)
from semblante.report.evaluation import attribute_table, group_table, mean_positive_share, pairs_table
from semblante.report.limits import data_text, forbidden_uses, labels_text
from semblante.report.text import as_markdown
from semblante.report.wording import (
    groups_text,
    left_out_text,
    matching_text,
    measured_on,
    not_verified_text,
    pairs_text,
    rates_text,
)


def model_card(bundle: Bundle) -> str:
    """The card as Markdown, in the current language."""
    return as_markdown(card_blocks(bundle))


def card_blocks(bundle: Bundle) -> list[Block]:
    """The card, in the current language."""
    manifest, evaluation = bundle.manifest, bundle.evaluation
    terms = manifest["licence"]["terms"]
    blocks: list[Block] = [
        Heading(tr("Model card of a Semblante network"), 1),
        *_facts(bundle),
        *_adopted(manifest),
        *_uses(manifest, terms),
        *_data(manifest, terms),
        *_training(manifest),
        *_teachers(manifest),
        *_attributes(manifest, evaluation, terms),
    ]
    if evaluation is not None:
        blocks += [*_verification(evaluation.verification), *_groups(evaluation)]
    return [*blocks, *_limits(terms), Paragraph(tr("Written from the bundle's manifest by: semblante card"))]


def _facts(bundle: Bundle) -> list[Block]:
    weights = bundle.manifest["weights"]
    size, parameters, opset = (weights.get(name) for name in ("bytes", "parameters", "opset"))
    adopted = bundle.manifest.get("embedding_network")
    return [
        Paragraph(
            tr(
                "Two networks in one file: one that Semblante trained, for the attributes, and {name}, which "
                "others trained, for the embeddings. It takes a crop of a face in CelebA's framing, {side} × "
                "{side} pixels, and answers {count} attributes with yes or no. It also gives an embedding of "
                "{embeddings} numbers, on which one neuron learns to recognise a person.",
                name=adopted["name"],
                side=bundle.side_px,
                count=len(ATTRIBUTES),
                embeddings=bundle.embedding_size,
            )
            if adopted
            else tr(
                "A convolutional network that Semblante trained. It takes a crop of a face in "
                "CelebA's framing, {side} × {side} pixels, and answers {count} attributes with "
                "yes or no. It also gives an embedding of {embeddings} numbers, on which one "
                "neuron learns to recognise a person.",
                side=bundle.side_px,
                count=len(ATTRIBUTES),
                embeddings=bundle.embedding_size,
            )
        ),
        _two_columns(
            tr("The network"),
            (tr("Parameters"), parameters and numbers.count(parameters)),
            (tr("Size"), size and f"{numbers.decimal(size / 1e6, 1)} MB"),
            (tr("Format"), f"ONNX, opset {opset}" if opset else "ONNX"),
        ),
        Paragraph(f"SHA-256: {bundle.network_sha256}", "code"),
    ]


def _adopted(manifest: Mapping[str, Any]) -> list[Block]:
    """Where the embeddings come from, if from another network."""
    adopted = manifest.get("embedding_network")
    if not adopted:
        return []
    return [
        _two_columns(
            tr("The network of the embeddings"),
            (tr("Name"), adopted["name"]),
            (tr("Licence as stated"), adopted["licence"]),
            (tr("Trained on"), adopted["training_data"] or tr("its makers do not say")),
            (tr("Source"), adopted["source"]),
        ),
        Paragraph(f"SHA-256: {adopted['sha256']}", "code"),
        Paragraph(
            tr("What is said below of pictures and training is about the network that gives the attributes.")
        ),
    ]


def _uses(manifest: Mapping[str, Any], terms: str) -> list[Block]:
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
        Heading(tr("What it is for"), 2),
        Bullets(good.get(terms, [])),
        Paragraph(tr(manifest["licence"]["text"]), "strong"),
        Heading(tr("What it must not be used for"), 2),
        Bullets(forbidden_uses()),
    ]


def _data(manifest: Mapping[str, Any], terms: str) -> list[Block]:
    data, background = manifest.get("data") or {}, manifest.get("background")
    origin = (
        tr(
            "CelebA: photos of celebrities, gathered from the web and labelled by a company (Liu, Luo, Wang "
            "and Tang, “Deep Learning Face Attributes in the Wild”, ICCV 2015). Nothing says that the people "
            "in them were asked. CelebA's terms allow research that is not commercial, and nothing else."
        )
        if terms == "celeba"
        else data_text(terms)
    )
    blocks: list[Block] = [
        Heading(tr("The pictures it learnt from"), 2),
        Paragraph(origin),
        _two_columns(
            tr("Data"),
            (tr("Images to learn from"), _count(data.get("train_images"))),
            (tr("People in them"), _count(data.get("train_people"))),
            (tr("Images to validate on"), _count(data.get("val_images"))),
        ),
    ]
    if background:
        blocks.append(
            Paragraph(
                tr(
                    "The bundle holds the embeddings of {count} photos of people in the "
                    "training data, one of each and without names, so that a person can be "
                    "distinguished from them (background embeddings).",
                    count=background["count"],
                )
            )
        )
    return blocks


def _training(manifest: Mapping[str, Any]) -> list[Block]:
    training, recipe = manifest["training"], manifest.get("recipe") or {}
    minutes = training.get("minutes")
    return [
        Heading(tr("How it was trained"), 2),
        _two_columns(
            tr("Training"),
            (tr("Recipe"), recipe.get("name")),
            (tr("Epochs"), _count(training.get("epochs"))),
            (tr("Epoch that was kept"), _count(training["best_epoch"])),
            (tr("Minutes"), None if minutes is None else numbers.decimal(minutes, 1)),
            (tr("Device"), training.get("device")),
        ),
    ]


def _teachers(manifest: Mapping[str, Any]) -> list[Block]:
    teachers = manifest.get("teachers")
    if not teachers:
        return []
    columns = (
        Column("name", tr("Network"), align="left"),
        Column("licence", tr("Licence"), align="left"),
        Column("data", tr("Trained on"), align="left"),
        Column("source", tr("Source"), align="left"),
    )
    rows = tuple(
        tuple(
            Cell(text)
            for text in (
                each["name"],
                each["licence"],
                each["training_data"] or tr("its makers do not say"),
                each["source"],
            )
        )
        for each in teachers
    )
    return [
        Heading(tr("The networks it learnt from"), 2),
        Paragraph(
            tr(
                "Its embeddings were also drawn to those that these networks give of the same images. What "
                "such networks are trained on is usually gathered from the web, and may show people of the "
                "validation images; the figures of this network may be a little too good for that reason."
            )
        ),
        Table(columns, rows),
    ]


def _attributes(manifest: Mapping[str, Any], evaluation: Evaluation | None, terms: str) -> list[Block]:
    heading = Heading(tr("How well it reads attributes"), 2)
    if evaluation is None:
        return [heading, Paragraph(_unmeasured(manifest))]
    # Whether labels are to be doubted is known of CelebA's alone.
    doubts = ("doubt",) if terms == "celeba" else ()
    table = attribute_table(evaluation, marks=False)
    return [
        heading,
        Paragraph(measured_on(evaluation)),
        _means(evaluation),
        Paragraph(
            tr(
                "Its probabilities were off by {gap} on average, all attributes taken together.",
                gap=numbers.percent(evaluation.reliability.expected_calibration_error),
            )
        ),
        Heading(tr("Attribute by attribute")),
        table.select("attribute", "accuracy", "baseline", "balanced", *doubts),
        Paragraph(
            tr(
                "The majority baseline is the accuracy of always giving the more frequent answer. Balanced "
                "accuracy counts yes and no alike; any constant answer gets {share}.",
                share=numbers.percent(0.5, 0),
            )
        ),
        Paragraph(_on_labels() if terms == "celeba" else ""),
    ]


def _means(evaluation: Evaluation) -> Table:
    columns = (
        Column("mean", tr("Mean of all"), align="left"),
        Column("network", tr("This network")),
        Column("constant", tr("Always the same answer")),
    )
    means = (
        (tr("Accuracy"), evaluation.mean_accuracy, evaluation.mean_majority_baseline),
        (tr("Balanced accuracy"), evaluation.mean_balanced_accuracy, 0.5),
        (tr("Average precision"), evaluation.mean_average_precision, mean_positive_share(evaluation)),
    )
    rows = tuple(
        (Cell(name), Cell(numbers.with_interval(mean)), Cell(numbers.percent(base)))
        for name, mean, base in means
    )
    return Table(columns, rows)


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


def _on_labels() -> str:
    return tr(
        "The labels err, so nothing honest gets near 100%. Two annotators who labelled images anew were at "
        "least 95% consistent on only 12 of the 40 attributes, and 5,068 faces that appear twice contradict "
        "themselves on 10 to 860 of them, by attribute (Wu et al., “Consistency and Accuracy of CelebA "
        "Attribute Values”, CVPR Workshops 2023, arXiv:2210.07356). The last column says what they found of "
        "single ones on the images that they checked, and which labels are opinions by their nature."
    )


def _verification(verification: Verification | None) -> list[Block]:
    heading = Heading(tr("Whether two photos show one person"), 2)
    if verification is None:
        return [heading, Paragraph(not_verified_text())]
    return [
        heading,
        Paragraph(pairs_text(verification)),
        pairs_table(verification),
        Paragraph(rates_text()),
    ]


def _groups(evaluation: Evaluation) -> list[Block]:
    groups = evaluation.groups
    if not groups:
        return []
    keys = ("group", "images", "accuracy", "baseline", "balanced", "fmr", "fnmr")
    table = group_table(groups).select(*keys)
    unknown = any(cell.text == UNKNOWN for row in table.rows for cell in row)
    # Here a dash, which a note explains, since there may be many.
    rows = tuple(tuple(replace(cell, unknown=False) for cell in row) for row in table.rows)
    notes = [
        tr("{sign}: too few pairs to say.", sign=UNKNOWN) if unknown else "",
        groups_text(evaluation.terms),
        left_out_text(groups),
        matching_text(groups),
    ]
    return [Heading(tr("Differences between groups"), 2), replace(table, rows=rows), *map(Paragraph, notes)]


def _limits(terms: str) -> list[Block]:
    limits = [
        tr(
            "The file itself takes crops framed as CelebA's are: 178 × 218 in proportion, eyes level and "
            "always in the same place. Semblante's commands find the faces of any photo and frame them so; "
            "on other crops its answers are worth nothing."
        ),
        tr(
            "Those commands find faces with YuNet, which others trained on WIDER FACE (photos of events, "
            "from the web) and published under the MIT licence. It is no part of this network. A face that "
            "it misses gets no answer."
        ),
        labels_text(terms),
    ]
    if terms == "celeba":
        limits += [
            data_text(terms),
            tr(
                "It is not for drawings, paintings or dolls: they resemble each other to it, and other faces "
                "of the same hand get a yes, many times as often as the rate asked for."
            ),
            tr(
                "Whether it does worse by skin colour, origin or age in years was not measured: CelebA says "
                "nothing of them. Expect it to."
            ),
        ]
    return [Heading(tr("What it cannot do"), 2), Bullets(limits)]


def _two_columns(heading: str, *rows: tuple[str, str | None]) -> Table:
    """Names and values; those that are not known are left out."""
    columns = (Column("name", heading, align="left"), Column("value", ""))
    return Table(columns, tuple((Cell(name), Cell(value)) for name, value in rows if value))


def _count(number: int | None) -> str | None:
    return None if number is None else numbers.count(number)
