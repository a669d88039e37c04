"""The trained network in the report: what it learnt, how good it is, where it is wrong."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from semblante.celeba import PreparedSet
from semblante.i18n import current_language, numbers, tr
from semblante.jobs import EpochRow
from semblante.labels import ATTRIBUTES, spoken
from semblante.metrics import sigmoid
from semblante.metrics.results import Evaluation
from semblante.model.bundle import Bundle
from semblante.pipeline.evaluation import EvaluatedSplit
from semblante.report.chapter import Chapter, Details, paragraph
from semblante.report.curves import loss_chart, rate_chart
from semblante.report.evaluation import hardest, how_good
from semblante.report.html import Html, element, together
from semblante.report.pictures import Example, mosaic, pick_examples, picture


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
            found.append(Chapter("good", tr("How good it is"), how_good(self.evaluation)))
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

    def details(self) -> Details:
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

    def _learnt(self) -> Html:
        """The network in a few sentences, and its learning curves."""
        parts = [paragraph(*self._sentences(), look="lede")]
        if self.history:
            best = self._best_epoch()
            curves = element(
                "div", loss_chart(self.history, best), rate_chart(self.history, best), class_="pair"
            )
            parts += [paragraph(_how_to_read_curves()), curves]
        return together(parts)

    def _sentences(self) -> list[str]:
        group = {name: self.manifest.get(name) or {} for name in ("recipe", "data", "training", "weights")}
        sentences = [
            tr(
                "It looks at a face and answers {count} yes-or-no questions: a hat? glasses? a smile?",
                count=len(ATTRIBUTES),
            )
        ]
        if {"name"} <= group["recipe"].keys() and {"parameters"} <= group["weights"].keys():
            sentences.append(
                tr(
                    "It was built by the recipe “{recipe}” and has {parameters} adjustable numbers.",
                    recipe=group["recipe"]["name"],
                    parameters=numbers.count(group["weights"]["parameters"]),
                )
            )
        if {"train_images"} <= group["data"].keys():
            sentences.append(_size_of_data(group["data"]["train_images"], group["data"].get("train_people")))
        if {"epochs", "minutes"} <= group["training"].keys():
            sentences.append(
                tr(
                    "Training took {minutes} minutes and this many passes through the training pictures "
                    "(epochs): {epochs}.",
                    epochs=numbers.count(group["training"]["epochs"]),
                    minutes=numbers.decimal(group["training"]["minutes"], 1),
                )
            )
        return sentences

    def _best_epoch(self) -> int:
        """The epoch whose weights were kept, as the manifest says; without one, that of the lowest loss."""
        kept = (self.manifest.get("training") or {}).get("best_epoch")
        if isinstance(kept, int):
            return kept
        return min(self.history, key=lambda row: (math.isnan(row.val_loss), row.val_loss)).epoch

    def _wrong(self) -> Html:
        parts: list[Html] = []
        if self.evaluation:
            parts.append(hardest(self.evaluation))
        if self.mistakes:
            parts += [
                element("h3", tr("The worst mistakes")),
                paragraph(
                    tr(
                        "Here the network was surest and the label says the opposite. Sometimes the label "
                        "is wrong."
                    )
                ),
                mosaic([_captioned(example) for example in self.mistakes]),
            ]
        if self.hits:
            parts += [
                element("h3", tr("The surest hits")),
                mosaic([_captioned(example) for example in self.hits]),
            ]
        return together(parts)


def model_section(found: EvaluatedSplit, bundle: Bundle, data: PreparedSet) -> ModelSection:
    """The report's part on the network, with its surest hits and worst mistakes."""
    hits, mistakes = pick_examples(
        data.images, found.rows, data.labels[found.rows], sigmoid(found.logits).astype(np.float32)
    )
    return ModelSection(bundle.manifest, bundle.history, found.evaluation, hits, mistakes)


def _size_of_data(images: int, people: int | None) -> str:
    if people is None:
        return tr("Behind it stand {images} pictures.", images=numbers.count(images))
    return tr(
        "Behind it stand {images} pictures of {people} people.",
        images=numbers.count(images),
        people=numbers.count(people),
    )


def _how_to_read_curves() -> str:
    return tr(
        "An epoch is one pass through all training pictures. Where the validation curve turns away from "
        "the training curve, the network begins to learn by heart; the best epoch is the one that was kept."
    )


def _captioned(example: Example) -> tuple[Html, Html]:
    name = spoken(example.attribute, current_language())
    label = tr("Label: yes") if example.truth else tr("Label: no")
    chance = numbers.probability(example.probability)
    said = (
        tr("Network: yes, {chance}", chance=chance)
        if example.probability >= 0.5
        else tr("Network: no (yes: {chance})", chance=chance)
    )
    right = (example.probability >= 0.5) == example.truth
    caption = together(
        [
            element("strong", name),
            element("span", label),
            element("span", said, class_="right" if right else "wrong"),
        ]
    )
    return picture(example.image, tr("A face, asked for: {attribute}", attribute=name)), caption
