"""How well persons are learnt and recognised: the people of a split, each from some photos, among others.

    python bench/people.py DATA [--base BUNDLE] [--people PEOPLE] [--photos 10] [--least 30] [--split val]

For each person with at least LEAST photos in the split, PHOTOS of them, drawn at random, teach and the rest
test. The negatives are the base's background embeddings, and all other people of the split test.
Where it has none, one half of the other people teaches and the other half tests, so that nobody who tests was
ever seen. All such people are judged unless PEOPLE says how many.

Prints JSON. For each person and over all of them (median, mean, lowest): the true-positive rate at a
false-positive rate of 0.1 % and of 1 %. And what was answered with the thresholds that were learnt: `yes` to
other people should be 0.1 % or less, also to the `alike` among them: of the person's sex and age, as CelebA
labels them.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Int64

from semblante.celeba import PreparedSet, open_prepared
from semblante.labels import ATTRIBUTES
from semblante.metrics import reliability, tpr_at_fpr
from semblante.model.bundle import Bundle
from semblante.model.face_model import FaceModel
from semblante.person import Decision, Examples, Gallery, decide, fit
from semblante.pipeline import open_base
from semblante.pipeline.evaluation import crops_of
from semblante.types import Embeddings

RATES = (0.001, 0.01)


def judge(
    name: str,
    embeddings: Embeddings,
    mine: Bool[np.ndarray, " n"],
    teaches: Bool[np.ndarray, " n"],
    alike: Bool[np.ndarray, " n"],
    base: Bundle,
    background: Embeddings | None,
) -> dict[str, Any]:
    """Learn one person from the rows that teach, test on the others, of whom some are `alike`."""

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
    weights = np.where(truth == 1, 0.5 / truth.sum(), 0.5 / (1 - truth).sum())
    rates = {f"tpr_at_fpr_{share:.1%}": tpr_at_fpr(said, truth, share) for share in RATES}
    return {
        "person": name,
        "tested": {"own": int(truth.sum()), "background": int((1 - truth).sum())},
        **{label: None if rate is None else round(rate.value, 4) for label, rate in rates.items()},
        "own": _shares(answers, truth == 1),
        "background": _shares(answers, truth == 0),
        "alike": _shares(answers, (truth == 0) & alike[tested]),
        "judged": (said, truth, weights),
        "fit_s": round(fit_s, 3),
    }


def _shares(answers: list[Decision], chosen: Bool[np.ndarray, " n"]) -> dict[str, float]:
    verdicts = [answer.verdict for answer, is_chosen in zip(answers, chosen, strict=True) if is_chosen]
    count = max(len(verdicts), 1)
    return {verdict: round(verdicts.count(verdict) / count, 4) for verdict in ("yes", "no", "unsure")}


def judge_all(
    data: PreparedSet, rows: Int64[np.ndarray, " n"], options: argparse.Namespace
) -> list[dict[str, Any]]:
    """Judge the people of the split who have enough photos, by number."""
    bundle = open_base(options.base)
    embeddings = FaceModel(bundle)(crops_of(data, rows, bundle.side_px)).embeddings
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
        teaches[rng.permutation(np.flatnonzero(mine))[: options.photos]] = True
        results.append(judge(str(person), embeddings, mine, teaches, alike, bundle, background))
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
    parser.add_argument("--photos", type=int, default=10)
    parser.add_argument("--least", type=int, default=30)
    parser.add_argument("--split", choices=("train", "val", "test"), default="val")
    options = parser.parse_args()
    if options.least <= options.photos:
        parser.error("--least must be more than --photos: some must be left to be judged")
    data = open_prepared(options.data)
    results = judge_all(data, data.rows(options.split), options)
    summary: dict[str, Any] = {"people": len(results), "photos": options.photos}
    for label in (f"tpr_at_fpr_{share:.1%}" for share in RATES):
        rates = [result[label] for result in results if result[label] is not None]
        summary[label] = _over_people(rates) if rates else None
    for group in ("own", "background", "alike"):
        verdicts = ("yes", "no", "unsure")
        means = {
            each: round(float(np.mean([result[group][each] for result in results])), 4) for each in verdicts
        }
        summary[group] = means
    # Of all people together: one person's few photos would leave most bins to chance.
    said, truth, weights = (
        np.concatenate(each) for each in zip(*(r.pop("judged") for r in results), strict=True)
    )
    summary["calibration_error"] = round(reliability(said, truth, weights).expected_calibration_error, 4)
    print(json.dumps({"summary": summary, "each": results}, indent=2))


if __name__ == "__main__":
    main()
