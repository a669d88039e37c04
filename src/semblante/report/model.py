"""The trained network in the report: what it learnt, how good it is, where it is wrong."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from semblante.labels import ATTRIBUTES, OPINIONS, POOR_LABELS, spoken
from semblante.report import charts, figures
from semblante.report.chapter import Chapter, Details, headline, paragraph, table
from semblante.report.curves import loss_chart, rate_chart, reliability_chart
from semblante.report.html import Html, element, together
from semblante.report.pictures import Example, mosaic, picture
from semblante.text import current_language, say
from semblante.types import AttributeResult, EpochRow, Estimate, Evaluation, Split


@dataclass(frozen=True)
class ModelSection:
    """A bundle's manifest, its training log, how it was measured, and examples of its answers."""

    manifest: Mapping[str, Any]
    history: tuple[EpochRow, ...] = ()
    evaluation: Evaluation | None = None
    hits: tuple[Example, ...] = ()
    mistakes: tuple[Example, ...] = ()

    def chapters(self) -> list[Chapter]:
        """What it learnt, how good it is, where it is wrong; the last two where there is something to show."""
        found = [Chapter("learnt", say("What this network learnt"), self._learnt())]
        if self.evaluation:
            found.append(Chapter("good", say("How good it is"), _how_good(self.evaluation)))
        if self.evaluation or self.hits or self.mistakes:
            found.append(Chapter("wrong", say("Where it is right, and where it is wrong"), self._wrong()))
        return found

    def details(self) -> Details:
        """The groups of the manifest, and the hashes that the evaluation refers to."""
        groups = {
            say("Network: recipe"): self.manifest.get("recipe"),
            say("Network: data"): self.manifest.get("data"),
            say("Network: training"): self.manifest.get("training"),
            say("Network: pictures it takes"): self.manifest.get("geometry"),
            say("Network: weights"): self.manifest.get("weights"),
            say("Network: licence"): self.manifest.get("licence"),
        }
        if self.evaluation:
            groups[say("Evaluation")] = {
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
            say(
                "It looks at a face and answers {count} yes-or-no questions: a hat? glasses? a smile?",
                count=len(ATTRIBUTES),
            )
        ]
        if {"name"} <= group["recipe"].keys() and {"parameters"} <= group["weights"].keys():
            sentences.append(
                say(
                    "It was built by the recipe “{recipe}” and has {parameters} adjustable numbers.",
                    recipe=group["recipe"]["name"],
                    parameters=figures.count(group["weights"]["parameters"]),
                )
            )
        if {"images"} <= group["data"].keys():
            sentences.append(_size_of_data(group["data"]["images"], group["data"].get("people")))
        if {"epochs", "minutes"} <= group["training"].keys():
            sentences.append(
                say(
                    "Training took {minutes} minutes; the passes through the training pictures (epochs) were {epochs}.",
                    epochs=figures.count(group["training"]["epochs"]),
                    minutes=figures.decimal(group["training"]["minutes"], 1),
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
            parts.append(_hardest(self.evaluation))
        if self.mistakes:
            parts += [
                element("h3", say("The worst mistakes")),
                paragraph(
                    say(
                        "Here the network was surest and the label says the opposite. Sometimes the label is wrong."
                    )
                ),
                mosaic([_captioned(example) for example in self.mistakes]),
            ]
        if self.hits:
            parts += [
                element("h3", say("The surest hits")),
                mosaic([_captioned(example) for example in self.hits]),
            ]
        return together(parts)


def _size_of_data(images: int, people: int | None) -> str:
    if people is None:
        return say("Behind it stand {images} pictures.", images=figures.count(images))
    return say(
        "Behind it stand {images} pictures of {people} people.",
        images=figures.count(images),
        people=figures.count(people),
    )


def _how_to_read_curves() -> str:
    return say(
        "An epoch is one pass through all training pictures. Where the validation curve turns away from "
        "the training curve, the network begins to learn by heart; the best epoch is the one that was kept."
    )


def _how_good(evaluation: Evaluation) -> Html:
    chance = _mean([result.positive_share for result in evaluation.attributes])
    heads = element(
        "dl",
        headline(
            say("Accuracy"),
            evaluation.mean_accuracy,
            evaluation.mean_majority_baseline,
            say(
                "always the more frequent answer: {baseline}",
                baseline=figures.percent(evaluation.mean_majority_baseline),
            ),
            say("answers that agree with the label"),
        ),
        headline(
            say("Balanced accuracy"),
            evaluation.mean_balanced_accuracy,
            0.5,
            say("always the same answer: {share}", share=figures.percent(0.5, 0)),
            say("the same, with yes and no counting alike"),
        ),
        headline(
            say("Average precision"),
            evaluation.mean_average_precision,
            chance,
            say("in random order: {share}", share=figures.percent(chance)),
            say("how well it puts the yes pictures first"),
        ),
        class_="headlines",
    )
    reliability = element(
        "div",
        reliability_chart(evaluation.reliability),
        element(
            "div",
            element("h3", say("Can its probabilities be believed?")),
            paragraph(_on_reliability(evaluation)),
        ),
        class_="pair",
    )
    return together(
        [paragraph(_measured_on(evaluation), look="lede"), heads, _attribute_table(evaluation), reliability]
    )


def _measured_on(evaluation: Evaluation) -> str:
    images = figures.count(evaluation.images)
    sentences = [_pictures_of(evaluation.split, images)]
    if evaluation.people is not None:
        sentences.append(say("They show {people} people.", people=figures.count(evaluation.people)))
    if evaluation.resampled == "people":
        sentences.append(
            say("Intervals hold 95% of the results when the people are drawn anew, again and again.")
        )
    else:
        sentences.append(
            say(
                "Intervals hold 95% of the results when the pictures are drawn anew, again and again; who is in "
                "them is not known, so they may be too narrow."
            )
        )
    return " ".join(sentences)


def _pictures_of(split: Split, images: str) -> str:
    if split == "train":
        return say(
            "Measured on the {images} pictures that it learnt from: this says how much it knows by heart, not how "
            "good it will be on new faces.",
            images=images,
        )
    if split == "val":
        return say(
            "Measured on {images} validation pictures. It did not learn from them, but they chose the best epoch.",
            images=images,
        )
    return say("Measured on {images} test pictures that had no part in its making.", images=images)


def _attribute_table(evaluation: Evaluation) -> Html:
    ranked = sorted(evaluation.attributes, key=_rank, reverse=True)
    gains = [result.accuracy.value - result.majority_baseline for result in ranked]
    finite = [gain for gain in gains if math.isfinite(gain)] or [0.0]
    rows = [
        [
            _attribute_name(result.name),
            figures.percent(result.positive_share),
            _cell(result.balanced_accuracy),
            _cell(result.average_precision),
            _cell(result.accuracy),
            figures.percent(result.majority_baseline),
            together(
                [
                    charts.difference_bar(gain, min(finite), max(finite)),
                    element("span", figures.points(gain), class_="points"),
                ]
            ),
        ]
        for result, gain in zip(ranked, gains, strict=True)
    ]
    headings = [
        say("Attribute"),
        say("Pictures with it"),
        say("Balanced accuracy"),
        say("Average precision"),
        say("Accuracy"),
        say("Majority baseline"),
        say("Gain in points"),
    ]
    notes = [
        say("Ordered by balanced accuracy: what it reads best comes first."),
        say(
            "The majority baseline is the accuracy of always giving the more frequent answer; the gain is what the network adds."
        ),
        say("* The labels of this attribute are known to be close to random: read its figures with doubt."),
        say("† An opinion of those who labelled the pictures, not a fact about anybody."),
    ]
    return together(
        [
            element("h3", say("Attribute by attribute")),
            table(headings, rows, say("Every attribute against the majority baseline"), "figures"),
            element("ul", *(element("li", note) for note in notes), class_="notes"),
        ]
    )


def _attribute_name(attribute: str) -> Html:
    name = spoken(attribute, current_language())
    sign = "*" if attribute in POOR_LABELS else "†" if attribute in OPINIONS else ""
    return together([name, Html(f"<sup>{sign}</sup>") if sign else ""])


def _cell(estimate: Estimate) -> Html:
    span = figures.interval(estimate)
    return together(
        [figures.percent(estimate.value), element("span", span, class_="interval") if span else ""]
    )


def _rank(result: AttributeResult) -> float:
    value = result.balanced_accuracy.value
    return value if math.isfinite(value) else -1.0


def _hardest(evaluation: Evaluation) -> Html:
    known = [result for result in evaluation.attributes if _rank(result) >= 0]
    weakest = sorted(known, key=_rank)[:3]
    if not weakest:
        return Html("")
    names = ", ".join(
        f"{spoken(result.name, current_language())} ({figures.percent(result.balanced_accuracy.value)})"
        for result in weakest
    )
    return paragraph(
        say(
            "It finds these hardest (balanced accuracy, where always the same answer gets {share}): {names}.",
            share=figures.percent(0.5, 0),
            names=names,
        )
    )


def _on_reliability(evaluation: Evaluation) -> str:
    return say(
        "A network that says 80% should be right in 80 of 100 such cases: its dots would lie on the dashed line. "
        "On average this one is off by {gap} (0 would be perfect). Larger dots stand for more answers.",
        gap=figures.percent(evaluation.reliability.expected_calibration_error),
    )


def _captioned(example: Example) -> tuple[Html, Html]:
    name = spoken(example.attribute, current_language())
    label = say("Label: yes") if example.truth else say("Label: no")
    chance = figures.probability(example.probability)
    said = (
        say("Network: yes, {chance}", chance=chance)
        if example.probability >= 0.5
        else say("Network: no (yes: {chance})", chance=chance)
    )
    right = (example.probability >= 0.5) == example.truth
    caption = together(
        [
            element("strong", name),
            element("span", label),
            element("span", said, class_="right" if right else "wrong"),
        ]
    )
    return picture(example.image, say("A face, asked for: {attribute}", attribute=name)), caption


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else math.nan
