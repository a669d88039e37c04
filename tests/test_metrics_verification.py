"""Verification and groups against every pair taken one by one, and against what must always hold."""

import math
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semblante.errors import Cancelled
from semblante.jobs import JobContext
from semblante.labels import ATTRIBUTES
from semblante.metrics import Scored, evaluation_of
from semblante.metrics import verification as verification_module
from semblante.metrics.resampling import RESAMPLES_OF_RANKINGS
from semblante.metrics.results import AcceptRate, Evaluation, GroupResult
from semblante.metrics.verification import Pairs, compare, verify

Array = np.ndarray[Any, Any]
MALE, YOUNG, BALD = (ATTRIBUTES.index(name) for name in ("Male", "Young", "Bald"))


@st.composite
def compared_images(draw: st.DrawFn) -> tuple[Array, Array]:
    """Features of few whole numbers, so that similarities are exact and ties are common."""
    count = draw(st.integers(1, 30))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    embeddings = rng.integers(-2, 3, (count, 3)).astype(np.float32)
    return embeddings, rng.integers(-1, draw(st.integers(1, 12)), count).astype(np.int32)


def one_by_one(embeddings: Array, identities: Array) -> tuple[list[float], list[float]]:
    """The similarities of genuine and of impostor pairs."""
    return drawn_one_by_one(embeddings, identities, dict.fromkeys(identities.tolist(), 1))


def people(count: int = 60, photos: int = 6, spread: float = 1.2, seed: int = 0) -> tuple[Array, Array]:
    """Unit vectors around a centre for each person."""
    rng = np.random.default_rng(seed)
    identities = np.repeat(np.arange(count, dtype=np.int32), photos)
    centres = rng.normal(size=(count, 16))
    embeddings = centres[identities] + spread * rng.normal(size=(len(identities), 16))
    return unit(embeddings), identities


def unit(vectors: Array) -> Array:
    scaled: Array = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return scaled


def compared(embeddings: Array, identities: Array) -> Pairs:
    found = compare(embeddings, identities, 1e-3)
    assert found is not None
    return found


def first_rate(embeddings: Array, identities: Array) -> AcceptRate:
    return verify(compared(embeddings, identities)).rates[0]


class TestPairs:
    @settings(deadline=None)
    @given(compared_images(), st.sampled_from([1, 2, 5]), st.sampled_from([1, 3, 40]))
    def test_blocks_find_every_pair_once(self, images: tuple[Array, Array], rows: int, columns: int) -> None:
        found = in_blocks(images, rows, columns, fewest_kept=1000)
        if found is None:
            assert (images[1] < 0).all()
            return
        genuine, impostors = one_by_one(*images)
        assert found.genuine.tolist() == sorted(genuine, reverse=True)
        assert found.impostors.tolist() == sorted(impostors, reverse=True)
        once = np.ones(found.people, np.float32)
        assert found.impostor_count(once) == len(impostors)
        assert found.genuine_count(once) == len(genuine)

    @settings(deadline=None)
    @given(compared_images(), st.integers(1, 20))
    def test_only_the_most_similar_are_kept(self, images: tuple[Array, Array], kept: int) -> None:
        found = in_blocks(images, 2, 3, fewest_kept=kept)
        if found is not None:
            _, impostors = one_by_one(*images)
            assert found.impostors.tolist() == sorted(impostors, reverse=True)[:kept]

    @settings(deadline=None)
    @given(compared_images(), st.sampled_from([0.5, 0.1, 0.01]), st.integers(0, 2**32 - 1))
    def test_rates_are_those_of_the_pairs_one_by_one(
        self, images: tuple[Array, Array], rate: float, seed: int
    ) -> None:
        """Also of a resample: drawing a person twice is as good as two people with the same images."""
        pairs = in_blocks(images, 4, 4, fewest_kept=1000)
        if pairs is None:
            return
        drawn = np.random.default_rng(seed).integers(0, 3, pairs.people)
        weights = drawn.astype(np.float32)
        names = np.unique(images[1][images[1] >= 0])
        genuine, impostors = drawn_one_by_one(*images, dict(zip(names, drawn, strict=True)))
        threshold = pairs.threshold(weights, rate)
        allowed = math.floor(rate * len(impostors) + 1e-9)
        passing = [level for level in {*impostors, -math.inf} if sum(i > level for i in impostors) <= allowed]
        assert threshold == min(passing)
        if impostors:
            assert pairs.false_accept_rate(weights, threshold) <= rate + 1e-9
        found = pairs.true_accept_rate(weights, threshold)
        expected = np.mean([pair > threshold for pair in genuine]) if genuine else math.nan
        assert found == pytest.approx(expected, nan_ok=True)


def in_blocks(images: tuple[Array, Array], rows: int, columns: int, fewest_kept: int) -> Pairs | None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verification_module, "BLOCK_ROWS", rows)
        patch.setattr(verification_module, "BLOCK_COLUMNS", columns)
        patch.setattr(verification_module, "MIN_KEPT_PAIRS", fewest_kept)
        return compare(*images, 1e-3)


def drawn_one_by_one(
    embeddings: Array, identities: Array, drawn: dict[int, int]
) -> tuple[list[float], list[float]]:
    """As `one_by_one`, where the images of a person who was drawn twice are there twice.

    Between two copies of a person there are no pairs.
    """
    genuine: list[float] = []
    impostors: list[float] = []
    for a, b in combinations(np.flatnonzero(identities >= 0), 2):
        one, other = int(identities[a]), int(identities[b])
        alike, times = (genuine, drawn[one]) if one == other else (impostors, drawn[one] * drawn[other])
        alike += [float(embeddings[a] @ embeddings[b])] * times
    return genuine, impostors


class TestVerification:
    def test_people_far_apart_are_all_accepted(self) -> None:
        embeddings, identities = people(spread=0.1)
        rate = first_rate(embeddings, identities)
        assert rate.true_accept_rate is not None and rate.threshold is not None
        assert (rate.true_accept_rate.value, rate.true_accept_rate.low) == (1, 1)
        assert 0.5 < rate.threshold < 1

    def test_features_that_know_nobody_accept_no_more_than_guessing(self) -> None:
        embeddings, identities = people(count=100)
        shuffled = np.random.default_rng(1).permutation(identities)
        rate = first_rate(embeddings, shuffled)
        assert rate.true_accept_rate is not None
        assert rate.true_accept_rate.value < 0.01
        assert rate.true_accept_rate.low <= 0.001 <= rate.true_accept_rate.high

    def test_counts_leave_unknown_people_out(self) -> None:
        embeddings, identities = people(count=12, photos=3)
        unknown = np.append(identities, [-1, -1]).astype(np.int32)
        with_unknown = verify(compared(np.concatenate([embeddings, embeddings[:2]]), unknown))
        assert with_unknown == verify(compared(embeddings, identities))
        assert (with_unknown.images, with_unknown.people, with_unknown.genuine_pairs) == (36, 12, 36)
        assert with_unknown.impostor_pairs == 36 * 35 / 2 - 36

    @pytest.mark.parametrize(
        ("count", "photos", "said", "reason"),
        [
            (12, 4, [True, False], "1,056 impostor pairs show 1 in 1,000, but not 1 in 10,000"),
            (16, 3, [True, False], "1,080 impostor pairs, few genuine ones, of enough people"),
            (9, 10, [False, False], "3,645 impostor pairs, but the genuine ones are of nine people"),
            (15, 2, [False, False], "420 impostor pairs cannot show 1 in 1,000"),
            (50, 1, [False, False], "no genuine pairs"),
        ],
    )
    def test_too_few_pairs_give_no_rate(self, count: int, photos: int, said: list[bool], reason: str) -> None:
        found = verify(compared(*people(count, photos))).rates
        assert [rate.true_accept_rate is not None for rate in found] == said, reason
        assert [rate.threshold is not None for rate in found] == said, reason

    def test_order_of_images_does_not_matter(self) -> None:
        embeddings, identities = people(count=30)
        order = np.random.default_rng(0).permutation(len(identities))
        found, shuffled = first_rate(embeddings, identities), first_rate(embeddings[order], identities[order])
        assert found.true_accept_rate == shuffled.true_accept_rate
        assert found.threshold == pytest.approx(shuffled.threshold)

    def test_the_interval_does_not_shrink_with_copies_of_photos(self) -> None:
        """Ten copies of each photo say no more than one, though there are a hundred times as many pairs."""
        embeddings, identities = people(count=40, photos=4)
        widths = []
        for times in (1, 10):
            rate = first_rate(
                np.repeat(embeddings, times, axis=0), np.repeat(identities, times)
            ).true_accept_rate
            assert rate is not None
            widths.append(rate.high - rate.low)
        assert widths[1] > 0.6 * widths[0] > 0

    @pytest.mark.slow
    def test_the_interval_covers_what_other_people_give(self) -> None:
        """Of people drawn from one crowd, the interval of each draw should hold the crowd's rate."""
        whole = first_rate(*people(count=400, photos=4, seed=9)).true_accept_rate
        assert whole is not None
        held = 0
        for seed in range(8):
            rate = first_rate(*people(count=60, photos=4, seed=seed)).true_accept_rate
            assert rate is not None
            held += rate.low <= whole.value <= rate.high
        assert held >= 6


def scored(embeddings: Array | None, identities: Array, seed: int = 0) -> Scored:
    """Every second person is Male, every third not Young; logits are right in four of five cases."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, (len(identities), 40)).astype(np.uint8)
    labels[:, MALE], labels[:, YOUNG] = identities % 2, identities % 3 > 0
    right = rng.random(labels.shape) < 0.8
    logits = np.where(right == (labels == 1), 1.0, -1.0).astype(np.float32)
    return Scored(logits, labels, identities, np.full(40, 0.5), embeddings)


def groups(data: Scored) -> dict[tuple[str, bool], GroupResult]:
    found = evaluation_of(data, "val", "n" * 64, "d" * 64).groups
    return {(group.attribute, group.labelled): group for group in found}


class TestGroups:
    def test_accuracies_are_those_of_the_groups_images(self) -> None:
        data = scored(None, people(count=20)[1])
        found = groups(data)
        assert list(found) == [("Male", True), ("Male", False), ("Young", True), ("Young", False)]
        right = (data.logits > 0) == (data.labels > 0)
        for (attribute, labelled), group in found.items():
            chosen = (data.labels[:, ATTRIBUTES.index(attribute)] > 0) == labelled
            assert group.images == chosen.sum()
            assert group.mean_accuracy.value == pytest.approx(right[chosen].mean())
            assert group.mean_accuracy.low < group.mean_accuracy.value < group.mean_accuracy.high
            assert group.mean_majority_baseline == pytest.approx((data.labels[chosen] == 0).mean())
            assert group.matching is None, "there are no embeddings"

    def test_what_is_constant_in_one_group_is_in_neither_balanced_accuracy(self) -> None:
        data = scored(None, people(count=20)[1])
        men = data.labels[:, MALE] == 1
        data.labels[~men, BALD] = 0
        found = groups(data)
        for labelled, chosen in ((True, men), (False, ~men)):
            group = found["Male", labelled]
            assert group.left_out == ("Bald", "Male")
            said, true = data.logits[chosen] > 0, data.labels[chosen] > 0
            rates = [
                (said[true[:, k], k].mean() + (~said)[~true[:, k], k].mean()) / 2
                for k in range(40)
                if k not in (BALD, MALE)
            ]
            assert group.mean_balanced_accuracy.value == pytest.approx(np.mean(rates))
        assert found["Young", True].left_out == ("Young",)

    def test_a_group_without_images_is_left_out(self) -> None:
        data = scored(None, people(count=20)[1])
        data.labels[:, YOUNG] = 1
        assert [key for key in groups(data) if key[0] == "Young"] == [("Young", True)]

    @pytest.mark.slow
    def test_error_rates_are_those_of_the_groups_pairs_at_one_threshold(self) -> None:
        embeddings, identities = people(count=100, photos=5)
        data = scored(embeddings, identities)
        threshold = first_rate(embeddings, identities).threshold
        for (attribute, labelled), group in groups(data).items():
            chosen = (data.labels[:, ATTRIBUTES.index(attribute)] > 0) == labelled
            genuine, impostors = one_by_one(embeddings[chosen], identities[chosen])
            found = group.matching
            assert found is not None and found.at_false_accept_rate == 1e-3
            assert (found.genuine_pairs, found.impostor_pairs) == (len(genuine), len(impostors))
            assert found.people == len(set(identities[chosen]))
            for rate, expected in (
                (found.false_match_rate, np.mean(np.array(impostors) > threshold)),
                (found.false_non_match_rate, np.mean(np.array(genuine) <= threshold)),
            ):
                # Rounding differs between blocks of pairs and single ones.
                assert rate is not None and rate.value == pytest.approx(expected, abs=1e-4)
                assert rate.low <= rate.value <= rate.high

    def test_a_group_whose_people_look_alike_is_confused_more(self) -> None:
        embeddings, identities = people(count=100, photos=5)
        alike = embeddings.copy()
        alike[identities % 2 == 1] += 0.8 * embeddings[0]
        found = groups(scored(unit(alike), identities))
        men, others = (found["Male", labelled].matching for labelled in (True, False))
        assert men and others and men.false_match_rate and others.false_match_rate
        assert men.false_match_rate.low > 3 * others.false_match_rate.high

    def test_a_person_is_in_the_group_of_most_of_the_images(self) -> None:
        embeddings, identities = people(count=60, photos=4)
        data = scored(embeddings, identities)
        data.labels[:, MALE] = np.tile([1, 1, 1, 0, 1, 1, 0, 0], 30)
        found = groups(data)
        men, others = (found["Male", labelled] for labelled in (True, False))
        assert (men.images, others.images) == (150, 90)
        assert men.matching and others.matching
        assert (men.matching.people, others.matching.people) == (30, 30), "an even split is not a majority"
        assert men.matching.genuine_pairs == 30 * 6

    def test_a_thin_group_has_counts_but_no_rates(self) -> None:
        embeddings, identities = people(count=60, photos=4)
        data = scored(embeddings, identities)
        data.labels[:, YOUNG] = identities >= 5
        old = groups(data)["Young", False].matching
        assert old is not None
        assert (old.people, old.genuine_pairs, old.impostor_pairs) == (5, 30, 160)
        assert old.false_match_rate is None and old.false_non_match_rate is None

    @pytest.mark.parametrize(
        ("known", "with_features", "reason"),
        [(True, False, "no embeddings"), (False, True, "nobody is known"), (False, False, "neither")],
    )
    def test_nobody_is_verified_without_features_or_people(
        self, known: bool, with_features: bool, reason: str
    ) -> None:
        embeddings, identities = people(count=20)
        data = scored(embeddings if with_features else None, identities)
        if not known:
            data = replace(data, identities=np.full_like(identities, -1))
        found = evaluation_of(data, "val", "n" * 64, "d" * 64)
        assert found.verification is None, reason
        assert all(group.matching is None for group in found.groups)
        assert found.as_json()["verification"] is None


def test_measuring_stops_when_asked_wherever_it_is() -> None:
    data, asked = scored(*people()), 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked == last

    def measure() -> Evaluation:
        nonlocal asked
        asked = 0
        return evaluation_of(data, "val", "n" * 64, "d" * 64, JobContext(cancelled=cancelled))

    last = -1
    found = measure()
    assert found.verification is not None and found.verification.rates[0].true_accept_rate is not None
    assert asked > len(ATTRIBUTES) + RESAMPLES_OF_RANKINGS, "for each attribute and each resample of people"
    for last in (1, len(ATTRIBUTES) + 1, asked // 2, asked):
        with pytest.raises(Cancelled):
            measure()
        assert asked == last
