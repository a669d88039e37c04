"""The trained network in the report: what it learnt, how good it is, where it is wrong."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int64, UInt8

from semblante.celeba import PreparedSet
from semblante.i18n import current_language, numbers, tr
from semblante.jobs import EpochRow
from semblante.labels import ATTRIBUTES, OPINIONS, POOR_LABELS, spoken
from semblante.metrics import sigmoid
from semblante.metrics.results import Evaluation
from semblante.model.bundle import Bundle
from semblante.pipeline.evaluation import EvaluatedSplit
from semblante.report.blocks import (
    Block,
    Cell,
    Chapter,
    Chart,
    Column,
    Gallery,
    Heading,
    Paragraph,
    Picture,
    Settings,
    SideBySide,
    Table,
    count_cell,
    number_cell,
    sentences,
    share_cell,
)
from semblante.report.curves import loss_chart, rate_chart
from semblante.report.evaluation import evaluation_blocks
from semblante.report.wording import hardest_text
from semblante.types import Labels, Pixels


@dataclass(frozen=True)
class Example:
    """One attribute of one picture: what the label says and how probable the network holds a yes."""

    image: Pixels
    attribute: str
    truth: bool
    probability: float


@dataclass(frozen=True)
class ModelSection:
    """A bundle's manifest, its training log, how it was measured, and examples of its answers."""

    manifest: Mapping[str, Any]
    history: tuple[EpochRow, ...] = ()
    evaluation: Evaluation | None = None
    hits: tuple[Example, ...] = ()
    mistakes: tuple[Example, ...] = ()

    def chapters(self) -> list[Chapter]:
        """What it learnt, how good it is, where it is wrong: as many as there is something to say of."""
        found = [Chapter("learnt", tr("What this network learnt"), self._learnt())]
        if self.evaluation:
            found.append(Chapter("good", tr("How good it is"), evaluation_blocks(self.evaluation)))
        if self.evaluation or self.hits or self.mistakes:
            found.append(Chapter("wrong", tr("Where it is right, and where it is wrong"), self._wrong()))
        return found

    def summary(self) -> str:
        """The accuracy beside the majority baseline; nothing without an evaluation."""
        if self.evaluation is None:
            return ""
        return tr(
            "The network agrees with {accuracy} of the labels; always giving the more frequent answer agrees "
            "with {baseline}.",
            accuracy=numbers.percent(self.evaluation.mean_accuracy.value),
            baseline=numbers.percent(self.evaluation.mean_majority_baseline),
        )

    def settings_by_heading(self) -> Settings:
        """The groups of the manifest, and the hashes that the evaluation refers to."""
        groups = {
            tr("Network: recipe"): self.manifest.get("recipe"),
            tr("Network: data"): self.manifest.get("data"),
            tr("Network: training"): self.manifest.get("training"),
            tr("Network: pictures it takes"): self.manifest.get("geometry"),
            tr("Network: weights"): self.manifest.get("weights"),
            tr("Network: licence"): self.manifest.get("licence"),
        }
        if self.evaluation:
            groups[tr("Evaluation")] = {
                "split": self.evaluation.split,
                "network_sha256": self.evaluation.network_sha256,
                "data_sha256": self.evaluation.data_sha256,
            }
        return {heading: group for heading, group in groups.items() if group}

    def _learnt(self) -> list[Block]:
        """The network in a few sentences, and its learning curves."""
        blocks: list[Block] = [Paragraph(sentences(*self._sentences()), "lede")]
        if self.history:
            best = self._best_epoch()
            charts = (loss_chart(self.history, best), rate_chart(self.history, best))
            blocks += [
                Paragraph(
                    tr(
                        "An epoch is one pass through all training pictures. Where the "
                        "validation curve turns away from the training curve, the network "
                        "begins to overfit; the best epoch is the one that was kept."
                    )
                ),
                SideBySide([(Chart(chart),) for chart in charts]),
            ]
        return blocks

    def _sentences(self) -> list[str]:
        group = {name: self.manifest.get(name) or {} for name in ("recipe", "data", "training", "weights")}
        found = [
            tr(
                "It looks at a face and answers {count} yes-or-no questions: a hat? glasses? a smile?",
                count=len(ATTRIBUTES),
            )
        ]
        if {"name"} <= group["recipe"].keys() and {"parameters"} <= group["weights"].keys():
            found.append(
                tr(
                    "Its recipe is “{recipe}”; it has {parameters} parameters.",
                    recipe=group["recipe"]["name"],
                    parameters=group["weights"]["parameters"],
                )
            )
        if {"train_images"} <= group["data"].keys():
            found.append(_size_of_data(group["data"]["train_images"], group["data"].get("train_people")))
        if {"epochs", "minutes"} <= group["training"].keys():
            found.append(
                tr(
                    "Training took {minutes} minutes and this many passes through the training pictures "
                    "(epochs): {epochs}.",
                    epochs=group["training"]["epochs"],
                    minutes=numbers.decimal(group["training"]["minutes"], 1),
                )
            )
        return found

    def _is_drawn(self) -> bool:
        return self.evaluation is not None and self.evaluation.terms == "drawn"

    def _best_epoch(self) -> int:
        """The epoch whose weights were kept, as the manifest says; without one, that of the lowest loss."""
        kept = (self.manifest.get("training") or {}).get("best_epoch")
        if isinstance(kept, int):
            return kept
        return min(self.history, key=lambda row: (math.isnan(row.val_loss), row.val_loss)).epoch

    def _wrong(self) -> list[Block]:
        blocks: list[Block] = []
        if self.evaluation:
            blocks.append(Paragraph(hardest_text(self.evaluation)))
        if self.mistakes:
            blocks += [
                Heading(tr("The worst mistakes")),
                Paragraph(
                    sentences(
                        tr("Here the network was surest and the label says the opposite."),
                        "" if self._is_drawn() else tr("Sometimes the label is wrong."),
                    )
                ),
                Gallery([_captioned(example) for example in self.mistakes]),
            ]
        if self.hits:
            blocks += [
                Heading(tr("The surest hits")),
                Gallery([_captioned(example) for example in self.hits]),
            ]
        return blocks


def model_section(found: EvaluatedSplit, bundle: Bundle, data: PreparedSet) -> ModelSection:
    """The report's part on the network, with its surest hits and worst mistakes."""
    hits, mistakes = pick_examples(
        data.images, found.rows, data.labels[found.rows], sigmoid(found.logits).astype(np.float32)
    )
    return ModelSection(bundle.manifest, bundle.history, found.evaluation, hits, mistakes)


def pick_examples(
    images: UInt8[np.ndarray, "all h w 3"],
    rows: Int64[np.ndarray, " n"],
    labels: Labels,
    probabilities: Float[np.ndarray, "n 40"],
    count: int = 12,
) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """The surest hits (yes, and rightly so) and the worst mistakes, at most `count` of each.

    `rows` says which of the images the labels and probabilities (of a yes) are of; no other is looked at.
    Each picture and each attribute comes once, so that a reader sees more than one story. Attributes whose
    labels are opinions or close to random are not shown: nothing could be learnt from them.
    """
    is_yes, said_yes = labels == 1, probabilities >= 0.5
    error = np.abs(probabilities - labels)
    shown = np.array([name not in OPINIONS | POOR_LABELS for name in ATTRIBUTES])

    def examples(wanted: Bool[np.ndarray, "n 40"], rank: Float[np.ndarray, "n 40"]) -> tuple[Example, ...]:
        places = _lowest(np.where(wanted & shown, rank, np.inf), count)
        return tuple(
            Example(
                images[rows[row]],
                ATTRIBUTES[column],
                bool(is_yes[row, column]),
                float(probabilities[row, column]),
            )
            for row, column in places
        )

    return examples(is_yes & said_yes, error), examples(is_yes != said_yes, -error)


def _lowest(rank: Float[np.ndarray, "n m"], count: int) -> list[tuple[int, int]]:
    """Up to `count` places (row, column) of the lowest finite ranks, no row and no column twice."""
    # A column gives one place at most, and the others block fewer than `count` of its rows.
    best = np.argsort(rank, axis=0, kind="stable")[:count]
    candidates = [
        (float(rank[row, column]), int(row), column)
        for column in range(rank.shape[1])
        for row in best[:, column]
    ]
    chosen: list[tuple[int, int]] = []
    for value, row, column in sorted(candidates):
        free = all(row != other_row and column != other_column for other_row, other_column in chosen)
        if free and np.isfinite(value) and len(chosen) < count:
            chosen.append((row, column))
    return chosen


def epochs_table(rows: Sequence[EpochRow], best_epoch: int | None = None) -> Table:
    """A training so far, one line an epoch, the best one marked. It fits a terminal of 80 columns.

    TAR is the true accept rate at a false accept rate of 0.1 %.
    """
    columns = (
        Column("epoch", tr("Epoch")),
        Column("train_loss", tr("Train. loss")),
        Column("val_loss", tr("Val. loss")),
        Column("accuracy", tr("Accuracy")),
        Column("baseline", tr("Baseline")),
        Column("balanced", tr("Balanced")),
        Column("tar", "TAR"),
        Column("seconds", "s"),
    )
    cells = tuple(
        (
            Cell(numbers.count(row.epoch), mark=" *" if row.epoch == best_epoch else ""),
            number_cell(row.train_loss, 4),
            number_cell(row.val_loss, 4),
            share_cell(row.accuracy, 2),
            share_cell(row.majority_baseline, 2),
            share_cell(row.balanced_accuracy, 2),
            count_cell(None) if row.true_accept_rate is None else share_cell(row.true_accept_rate),
            number_cell(row.seconds, 1),
        )
        for row in rows
    )
    best = next((place for place, row in enumerate(rows) if row.epoch == best_epoch), None)
    return Table(columns, cells, emphasised=best)


def _size_of_data(images: int, people: int | None) -> str:
    if people is None:
        return tr("It was trained on {images} pictures.", images=images)
    return tr("It was trained on {images} pictures of {people} people.", images=images, people=people)


def _captioned(example: Example) -> Picture:
    name = spoken(example.attribute, current_language())
    probability = numbers.probability(example.probability)
    said_yes = example.probability >= 0.5
    answer = (
        tr("Network: yes, {probability}", probability=probability)
        if said_yes
        else tr("Network: no (yes: {probability})", probability=probability)
    )
    return Picture(
        example.image,
        tr("A face, asked for: {attribute}", attribute=name),
        (
            ("name", name),
            ("plain", tr("Label: yes") if example.truth else tr("Label: no")),
            ("right" if said_yes == example.truth else "wrong", answer),
        ),
        is_crop=True,
    )
