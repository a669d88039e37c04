"""How well persons are learnt and recognised: the people of a split, each from some photos, among others.

    python bench/people.py DATA [--base BUNDLE] [--people PEOPLE] [--photos 5 10] [--least 30] [--split val]

For each person with at least LEAST photos in the split, PHOTOS of them, drawn at random, teach and the rest
test. The negatives are the base's background embeddings, and all other people of the split test.
Where it has none, one half of the other people teaches and the other half tests, so that nobody who tests was
ever seen. All such people are judged unless PEOPLE says how many.

Prints JSON, for each number of PHOTOS. For each person and over all of them (median, mean, lowest): the
true-positive rate at a false-positive rate of 0.1 % and of 1 %. And what was answered with the thresholds
that were learnt: `yes` to other people should be 0.1 % or less, also to the `alike` among them: of the
person's sex and age, as CelebA labels them. The `reliability` of all probabilities together, own faces having
the weight that the prior supposes: in each bin, the mean of what was said, and the share that was true.
`contradictions` counts the probabilities that do not fit their verdict or are higher than a surer one's.
`same_name` says how often photos that get the person's name are taken for the person's: the own tested
ones, and up to 10 of each other person with at least 3.
"""

import argparse
import itertools
import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Float64, Int64

from semblante.celeba import PreparedSet, open_prepared
from semblante.labels import ATTRIBUTES
from semblante.metrics import reliability, tpr_at_fpr
from semblante.model.bundle import Bundle
from semblante.model.face_model import FaceModel
from semblante.person import Decision, Examples, Gallery, Person, decide, fit
from semblante.person.calibration import class_weights
from semblante.person.decision import MAX_NO, YES_ABOVE
from semblante.pipeline import open_base
from semblante.pipeline.evaluation import crops_of
from semblante.pipeline.naming import seems_alike
from semblante.types import VERDICTS, Embeddings

RATES = (0.001, 0.01)
BINS = (0.0, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 1.0)
"""Where bins of probabilities begin and end: finer at the ends, where most are."""


def judge(
    name: str,
    embeddings: Embeddings,
    people: Int64[np.ndarray, " n"],
    teaches: Bool[np.ndarray, " n"],
    alike: Bool[np.ndarray, " n"],
    base: Bundle,
    background: Embeddings | None,
) -> dict[str, Any]:
    """Learn one person from the rows that teach, test on the others, of whom some are `alike`.

    `people` has the number of the person in each row, of which `name` is one.
    """
    mine = people == int(name)

    def gallery(chosen: Bool[np.ndarray, " n"]) -> Gallery:
        return Gallery(embeddings[chosen], tuple(map(str, np.flatnonzero(chosen))))

    started_s = time.perf_counter()
    examples = Examples(gallery(mine & teaches), gallery(~mine & teaches))
    person = fit(name, examples, base.network_sha256, background=background).person
    fit_s = time.perf_counter() - started_s
    tested = np.flatnonzero(~teaches)
    answers = decide(person, embeddings[tested], [str(row) for row in tested])
    truth = mine[tested].astype(np.int64)
    said = np.array([answer.probability for answer in answers])
    weights = class_weights(truth, person.rule.prior)
    rates = {f"tpr_at_fpr_{share:.1%}": tpr_at_fpr(said, truth, share) for share in RATES}
    return {
        "person": name,
        "tested": {"own": int(truth.sum()), "background": int((1 - truth).sum())},
        **{label: None if rate is None else round(rate.value, 4) for label, rate in rates.items()},
        "own": _shares(answers, truth == 1),
        "background": _shares(answers, truth == 0),
        "alike": _shares(answers, (truth == 0) & alike[tested]),
        "same_name": _same_name(person, embeddings[tested], people[tested], int(name)),
        "judged": (said, truth, weights),
        "contradictions": contradictions((each.verdict, each.probability) for each in answers),
        "fit_s": round(fit_s, 3),
    }


def _same_name(
    person: Person, embeddings: Embeddings, people: Int64[np.ndarray, " n"], number: int
) -> dict[str, float]:
    known, counts = np.unique(people[people >= 0], return_counts=True)
    others = known[(counts >= 3) & (known != number)]
    taken = [seems_alike(person, embeddings[people == each][:10]) for each in others.tolist()]
    own = seems_alike(person, embeddings[people == number])
    return {"own": float(own), "others": round(float(np.mean(taken or [False])), 4)}


def contradictions(answers: Iterable[tuple[str | None, float | None]]) -> int:
    """How many probabilities of one person do not fit their verdict or are higher than a surer one's."""
    of: dict[str, list[float]] = {verdict: [] for verdict in VERDICTS}
    for verdict, probability in answers:
        if verdict is not None and probability is not None:
            of[verdict].append(probability)
    least_yes, least_unsure = min(of["yes"], default=1.0), min([*of["unsure"], *of["yes"]], default=1.0)
    return (
        sum(each > least_yes for each in of["unsure"])
        + sum(each > min(least_unsure, MAX_NO) for each in of["no"])
        + sum(each < YES_ABOVE for each in of["yes"])
    )


def reliability_of(
    said: Float64[np.ndarray, " n"], truth: Int64[np.ndarray, " n"], weights: Float64[np.ndarray, " n"]
) -> dict[str, Any]:
    """The mean of what was said and the weighted share that was true in each bin, and the mean gap."""
    place = np.digitize(said, BINS[1:-1])
    bins = []
    for number, (low, high) in enumerate(itertools.pairwise(BINS)):
        inside = place == number
        mass = float(weights[inside].sum())
        if mass:
            mean = float(weights[inside] @ said[inside]) / mass
            true = float(weights[inside] @ truth[inside]) / mass
            counts = {"own": int(truth[inside].sum()), "others": int((1 - truth[inside]).sum())}
            bins.append({"from": low, "to": high, "said": round(mean, 3), "true": round(true, 3), **counts})
    error = reliability(said, truth, weights).expected_calibration_error
    return {"calibration_error": round(error, 4), "bins": bins}


def _shares(answers: list[Decision], chosen: Bool[np.ndarray, " n"]) -> dict[str, float]:
    verdicts = [answer.verdict for answer, is_chosen in zip(answers, chosen, strict=True) if is_chosen]
    count = max(len(verdicts), 1)
    return {verdict: round(verdicts.count(verdict) / count, 4) for verdict in ("yes", "no", "unsure")}


def judge_all(
    data: PreparedSet,
    rows: Int64[np.ndarray, " n"],
    embeddings: Embeddings,
    bundle: Bundle,
    photos: int,
    options: argparse.Namespace,
) -> list[dict[str, Any]]:
    """Judge the people of the split who have enough photos, by number."""
    background, people = bundle.background(), data.identities[rows]
    known, counts = np.unique(people[people >= 0], return_counts=True)
    chosen = known[counts >= options.least][: options.people]
    results = []
    sex_and_age = data.labels[rows][:, [ATTRIBUTES.index("Male"), ATTRIBUTES.index("Young")]]
    for person in chosen.tolist():
        rng = np.random.default_rng(person)
        mine = people == person
        alike = (sex_and_age == np.round(sex_and_age[mine].mean(axis=0))).all(axis=1)
        teaches = np.zeros(len(people), bool)
        if background is None:
            others = rng.permutation(known[known != person])
            teaches = np.isin(people, others[: len(others) // 2])
        teaches[rng.permutation(np.flatnonzero(mine))[:photos]] = True
        results.append(judge(str(person), embeddings, people, teaches, alike, bundle, background))
    return results


def _over_people(rates: list[float]) -> dict[str, float]:
    return {
        "median": round(float(np.median(rates)), 4),
        "mean": round(float(np.mean(rates)), 4),
        "lowest": min(rates),
        "people": len(rates),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--base", type=Path, help="a bundle; the pretrained one by default")
    parser.add_argument("--people", type=int, help="the first so many; all by default")
    parser.add_argument("--photos", type=int, nargs="+", default=[10])
    parser.add_argument("--least", type=int, default=30)
    parser.add_argument("--split", choices=("train", "val", "test"), default="val")
    options = parser.parse_args()
    if options.least <= max(options.photos):
        parser.error("--least must be more than --photos: some must be left to be judged")
    data = open_prepared(options.data)
    rows, bundle = data.rows(options.split), open_base(options.base)
    embeddings = FaceModel(bundle)(crops_of(data, rows, bundle.side_px)).embeddings
    found = [_summary(judge_all(data, rows, embeddings, bundle, n, options), n) for n in options.photos]
    print(json.dumps(found, indent=2))


def _summary(results: list[dict[str, Any]], photos: int) -> dict[str, Any]:
    """Over all people, and each by itself."""
    summary: dict[str, Any] = {"people": len(results), "photos": photos}
    for label in (f"tpr_at_fpr_{share:.1%}" for share in RATES):
        rates = [result[label] for result in results if result[label] is not None]
        summary[label] = _over_people(rates) if rates else None
    for group in ("own", "background", "alike"):
        summary[group] = {
            each: round(float(np.mean([result[group][each] for result in results])), 4) for each in VERDICTS
        }
    summary["same_name"] = {
        each: round(float(np.mean([result["same_name"][each] for result in results])), 4)
        for each in ("own", "others")
    }
    # Of all people together: one person's few photos would leave most bins to chance.
    said, truth, weights = (
        np.concatenate(each) for each in zip(*(r.pop("judged") for r in results), strict=True)
    )
    summary["contradictions"] = sum(result["contradictions"] for result in results)
    summary["reliability"] = reliability_of(said, truth, weights)
    return {"summary": summary, "each": results}


if __name__ == "__main__":
    main()
