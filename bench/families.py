"""What photos of a brother or sister, and neurons by age, change: drawn children who grow up.

    python bench/families.py [--families 2] [--photos 6] [--tested 6] [--strangers 60] [--base BUNDLE]

Each family has two drawn children, born together, so that one is the other's rival at every age. Each child
is learnt from PHOTOS photos at each of the ages 1, 4, 8, 12, 16 and 24: first alone, then with the other
child's photos and one each of STRANGERS drawn people as `not`, by one neuron, and by neurons by age where
these are kept. TESTED further photos of both children at each age, and as many further strangers, test.

Prints JSON: over all children, the shares of the child's own faces, of the other child's, and of strangers'
that get a yes, and of the own ones that get a no; how many children got neurons by age, and the shares of
these alone; and the mean cosine of a child's faces by the years between them. Drawn faces are all alike to
the bundled model, so that without `not` strangers get a yes far more often than real ones do. The figures
compare ways of learning, and say nothing of real children.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from semblante.faces import face_of_celeba_crop
from semblante.generate import Identity, child_of, draw_at_age, sample_identity
from semblante.person import Examples, Gallery, Person, decide, fit, fit_ages
from semblante.pipeline import FaceAnalyzer
from semblante.types import Embeddings

AGES = (1, 4, 8, 12, 16, 24)
BORN = date(2000, 1, 1)
SEED = 5
STRANGERS_SEED = 77


@dataclass(frozen=True)
class Shot:
    """Somebody's face on a day."""

    identity: Identity
    day: date
    picture: int


def shots(identity: Identity, count: int, first: int) -> list[Shot]:
    """So many faces at each age, spread over the year."""
    return [
        Shot(identity, BORN + timedelta(days=round(365.25 * (age + k / count))), first + 100 * age + k)
        for age in AGES
        for k in range(count)
    ]


def strangers(count: int, first: int) -> list[Shot]:
    """One face each of different people, at the same ages in turn."""
    people = [sample_identity(STRANGERS_SEED, first + k) for k in range(count)]
    days = [BORN + timedelta(days=round(365.25 * (AGES[k % len(AGES)] + 0.5))) for k in range(count)]
    return [Shot(who, day, 0) for who, day in zip(people, days, strict=True)]


def gallery(analyzer: FaceAnalyzer, taken: Sequence[Shot]) -> Gallery:
    """The faces as the network sees them, with their days."""
    side_px = analyzer.bundle.side_px
    years = [(each.day - BORN).days / 365.25 for each in taken]
    crops = [
        face_of_celeba_crop(draw_at_age(each.identity, age, SEED, each.picture).pixels, side_px).crop
        for each, age in zip(taken, years, strict=True)
    ]
    embeddings = analyzer.embed(np.stack(crops)).embeddings
    sources = tuple(f"{each.identity.texture}-{each.picture}" for each in taken)
    return Gallery(embeddings, sources, None, tuple(each.day for each in taken))


def joined(*parts: Gallery) -> Gallery:
    """All of them in one."""
    return Gallery(
        np.concatenate([each.embeddings for each in parts]),
        tuple(source for each in parts for source in each.sources),
        None,
        tuple(day for each in parts for day in each.days),
    )


def verdicts(person: Person, tested: Gallery) -> list[str | None]:
    """What is said of each face, on its day."""
    return [
        decide(person, tested.embeddings[row : row + 1], [""], tested.day_of(row))[0].verdict
        for row in range(len(tested))
    ]


def judge(persons: Sequence[tuple[Person, Gallery, Gallery]], unknown: Gallery) -> dict[str, float]:
    """The shares over children, each with its own tested faces and those of its rival."""
    own = [said for person, tested, _ in persons for said in verdicts(person, tested)]
    rival = [said for person, _, tested in persons for said in verdicts(person, tested)]
    others = [said for person, *_ in persons for said in verdicts(person, unknown)]
    shares = {"own yes": (own, "yes"), "own no": (own, "no"), "rival yes": (rival, "yes")}
    shares["strangers yes"] = (others, "yes")
    return {name: round(said.count(what) / len(said), 3) for name, (said, what) in shares.items()}


def similarity_by_years(galleries: Sequence[Gallery], background: Embeddings) -> dict[str, float]:
    """The mean cosine about the background's mean of a child's faces, by the years between them."""
    found: dict[str, list[float]] = {}
    for each in galleries:
        rows = each.embeddings - background.mean(axis=0)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        years = np.array([day.toordinal() / 365.25 for day in each.days if day])
        apart = np.abs(years[:, None] - years)
        cosines = rows @ rows.T
        for low, high in ((0, 1), (1, 5), (5, 10), (10, 15), (15, 25)):
            pairs = np.triu((apart >= low) & (apart < high), 1)
            found.setdefault(f"{low} to {high}", []).append(float(cosines[pairs].mean()))
    return {name: round(float(np.mean(values)), 2) for name, values in found.items()}


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", type=int, default=2)
    parser.add_argument("--photos", type=int, default=6)
    parser.add_argument("--tested", type=int, default=6)
    parser.add_argument("--strangers", type=int, default=60)
    parser.add_argument("--base", type=Path)
    options = parser.parse_args()
    alone, one, by_age, shown = [], [], [], []
    with FaceAnalyzer(options.base, threads=1) as analyzer:
        sha256, background = analyzer.bundle.network_sha256, analyzer.bundle.background()
        assert background is not None
        known = gallery(analyzer, strangers(options.strangers, 0))
        unknown = gallery(analyzer, strangers(options.strangers, options.strangers))
        for family in range(options.families):
            children = [child_of(SEED, 10 + family, 20 + family, number) for number in range(2)]
            taught = [gallery(analyzer, shots(each, options.photos, 0)) for each in children]
            tested = [gallery(analyzer, shots(each, options.tested, 50)) for each in children]
            shown += taught
            for child in range(2):
                judged = tested[child], tested[1 - child]
                nobody = Examples(taught[child], known.part([]))
                alone.append((fit("alone", nobody, sha256, background=background).person, *judged))
                examples = Examples(taught[child], joined(taught[1 - child], known))
                result = fit("child", examples, sha256, background=background)
                one.append((result.person, *judged))
                dated = replace(result, person=replace(result.person, birth_date=BORN))
                by_age.append((fit_ages(dated, examples, background).person, *judged))
    aged = [number for number, (person, *_) in enumerate(by_age) if person.ages]
    found: dict[str, Any] = {
        "one neuron, nobody named": judge(alone, unknown),
        "one neuron, others named": judge(one, unknown),
        "by age where it serves": judge(by_age, unknown),
        "children": len(one),
        "children with neurons by age": len(aged),
        "of these, one neuron": judge([one[number] for number in aged], unknown) if aged else None,
        "of these, by age": judge([by_age[number] for number in aged], unknown) if aged else None,
        "cosine by years apart": similarity_by_years(shown, background),
    }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
