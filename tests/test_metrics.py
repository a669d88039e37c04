"""Each figure against the slowest, plainest way of taking it, and against what must always hold."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from semblante.metrics import (
    Scored,
    average_precision,
    binary_summary,
    evaluation_of,
    reliability,
    roc_curve,
    sigmoid,
    tpr_at_fpr,
)
from semblante.metrics.results import Estimate, Evaluation
from semblante.metrics.scores import average_precisions, wilson

Array = np.ndarray[Any, Any]
NAN = float("nan")


@st.composite
def scored_rows(draw: st.DrawFn) -> tuple[Array, Array]:
    """Few distinct scores, so that ties are common."""
    count = draw(st.integers(1, 40))
    scores = draw(hnp.arrays(np.float64, count, elements=st.integers(-4, 4).map(float)))
    return scores, draw(hnp.arrays(np.uint8, count, elements=st.integers(0, 1)))


def naive_average_precision(scores: Array, labels: Array) -> float:
    recall_before, total = 0.0, 0.0
    for threshold in sorted(set(scores), reverse=True):
        passed = labels[scores >= threshold]
        recall = passed.sum() / labels.sum()
        total += (recall - recall_before) * passed.mean()
        recall_before = recall
    return float(total)


def naive_area(scores: Array, labels: Array) -> float:
    pairs = [(a > b) + (a == b) / 2 for a in scores[labels == 1] for b in scores[labels == 0]]
    return float(np.mean(pairs))


def scored(n: int = 400, people: int = 40, seed: int = 0) -> Scored:
    rng = np.random.default_rng(seed)
    rates = rng.uniform(0.1, 0.7, 40)
    labels = (rng.random((n, 40)) < rates).astype(np.uint8)
    logits = (rng.normal(size=(n, 40)) + 2.0 * labels - 1).astype(np.float32)
    return Scored(logits, labels, rng.integers(0, people, n).astype(np.int32), rates)


def measured(data: Scored) -> Evaluation:
    return evaluation_of(data, "val", "n" * 64, "d" * 64)


class TestRanking:
    @given(scored_rows())
    def test_average_precision_is_the_sum_over_distinct_thresholds(self, rows: tuple[Array, Array]) -> None:
        found = average_precision(*rows)
        if not rows[1].any():
            assert math.isnan(found)
        else:
            assert found == pytest.approx(naive_average_precision(*rows))
            assert rows[1].mean() / len(rows[1]) <= found <= 1

    @given(scored_rows(), st.integers(0, 2**32 - 1))
    def test_a_counted_row_is_as_good_as_a_repeated_one(self, rows: tuple[Array, Array], seed: int) -> None:
        counts = np.random.default_rng(seed).integers(0, 3, (len(rows[0]), 4))
        found = average_precisions(*rows, counts.astype(np.float32))
        repeated = [average_precision(*(np.repeat(row, column) for row in rows)) for column in counts.T]
        np.testing.assert_allclose(found, repeated, rtol=1e-6)

    @given(scored_rows())
    def test_roc_area_is_the_share_of_pairs_in_order(self, rows: tuple[Array, Array]) -> None:
        curve = roc_curve(*rows)
        if rows[1].all() or not rows[1].any():
            assert math.isnan(curve.area) and curve.false_positive_rate == ()
            return
        assert curve.area == pytest.approx(naive_area(*rows))
        across, up = np.array(curve.false_positive_rate), np.array(curve.true_positive_rate)
        assert (across[0], up[0], across[-1], up[-1]) == (0, 0, 1, 1)
        assert (np.diff(across) >= 0).all() and (np.diff(up) >= 0).all()
        assert ((up[1:] + up[:-1]) / 2) @ np.diff(across) == pytest.approx(curve.area)

    @given(scored_rows())
    def test_every_threshold_lies_on_the_roc_curve(self, rows: tuple[Array, Array]) -> None:
        scores, labels = rows
        if labels.all() or not labels.any():
            return
        curve = roc_curve(scores, labels)
        for threshold in set(scores):
            across = (scores[labels == 0] >= threshold).mean()
            up = (scores[labels == 1] >= threshold).mean()
            corners = list(zip(curve.false_positive_rate, curve.true_positive_rate, strict=True))
            assert any(
                abs((bx - ax) * (up - ay) - (by - ay) * (across - ax)) < 1e-9
                and ax - 1e-9 <= across <= bx + 1e-9
                and ay - 1e-9 <= up <= by + 1e-9
                for (ax, ay), (bx, by) in pairwise(corners)
            )

    @given(scored_rows(), st.randoms(use_true_random=False))
    def test_order_of_rows_does_not_matter(self, rows: tuple[Array, Array], random: Any) -> None:
        order = np.array(random.sample(range(len(rows[0])), len(rows[0])))
        shuffled = tuple(row[order] for row in rows)
        np.testing.assert_equal(roc_curve(*shuffled), roc_curve(*rows))
        assert average_precision(*shuffled) == pytest.approx(average_precision(*rows), nan_ok=True)

    def test_a_roc_curve_keeps_only_its_corners(self) -> None:
        rng = np.random.default_rng(0)
        labels = np.repeat([1, 0], [20, 20_000])
        curve = roc_curve(rng.normal(size=20_020) + 2 * labels, labels)
        assert len(curve.false_positive_rate) <= 2 * 20 + 2

    @pytest.mark.parametrize(
        ("positives", "negatives", "rate", "reason"),
        [
            (10, 99, 0.01, "99 strangers cannot show 1 in 100"),
            (500, 999, 0.001, "999 strangers cannot show 1 in 1,000"),
            (0, 1000, 0.01, "nobody to find"),
        ],
    )
    def test_too_few_strangers_give_no_rate(
        self, positives: int, negatives: int, rate: float, reason: str
    ) -> None:
        labels = np.repeat([1, 0], [positives, negatives])
        assert tpr_at_fpr(labels.astype(float), labels, rate) is None, reason

    @pytest.mark.parametrize(
        ("background", "rate", "expected", "reason"),
        [
            ([*range(999), 5000], 0.001, 1.0, "one of 1,000 may pass, the next highest is below all hits"),
            ([*range(998), 5000, 5000], 0.001, 0.0, "two equal strangers pass together or not at all"),
            ([*range(98), 2000, 2000], 0.01, 0.5, "only hits above the two equal strangers count"),
        ],
    )
    def test_the_threshold_keeps_its_promise(
        self, background: list[int], rate: float, expected: float, reason: str
    ) -> None:
        hits = np.array([1500.0] * 6 + [3000.0] * 6)
        scores = np.append(hits, np.array(background, np.float64))
        labels = np.repeat([1, 0], [len(hits), len(background)])
        found = tpr_at_fpr(scores, labels, rate)
        assert found is not None and found.value == expected, reason
        assert 0 <= found.low <= found.value <= found.high <= 1

    @pytest.mark.parametrize(
        ("successes", "trials", "low", "high"),
        # Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3.
        [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
    )
    def test_wilson_interval_is_that_of_the_literature(
        self, successes: int, trials: int, low: float, high: float
    ) -> None:
        found = wilson(successes, trials)
        assert [found.low, found.high] == pytest.approx([low, high], abs=5e-5)


class TestReliability:
    @given(
        hnp.arrays(np.float64, 50, elements=st.floats(0, 1)),
        hnp.arrays(np.uint8, 50, elements=st.integers(0, 1)),
    )
    def test_error_is_the_weighted_mean_gap(self, probabilities: Array, labels: Array) -> None:
        curve = reliability(probabilities, labels)
        gaps = [
            count * abs(said - true)
            for said, true, count in zip(
                curve.mean_predicted, curve.fraction_positive, curve.counts, strict=True
            )
        ]
        assert sum(curve.counts) == 50 and all(curve.counts)
        assert curve.expected_calibration_error == pytest.approx(sum(gaps) / 50)
        assert 0 <= curve.expected_calibration_error <= 1

    def test_a_weight_counts_as_often_as_it_says(self) -> None:
        probabilities, labels = np.array([0.1, 0.12, 0.7]), np.array([0, 1, 1])
        weights = np.array([1.0, 3.0, 2.0])
        repeated = np.repeat([0, 1, 2], [1, 3, 2])
        weighted, plain = (
            reliability(probabilities, labels, weights),
            reliability(probabilities[repeated], labels[repeated]),
        )
        assert weighted.mean_predicted == pytest.approx(
            plain.mean_predicted
        ) and weighted.fraction_positive == pytest.approx(plain.fraction_positive)
        assert weighted.expected_calibration_error == pytest.approx(plain.expected_calibration_error)
        assert weighted.counts == (2, 1)

    def test_sigmoid_survives_any_logit(self) -> None:
        found = sigmoid(np.array([-800.0, -40.0, 0.0, 40.0, 800.0]))
        assert found.tolist() == [0.0, pytest.approx(math.exp(-40)), 0.5, pytest.approx(1), 1.0]


class TestAttributes:
    def test_values_are_those_of_the_plain_formulas(self) -> None:
        data = scored()
        found = measured(data)
        said = data.logits > 0
        for k, result in enumerate(found.attributes):
            true = data.labels[:, k] == 1
            assert result.accuracy.value == pytest.approx((said[:, k] == true).mean())
            rates = (said[true, k].mean() + (~said[~true, k]).mean()) / 2
            assert result.balanced_accuracy.value == pytest.approx(rates)
            assert result.average_precision.value == pytest.approx(
                naive_average_precision(data.logits[:, k], data.labels[:, k])
            )
            assert result.majority_baseline == pytest.approx((true == (data.positive_rates[k] > 0.5)).mean())
            assert result.positive_share == pytest.approx(true.mean())
            for estimate in (result.accuracy, result.balanced_accuracy, result.average_precision):
                assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
        assert found.mean_accuracy.value == pytest.approx((said == data.labels).mean())
        assert (found.people, found.resampled, found.images) == (40, "people", 400)

    def test_intervals_cover_the_truth_when_people_repeat_themselves(self) -> None:
        """Ten copies of each person's only photo say no more than one: the interval must not shrink."""
        single = scored(n=60, people=1)
        alone = Scored(single.logits, single.labels, np.arange(60, dtype=np.int32), single.positive_rates)
        copies = np.repeat(np.arange(60), 10)
        copied = Scored(
            single.logits[copies], single.labels[copies], copies.astype(np.int32), single.positive_rates
        )
        as_images = Scored(copied.logits, copied.labels, np.full(600, -1, np.int32), single.positive_rates)
        width = [e.high - e.low for e in (measured(d).mean_accuracy for d in (alone, copied, as_images))]
        assert width[1] == pytest.approx(width[0], rel=0.05)
        assert width[2] < width[0] / 2.5

    def test_the_interval_of_one_accuracy_is_the_binomial_one(self) -> None:
        data = scored(n=2000)
        found = (
            measured(Scored(data.logits, data.labels, np.full(2000, -1, np.int32), data.positive_rates))
            .attributes[3]
            .accuracy
        )
        expected = 1.96 * math.sqrt(found.value * (1 - found.value) / 2000)
        assert (found.high - found.low) / 2 == pytest.approx(expected, rel=0.12)

    @pytest.mark.parametrize(
        ("identities", "people", "resampled", "reason"),
        [
            ([-1] * 6, None, "images", "nobody is known"),
            ([4, 4, 9, 9, 9, 7], 3, "people", "all are known, by any number"),
            ([4, 4, -1, -1, 9, 9], 2, "people", "an unknown person's image stands alone"),
        ],
    )
    def test_says_what_was_resampled(
        self, identities: list[int], people: int | None, resampled: str, reason: str
    ) -> None:
        data = scored(n=6)
        found = measured(Scored(data.logits, data.labels, np.array(identities), data.positive_rates))
        assert (found.people, found.resampled) == (people, resampled), reason

    def test_one_class_only_has_no_balanced_accuracy_and_leaves_the_means(self) -> None:
        data = scored()
        data.labels[:, 0], data.labels[:, 1] = 0, 1
        found = measured(data)
        never, always = found.attributes[:2]
        assert_nan(never.balanced_accuracy, never.average_precision, always.balanced_accuracy)
        assert always.average_precision.value == 1
        rest = [result.balanced_accuracy.value for result in found.attributes[2:]]
        assert found.mean_balanced_accuracy.value == pytest.approx(np.mean(rest))
        assert found.as_json()["attributes"][0]["balanced_accuracy"] == {
            "value": None, "low": None, "high": None,
        }  # fmt: skip

    def test_one_person_gives_no_interval(self) -> None:
        found = measured(scored(people=1)).mean_accuracy
        assert 0 < found.value < 1 and math.isnan(found.low) and math.isnan(found.high)

    def test_measuring_twice_gives_the_same(self) -> None:
        assert measured(scored()) == measured(scored())

    @settings(max_examples=10, deadline=None)
    @given(st.integers(0, 2**32 - 1))
    def test_order_of_images_does_not_change_values(self, seed: int) -> None:
        data = scored(n=50, people=10)
        order = np.random.default_rng(seed).permutation(50)
        shuffled = Scored(data.logits[order], data.labels[order], data.identities[order], data.positive_rates)
        # People keep their place in the draw, so that even the intervals are the same.
        np.testing.assert_allclose(means(measured(shuffled)), means(measured(data)), rtol=1e-6)

    def test_resampling_in_blocks_draws_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = measured(scored())
        monkeypatch.setattr("semblante.metrics.resampling.MAX_BLOCK_VALUES", 1500)
        np.testing.assert_allclose(means(measured(scored())), means(whole), rtol=1e-9)


class TestBinarySummary:
    def test_is_the_same_as_the_whole_evaluation(self) -> None:
        data = scored()
        summary, whole = binary_summary(data.logits, data.labels, data.positive_rates), measured(data)
        assert summary.accuracy == pytest.approx(whole.mean_accuracy.value)
        assert summary.balanced_accuracy == pytest.approx(whole.mean_balanced_accuracy.value)
        assert summary.majority_baseline == pytest.approx(whole.mean_majority_baseline)

    @pytest.mark.parametrize(
        ("logits", "labels", "loss", "reason"),
        [
            ([[0.0, 0.0]], [[0, 1]], math.log(2), "knowing nothing costs log 2"),
            ([[500.0, -500.0]], [[1, 0]], 0.0, "sure and right costs nothing, without overflow"),
            ([[500.0, -500.0]], [[0, 1]], 500.0, "sure and wrong costs the logit"),
            ([[NAN, 0.0]], [[0, 1]], NAN, "a diverged network is not hidden"),
            ([[np.inf, 0.0]], [[0, 1]], NAN, "nor is an infinite one"),
        ],
    )
    def test_loss(self, logits: list[Any], labels: list[Any], loss: float, reason: str) -> None:
        found = binary_summary(np.array(logits, np.float32), np.array(labels, np.uint8), np.array([0.5, 0.6]))
        assert found.loss == pytest.approx(loss, nan_ok=True), reason
        assert found.majority_baseline == np.mean([labels[0][0] == 0, labels[0][1] == 1])


def means(found: Evaluation) -> list[float]:
    return [
        figure
        for estimate in (found.mean_accuracy, found.mean_balanced_accuracy, found.mean_average_precision)
        for figure in (estimate.value, estimate.low, estimate.high)
    ]


def assert_nan(*estimates: Estimate) -> None:
    for estimate in estimates:
        assert math.isnan(estimate.value) and math.isnan(estimate.low) and math.isnan(estimate.high)
