"""Learning one person: the neuron is exact, its probabilities and promises hold on faces never seen."""

import base64
import copy
import json
import math
import re
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from functools import cache
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from faces_made_up import copy_descriptor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sentences import raises

from semblante.cli.advice import describe_with_advice
from semblante.errors import (
    BadName,
    Cancelled,
    FileAccessError,
    InvalidOption,
    ModelMismatch,
    NotAPersonFile,
    SamePhotos,
    TooFewPhotos,
)
from semblante.i18n import describe
from semblante.jobs import JobContext
from semblante.metrics import reliability
from semblante.person import (
    Examples,
    FitResult,
    Gallery,
    Person,
    check_base,
    check_name,
    decide,
    fit,
    open_person,
    relearn,
    save,
)
from semblante.person.calibration import (
    class_weights,
    fit_calibration,
    fit_rule,
    mean_excess,
    student_quantile,
    upper_bound,
)
from semblante.person.decision import FALSE_MATCH_RATE, FALSE_NON_MATCH_RATE, DecisionRule, prior_of
from semblante.person.examples import folds_of
from semblante.person.file import MAX_FILE_BYTES
from semblante.person.neuron import STEPS, principal_components, train
from semblante.types import Consent

Array = np.ndarray[Any, Any]
BASE = "0123456789abcdef" * 4


def faces(person: int, count: int, world: int = 0, d: int = 64, likeness: float = 1.0) -> Array:
    """Unit-length embeddings of one person's photos: a cone common to all, the person, the moment.

    `likeness` is how much the person counts against the moment; 0 makes people indistinguishable.
    """
    laws = np.random.default_rng(world)
    cone = 3 * np.abs(laws.normal(size=d)) / math.sqrt(d)
    axes = np.linalg.qr(laws.normal(size=(d, d)))[0] * (1 + np.arange(d))[:, None] ** -0.5 / 2
    rng = np.random.default_rng([world, person])
    who = likeness * rng.normal(size=d) @ axes
    seen = np.maximum(cone + who + rng.normal(size=(count, d)) @ axes, 0)
    lengths: Array = np.linalg.norm(seen, axis=1, keepdims=True)
    return np.asarray(seen / lengths, np.float32)


def crowd(count: int, first: int = 1, **laws: Any) -> Array:
    """One photo of each of `count` people."""
    return np.concatenate([faces(first + k, 1, **laws) for k in range(count)])


def gallery(embeddings: Array, kind: str = "photo") -> Gallery:
    descriptors = np.stack([copy_descriptor(each) for each in embeddings])
    return Gallery(embeddings, tuple(f"{kind} {k}" for k in range(len(embeddings))), descriptors)


def examples(positives: int, negatives: int, **laws: Any) -> Examples:
    return Examples(
        gallery(faces(0, positives, **laws), "positives"), gallery(crowd(negatives, **laws), "other")
    )


@cache
def small_person() -> Person:
    person = fit("Ana", examples(12, 110, d=16), BASE).person
    return replace(person, consent=Consent("self", date(2026, 11, 28)), birth_date=date(2001, 2, 3))


class TestName:
    @pytest.mark.parametrize(
        "name",
        [
            "Ana",
            "María José",
            "李雷",
            "O'Neil",
            "a/b",
            "..",
            "C:\\x",
            "👩‍👩‍👧",
            "x" * 200,
            "<b>",
            "{path}",
            "[red]",
        ],
    )
    def test_any_name_is_kept(self, name: str) -> None:
        assert check_name(name) == name

    @pytest.mark.parametrize(
        ("given", "kept", "reason"),
        [("  Ana\n", "Ana", "blanks at the ends"), ("José", "José", "decomposed accents are composed")],
    )
    def test_is_normalised(self, given: str, kept: str, reason: str) -> None:
        assert check_name(given) == kept, reason

    @pytest.mark.parametrize(
        ("name", "says", "reason"),
        [
            ("", "empty", "nothing"),
            (" \t\n", "empty", "blanks only"),
            ("\u200d", "empty", "a joiner alone shows nothing"),
            ("Ana\nLuz", "line breaks", "a line break"),
            ("Ana\x00", "control", "a control character"),
            ("Ana\u2028Luz", "line breaks", "Unicode's own line break"),
            ("Ana\udc80", "not valid", "bytes that were not text"),
            ("x" * 201, "201", "too long"),
        ],
    )
    def test_is_refused(self, name: str, says: str, reason: str) -> None:
        with raises(BadName, says):
            check_name(name)


def exact_loss(rows: Array, labels: Array, weights: Array, l2: float) -> float:
    """The least possible loss, by Newton's method with line search."""
    design = np.column_stack([rows.astype(np.float64), np.ones(len(rows))])
    penalty = np.full(design.shape[1], l2)
    penalty[-1] = 0
    point = np.zeros(design.shape[1])

    def loss(at: Array) -> float:
        logits = design @ at
        return float(weights @ (np.logaddexp(0, logits) - labels * logits) + penalty @ at**2 / 2)

    for _ in range(100):
        said = 1 / (1 + np.exp(-design @ point))
        slope = design.T @ (weights * (said - labels)) + penalty * point
        curvature = (design * (weights * said * (1 - said))[:, None]).T @ design + np.diag(penalty)
        step, size = np.linalg.solve(curvature + 1e-13 * np.eye(len(point)), slope), 1.0
        while loss(point - size * step) > loss(point) and size > 1e-9:
            size /= 2
        point = point - size * step
        if slope @ step < 1e-13:
            break
    return loss(point)


class TestNeuron:
    @pytest.mark.parametrize(
        ("positives", "negatives", "laws", "reason"),
        [
            (5, 5, {"d": 64}, "fewest photos, fewer than embeddings"),
            (100, 400, {"d": 64}, "more photos than embeddings, apart"),
            (20, 300, {"d": 64, "likeness": 0.2}, "not to be told apart"),
            (10, 300, {"d": 128, "likeness": 4.0}, "so far apart that the gradient nearly vanishes"),
            (30, 90, {"d": 300}, "far more embeddings than photos"),
        ],
    )
    def test_adam_reaches_the_optimum(
        self, positives: int, negatives: int, laws: dict[str, Any], reason: str
    ) -> None:
        shown = examples(positives, negatives, **laws)
        rows = np.concatenate([shown.positives.embeddings, shown.negatives.embeddings])
        rows = (rows - shown.negatives.embeddings.mean(axis=0)) / np.float32(0.6)
        labels = np.repeat([1, 0], [positives, negatives])
        weights, penalties = class_weights(labels), np.array([1e-4, 1e-3, 1e-2])
        components = principal_components(rows, weights)
        neurons = train(components, labels, np.repeat(weights[:, None], 3, axis=1), penalties)
        for k, l2 in enumerate(penalties):
            logits = neurons.logits(components.coordinates)[:, k].astype(np.float64)
            reached = weights @ (np.logaddexp(0, logits) - labels * logits)
            reached += l2 / 2 * float(neurons.weights[:, k] @ neurons.weights[:, k])
            # Along the components the optimum is that of the rows, at far fewer coordinates.
            least = exact_loss(components.coordinates, labels, weights, float(l2))
            assert reached == pytest.approx(least, rel=1e-3), reason

    @pytest.mark.parametrize(
        ("d", "reason"), [(20, "through the covariance"), (200, "through the Gram matrix")]
    )
    def test_components_lose_nothing(self, d: int, reason: str) -> None:
        rows = np.random.default_rng(d).normal(size=(60, d)).astype(np.float32)
        weights = class_weights(np.repeat([1, 0], [20, 40]))
        components = principal_components(rows, weights)
        centred = rows - components.mean
        np.testing.assert_allclose(
            components.coordinates @ components.coordinates.T, centred @ centred.T, atol=1e-3, err_msg=reason
        )
        along = np.random.default_rng(1).normal(size=len(components.variances))
        np.testing.assert_allclose(
            centred @ components.to_rows(along), components.coordinates @ along, atol=1e-3
        )

    def test_a_row_of_no_weight_is_not_seen(self) -> None:
        shown = examples(10, 40, d=16)
        rows = np.concatenate([shown.positives.embeddings, shown.negatives.embeddings])
        labels = np.repeat([1, 0], [10, 40])
        components = principal_components(rows, class_weights(labels))
        weights = class_weights(labels)
        weights[[0, 20]] = 0
        flipped = labels.copy()
        flipped[[0, 20]] ^= 1
        l2 = np.array([1e-2])
        seen, unseen = (train(components, y, weights[:, None], l2).weights for y in (labels, flipped))
        np.testing.assert_array_equal(seen, unseen)

    @pytest.mark.parametrize(
        ("positives", "negatives", "d", "reason"),
        [(30, 60, 16, "covariance"), (8, 20, 300, "Gram matrix")],
    )
    def test_the_way_back_to_features_is_right(
        self, positives: int, negatives: int, d: int, reason: str
    ) -> None:
        """On the photos that it learnt from, the neuron must tell nearly all; a wrong bias would not."""
        shown = examples(positives, negatives, d=d, likeness=3.0)
        neuron = fit("Ana", shown, BASE).person.neuron
        assert (neuron.logits(shown.positives.embeddings) > 0).all(), reason
        assert (neuron.logits(shown.negatives.embeddings) < 0).all(), reason


class TestPhotos:
    @pytest.mark.parametrize(
        ("positives", "negatives", "says", "reason"),
        [
            (0, 10, "Ana: 0 usable photos, 5 needed; add 5", "none at all"),
            (1, 10, "Ana: 1 usable photo, 5 needed; add 4", "one"),
            (4, 10, "Ana: 4 usable photos, 5 needed; add 1", "one short"),
            (5, 3, "Others: 3 usable photos, 5 needed; add 2", "too few others"),
        ],
    )
    def test_too_few(self, positives: int, negatives: int, says: str, reason: str) -> None:
        some = examples(5, 10)
        few = Examples(
            Gallery(some.positives.embeddings[:positives], some.positives.sources[:positives]),
            Gallery(some.negatives.embeddings[:negatives], some.negatives.sources[:negatives]),
        )
        with pytest.raises(TooFewPhotos) as raised:
            fit("Ana", few, BASE)
        assert describe(raised.value) == says, reason

    @pytest.mark.parametrize("side", ["positives", "negatives"])
    def test_one_moment_many_times(self, side: str) -> None:
        shown = examples(6, 6)
        same = np.repeat(getattr(shown, side).embeddings[:1], 6, axis=0)
        sides = {"positives": shown.positives, "negatives": shown.negatives, side: gallery(same)}
        with raises(TooFewPhotos, "the 6 photos show 1 moment "):
            fit("Ana", Examples(**sides), BASE)

    def test_few_moments_many_times(self) -> None:
        """Four saves of one photo and another: five files, and two moments. A copy makes no fifth photo."""
        shown = examples(7, 6)
        rows = shown.positives.embeddings
        with pytest.raises(TooFewPhotos) as raised:
            fit("Ana", Examples(gallery(rows[[0, 0, 0, 0, 1]]), shown.negatives), BASE)
        said = describe(raised.value)
        assert said.startswith("Ana: the 5 photos show 2 moments (")
        assert said.endswith("5 needed; add photos of other moments")
        with raises(TooFewPhotos, "show 4 moments"):
            fit("Ana", Examples(gallery(rows[[0, 0, 1, 2, 3]]), shown.negatives), BASE)
        assert fit("Ana", Examples(gallery(rows[[0, 0, 1, 2, 3, 4]]), shown.negatives), BASE)

    @pytest.mark.parametrize(
        ("shared", "reason"), [(8, "both folders are the same"), (1, "one photo is in both")]
    )
    def test_positives_and_negatives_being_the_same(self, shared: int, reason: str) -> None:
        positives, negatives = faces(0, 8), crowd(20)
        negatives[3 : 3 + shared] = positives[:shared]
        with raises(SamePhotos, rf"positives 0 and other 3 are the same.*\({shared} such"):
            fit("Ana", Examples(gallery(positives, "positives"), gallery(negatives, "other")), BASE)

    def test_a_photo_saved_again_is_still_the_same(self) -> None:
        shown = examples(8, 20)
        again = shown.positives.embeddings[2] + np.float32(1e-4) * faces(7, 1)[0]
        negatives = np.concatenate([shown.negatives.embeddings, (again / np.linalg.norm(again))[None]])
        with pytest.raises(SamePhotos):
            fit("Ana", Examples(shown.positives, gallery(negatives)), BASE)

    def test_people_in_a_narrow_cone_are_not_the_same(self) -> None:
        """Every cosine is above 0.9999 here, and yet the photos differ."""
        shown = examples(10, 40)
        moved = [g.embeddings + np.float32(100) for g in (shown.positives, shown.negatives)]
        narrow = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in moved]
        assert (narrow[0] @ narrow[1].T).min() > 0.9999
        learnt = fit("Ana", Examples(gallery(narrow[0]), gallery(narrow[1])), BASE)
        assert learnt.person.evaluation.roc.area > 0.9

    @pytest.mark.parametrize("side", ["positives", "negatives"])
    def test_a_validation_photo_must_be_new(self, side: str) -> None:
        shown, fresh = examples(8, 20), examples(16, 20)
        new = {
            "positives": gallery(fresh.positives.embeddings[8:]),
            "negatives": gallery(crowd(20, first=500)),
        }
        leak = getattr(shown, side).embeddings[:1]
        new[side] = gallery(np.concatenate([new[side].embeddings, leak]))
        with pytest.raises(SamePhotos):
            fit("Ana", shown, BASE, validation=Examples(**new))

    @given(st.lists(st.integers(0, 12), min_size=5, max_size=60), st.integers(2, 5))
    def test_folds_keep_groups_together_and_fill_evenly(self, groups: list[int], count: int) -> None:
        names, sizes = np.unique(groups, return_counts=True)
        if len(names) < count:
            return
        folds = folds_of(np.array(groups), count, np.random.default_rng(0))
        for name in names:
            assert len(set(folds[np.array(groups) == name])) == 1
        filled = np.bincount(folds, minlength=count)
        assert filled.min() >= 1 and filled.max() - filled.min() <= sizes.max()

    def test_copies_do_not_fool_the_evaluation(self) -> None:
        """People cannot be told apart here; each of her photos three times must not look like knowledge."""
        shown = examples(10, 200, likeness=0.0)
        tripled = gallery(np.repeat(shown.positives.embeddings, 3, axis=0))
        assert fit("Ana", Examples(tripled, shown.negatives), BASE).person.evaluation.roc.area < 0.75


class TestCalibration:
    @pytest.mark.parametrize(
        ("degrees", "share", "table"),
        # Any printed table of Student's t.
        [
            (4, 0.999, 7.1732),
            (4, 0.975, 2.7764),
            (9, 0.999, 4.2968),
            (19, 0.999, 3.5794),
            (500, 0.999, 3.1066),
        ],
    )
    def test_student_quantile(self, degrees: int, share: float, table: float) -> None:
        assert student_quantile(share, degrees) == pytest.approx(table, rel=1e-4)

    @pytest.mark.parametrize(
        ("count", "rate", "draw", "reason"),
        [
            (1500, 0.01, "normal", "counted: any distribution will do"),
            (1500, 0.01, "exponential", "counted: a heavy tail too"),
            (60, 0.025, "uniform", "counted"),
            (1500, 0.001, "exponential", "estimated from the tail, though one could be counted"),
            (4000, 0.0002, "exponential", "estimated from the tail"),
            (5, 0.001, "normal", "estimated from five"),
            (50, 0.001, "normal", "estimated from fifty"),
        ],
    )
    @pytest.mark.slow
    def test_one_more_passes_the_bound_as_rarely_as_promised(
        self, count: int, rate: float, draw: str, reason: str
    ) -> None:
        rng = np.random.default_rng(count)
        samples: Callable[..., Array] = getattr(rng, draw)
        beyond: Callable[[float], float] = {
            "normal": lambda x: 1 - NormalDist().cdf(x),
            "exponential": lambda x: math.exp(-x),
            "uniform": lambda x: 1 - x,
        }[draw]
        passing = [beyond(upper_bound(samples(size=count), rate)) for _ in range(4000)]
        assert rate / 2 < np.mean(passing) <= rate * 1.2, reason

    def test_a_thinner_tail_passes_less_often_than_promised(self) -> None:
        rng = np.random.default_rng(0)
        bounds = [upper_bound(rng.normal(size=4000), 0.0002) for _ in range(200)]
        assert 0.00002 < np.mean([1 - NormalDist().cdf(bound) for bound in bounds]) < 0.0002

    def test_equal_values_have_that_value_for_a_bound(self) -> None:
        assert upper_bound(np.zeros(2000), 0.0002) == 0

    def test_the_bound_is_never_below_what_was_seen(self) -> None:
        assert upper_bound(np.append(np.zeros(99), 50.0), 0.001) >= 50

    def test_the_mean_excess_is_the_scale_of_the_tail(self) -> None:
        rng = np.random.default_rng(0)
        assert mean_excess(3 * rng.exponential(size=200_000)) == pytest.approx(3, rel=0.05)
        assert mean_excess(rng.normal(size=400_000)) == pytest.approx(0.418, rel=0.02)
        assert mean_excess(rng.normal(size=999)) == pytest.approx(0.418, rel=0.1), "too few for a tail"

    @pytest.mark.parametrize("prior", [0.5, 0.02])
    def test_calibration_finds_the_true_odds(self, prior: float) -> None:
        """Normal logits of equal spread have log-odds that are a line: here 2 (logit - 3) and the prior's."""
        rng = np.random.default_rng(0)
        labels = np.repeat([1, 0], [8000, 16_000])
        logits = rng.normal(size=24_000) + np.where(labels, 4.0, 2.0)
        slope, offset = fit_calibration(logits, labels, prior, 0.001, 1 - 1e-9)
        assert slope == pytest.approx(2, rel=0.05)
        assert slope * 3 + offset == pytest.approx(math.log(prior / (1 - prior)), abs=0.15)

    @pytest.mark.parametrize("at_most", [0.9, 0.3])
    def test_nobody_at_the_bound_is_likelier_than_may_be(self, at_most: float) -> None:
        rng = np.random.default_rng(0)
        labels = np.repeat([1, 0], [40, 4000])
        logits = rng.normal(size=4040) + 8 * labels
        slope, offset = fit_calibration(logits, labels, 0.02, 0.001, at_most)
        bound = upper_bound(logits[labels == 0], 0.001)
        assert 1 / (1 + math.exp(-slope * bound - offset)) <= at_most + 1e-9

    def test_between_the_person_and_the_others_there_is_room_for_doubt(self) -> None:
        """Faces halfway are of neither: of people unlike all who were seen, perhaps."""
        rng = np.random.default_rng(3)
        rule = rule_of(60 + rng.normal(size=10), rng.normal(size=4000))
        halfway, near, own = rule.probabilities(np.array([30.0, 36.7, 60.0])).tolist()
        assert rule.verdict(near) == "unsure" and rule.verdict(own) == "yes"
        assert halfway < 0.9

    @pytest.mark.parametrize(
        ("logits", "reason"),
        [
            (np.append(np.linspace(-90.0, -80, 60), np.linspace(0, 5, 30)), "ranked below the others"),
            (np.zeros(90), "all logits are equal"),
        ],
    )
    def test_calibration_claims_nothing_from_nothing(self, logits: Array, reason: str) -> None:
        slope, offset = fit_calibration(logits, np.repeat([1, 0], [60, 30]), 0.02, 0.001, 0.9)
        assert slope == 0 and offset == pytest.approx(math.log(0.02 / 0.98)), reason

    @pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
    def test_calibration_does_not_mind_the_scale(self, scale: float) -> None:
        rng = np.random.default_rng(1)
        labels = np.repeat([1, 0], [20, 300])
        logits = rng.normal(size=320) + 2 * labels
        found = fit_calibration(logits * scale, labels, 0.02, 0.001, 0.9)
        plain = fit_calibration(logits, labels, 0.02, 0.001, 0.9)
        assert found[0] * scale == pytest.approx(plain[0], rel=1e-4)
        assert found[1] == pytest.approx(plain[1], rel=1e-4, abs=1e-6)

    def test_few_photos_claim_less_than_many(self) -> None:
        """However far from the others five photos lie, the calibration rises as it does for people."""
        rng = np.random.default_rng(2)
        others = rng.normal(size=4000)

        def slope(positives: int) -> float:
            labels = np.repeat([1, 0], [positives, 4000])
            logits = np.append(np.full(positives, 40.0), others)
            return fit_calibration(logits, labels, 0.02, 0.001, 0.9)[0] * mean_excess(others)

        assert 1.6 < slope(5) < slope(500) < 4


def rule_of(own: Array, others: Array, rate: float = 0.001) -> DecisionRule:
    logits, labels = np.append(own, others), np.repeat([1, 0], [len(own), len(others)])
    return fit_rule(logits, labels, rate, strictness=1.0)


class TestOneScale:
    """A verdict follows from the probability alone, and both rise with the logit."""

    @settings(max_examples=60, deadline=None)
    @given(
        seed=st.integers(0, 2**32 - 1),
        positives=st.integers(5, 60),
        negatives=st.sampled_from([5, 40, 900, 1500]),
        distance=st.floats(-4, 60),
        spread=st.floats(0, 20),
        rate=st.sampled_from([1e-6, 0.001, 0.01, 0.1]),
    )
    def test_rises_with_the_logit_and_has_room_for_doubt(
        self, seed: int, positives: int, negatives: int, distance: float, spread: float, rate: float
    ) -> None:
        rng = np.random.default_rng(seed)
        own, others = distance + spread * rng.normal(size=positives), rng.normal(size=negatives)
        rule = rule_of(own, others, rate)
        logits = np.sort(np.concatenate([own, others, np.linspace(-200, 200, 2001)]))
        probabilities = rule.probabilities(logits)
        assert (np.diff(probabilities) >= -1e-15).all()
        verdicts = list(map(rule.verdict, probabilities.tolist()))
        assert verdicts == sorted(verdicts, key=["no", "unsure", "yes"].index)
        by_verdict = {
            each: probabilities[[verdict == each for verdict in verdicts]] for each in ("yes", "unsure", "no")
        }
        assert (by_verdict["yes"] > 0.9).all() and (by_verdict["no"] < 0.1).all()
        assert 0 < rule.no_below <= 0.1 < 0.9 == rule.yes_above
        assert rule.verdict(rule.no_below) == rule.verdict(rule.yes_above) == "unsure"

    @settings(max_examples=40, deadline=None)
    @given(seed=st.integers(0, 2**32 - 1), distance=st.floats(3, 30), spread=st.floats(0.3, 5))
    def test_fewer_photos_leave_more_in_doubt(self, seed: int, distance: float, spread: float) -> None:
        """The same photos twice say more than once: where a no begins only moves up."""
        rng = np.random.default_rng(seed)
        own, others = distance + spread * rng.normal(size=6), rng.normal(size=1500)
        lowest = [-upper_bound(-np.tile(own, repeated), FALSE_NON_MATCH_RATE) for repeated in (1, 2, 6)]
        assert lowest == sorted(lowest)
        rules = [rule_of(np.tile(own, k), others) for k in (1, 6)]
        assert all(rule.no_below >= 0.05 * rule.prior for rule in rules)

    def test_a_yes_keeps_the_false_match_rate(self) -> None:
        rng = np.random.default_rng(4)
        for positives in (5, 20, 200):
            own, others = 5 + rng.normal(size=positives), rng.normal(size=4000)
            rule = rule_of(own, others)
            new = rule.probabilities(rng.normal(size=400_000))
            assert (new > rule.yes_above).mean() < 0.001


def try_on_unseen(positives: int, negatives: int, worlds: int, likeness: float) -> dict[str, Any]:
    """Learn in several worlds and ask about 100 new photos of each person and 1,500 new strangers."""
    verdicts, probabilities, labels = [], [], np.repeat([1, 0], [100, 1500])
    for world in range(worlds):
        laws: dict[str, Any] = {"world": world, "likeness": likeness, "d": 32}
        all_positives = faces(0, positives + 100, **laws)
        shown = Examples(gallery(all_positives[:positives]), gallery(crowd(negatives, **laws)))
        asked = np.concatenate([all_positives[positives:], crowd(1500, first=10**6, **laws)])
        given = decide(fit("Ana", shown, BASE).person, asked, [""] * len(asked))
        verdicts.append([answer.verdict for answer in given])
        probabilities.append([answer.probability for answer in given])
    said, true = np.array(verdicts), labels == 1
    pooled, repeated = np.array(probabilities).ravel(), np.tile(labels, worlds)
    return {
        "false_yes": (said[:, ~true] == "yes").mean(),
        "false_no": (said[:, true] == "no").mean(),
        "yes": (said[:, true] == "yes").mean(),
        "unsure": ((said[:, true] == "unsure").mean() + (said[:, ~true] == "unsure").mean()) / 2,
        "reliability": reliability(pooled, repeated, class_weights(repeated, prior_of(FALSE_MATCH_RATE))),
    }


@pytest.mark.slow
class TestPromises:
    @pytest.mark.parametrize(
        ("positives", "negatives", "likeness", "yes", "unsure", "reason"),
        [
            (5, 20, 1.0, (0.0, 0.8), (0.3, 1.0), "thin evidence: mostly unsure, not mostly wrong"),
            (10, 200, 1.0, (0.3, 1.0), (0.0, 0.45), "ten photos are enough to say something"),
            (30, 1000, 1.0, (0.45, 1.0), (0.0, 0.3), "thirty and a crowd say most of it"),
            (100, 1000, 1.5, (0.75, 1.0), (0.0, 0.15), "a hundred leave little open"),
            (30, 1000, 0.0, (0.0, 0.03), (0.9, 1.0), "where nothing can be told, nearly all is unsure"),
        ],
    )
    def test_on_people_never_seen(
        self,
        positives: int,
        negatives: int,
        likeness: float,
        yes: tuple[float, float],
        unsure: tuple[float, float],
        reason: str,
    ) -> None:
        found = try_on_unseen(positives, negatives, worlds=6, likeness=likeness)
        assert found["false_yes"] <= 0.003, reason
        assert found["false_no"] <= 0.06, reason
        assert yes[0] <= found["yes"] <= yes[1], reason
        assert unsure[0] <= found["unsure"] <= unsure[1], reason

    @pytest.mark.parametrize(("positives", "negatives"), [(30, 300), (100, 1000)])
    def test_probabilities_are_calibrated_on_people_never_seen(self, positives: int, negatives: int) -> None:
        curve = try_on_unseen(positives, negatives, worlds=6, likeness=0.7)["reliability"]
        assert curve.expected_calibration_error < 0.005
        gaps = np.abs(np.subtract(curve.mean_predicted, curve.fraction_positive))
        assert len(gaps) == 15 and gaps.mean() < 0.12, "in every bin of the scale"

    def test_five_photos_do_not_make_it_overconfident(self) -> None:
        curve = try_on_unseen(5, 200, worlds=10, likeness=1.0)["reliability"]
        for said, true in zip(curve.mean_predicted, curve.fraction_positive, strict=True):
            assert said < 0.7 or true > said - 0.05


class TestFit:
    def test_learning_twice_gives_the_same(self) -> None:
        shown = examples(12, 60)
        first, second = fit("Ana", shown, BASE), fit("Ana", shown, BASE)
        np.testing.assert_array_equal(first.person.neuron.weights, second.person.neuron.weights)
        assert first.person.rule == second.person.rule and first.person.evaluation == second.person.evaluation

    @pytest.mark.parametrize(("rate", "passing"), [(0.01, 19), (0.05, 99), (0.1, 199)])
    def test_no_more_get_a_yes_than_the_rate_allows(self, rate: float, passing: int) -> None:
        """Of 1,999 others so many may: one more is as likely to take any place."""
        learnt = fit("Ana", examples(10, 1999, d=16), BASE, false_match_rate=rate)
        theirs = learnt.held_out.probabilities[learnt.held_out.labels == 0]
        assert passing / 4 < (theirs > learnt.person.rule.yes_above).sum() <= passing
        assert learnt.person.rule.false_match_rate == rate

    @pytest.mark.parametrize("rate", [0.0, -0.1, 0.11, 2.0, math.nan])
    def test_a_rate_that_no_threshold_could_keep(self, rate: float) -> None:
        with raises(InvalidOption, r"more than 0 and at most 0\.1"):
            fit("Ana", examples(10, 20), BASE, false_match_rate=rate)

    def test_learnt_anew_it_is_the_same_person_with_the_same_promise(self) -> None:
        shown = examples(12, 60)
        first = fit("Ana", shown, BASE, false_match_rate=0.05).person
        with_folder = replace(first, base_folder=Path("base"))
        more = Examples(gallery(faces(0, 20)), shown.negatives)
        again = relearn(with_folder, more).person
        assert (again.name, again.base_sha256, again.base_folder) == ("Ana", BASE, Path("base"))
        assert (again.photos_of_person, again.rule.false_match_rate) == (20, 0.05)
        same = relearn(with_folder, shown).person
        np.testing.assert_array_equal(same.neuron.weights, first.neuron.weights)

    def test_evaluation_is_of_photos_held_out_in_turn(self) -> None:
        learnt = fit("Ana", examples(12, 110), BASE)
        evaluation, held_out = learnt.person.evaluation, learnt.held_out
        assert evaluation.method == "cross-validation"
        assert (evaluation.photos_of_person, evaluation.photos_of_others) == (12, 110)
        assert evaluation.tpr_at_fpr_1_percent is not None and evaluation.tpr_at_fpr_01_percent is None
        assert sum(evaluation.reliability.counts) == 122
        assert held_out.labels.tolist() == [1] * 12 + [0] * 110
        assert held_out.indices.tolist() == [*range(12), *range(110)]
        np.testing.assert_allclose(
            held_out.probabilities, learnt.person.rule.probabilities(held_out.logits), rtol=1e-12
        )

    def test_a_validation_set_is_the_evaluation(self) -> None:
        everyone = faces(0, 40)
        shown = Examples(gallery(everyone[:20]), gallery(crowd(50)))
        fresh = Examples(gallery(everyone[20:]), gallery(crowd(130, first=1000)))
        learnt = fit("Ana", shown, BASE, validation=fresh)
        evaluation = learnt.person.evaluation
        assert (evaluation.method, evaluation.photos_of_person, evaluation.photos_of_others) == (
            "validation",
            20,
            130,
        )
        assert (learnt.person.photos_of_person, learnt.person.photos_of_others) == (20, 50)
        asked = np.concatenate([fresh.positives.embeddings, fresh.negatives.embeddings])
        np.testing.assert_allclose(learnt.held_out.logits, learnt.person.neuron.logits(asked), rtol=1e-5)

    def test_negatives_beyond_the_trained_ones_are_evaluated_too(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("semblante.person.fitting.MAX_TRAINING_NEGATIVES", 100)
        shown = examples(10, 1200, d=16)
        learnt = fit("Ana", shown, BASE)
        assert learnt.person.evaluation.photos_of_others == 1200
        direct = learnt.person.neuron.logits(shown.negatives.embeddings)
        same = np.isclose(learnt.held_out.logits[10:], direct, rtol=1e-6)
        assert 1100 <= same.sum() <= 1110

    def test_answers_keep_their_photos(self) -> None:
        given = decide(small_person(), crowd(3, d=16), ["a", "b", "c"])
        assert [answer.source for answer in given] == ["a", "b", "c"]
        assert decide(small_person(), np.zeros((0, 16), np.float32), []) == []


class TestBase:
    def test_another_base_is_refused_and_says_what_to_do(self) -> None:
        person = small_person()
        check_base(person, BASE)
        with pytest.raises(ModelMismatch) as raised:
            check_base(person, "f" * 64)
        said = describe_with_advice(raised.value)
        assert re.search(r"0123456789ab….*ffffffffffff….*semblante learn", said)


@pytest.fixture(scope="module")
def person_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("person") / "ana.json"
    save(small_person(), path)
    return path


def leaves(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if isinstance(value, dict):
        return [path, *(leaf for key in value for leaf in leaves(value[key], (*path, key)))]
    return [path]


FIELDS = [
    path
    for path in leaves(
        {
            "format": 0,
            "name": 0,
            "consent": {"who": 0, "on": 0, "note": 0},
            "birth_date": 0,
            "base": {"sha256": 0, "embedding_size": 0, "folder": 0},
            "neuron": {"encoding": 0, "weights": 0, "bias": 0, "l2": 0},
            "rule": dict.fromkeys(
                (
                    "slope", "offset", "yes_above", "no_below",
                    "prior", "false_match_rate", "false_non_match_rate",
                ),
            ),
            "ages": 0,
            "photos": {"of_person": 0, "moments_of_person": 0, "of_others": 0, "background": 0},
            "evaluation": {
                "method": 0, "photos_of_person": 0, "photos_of_others": 0, "background": 0,
                "tpr_at_fpr_1_percent": {"value": 0, "low": 0, "high": 0},
                "tpr_at_fpr_01_percent": 0,
                "roc": {"false_positive_rate": 0, "true_positive_rate": 0, "area": 0},
                "reliability": {
                    "mean_predicted": 0,
                    "fraction_positive": 0,
                    "counts": 0,
                    "expected_calibration_error": 0,
                },
            },
            "sha256": 0,
        }
    )
    if path
]  # fmt: skip


NULL_ALREADY = {"folder", "tpr_at_fpr_01_percent"}
"""Nobody said where the base lies, and 110 strangers cannot show 1 in 1,000."""

PARTNERS = {
    "embedding_size": "neuron.weights",
    "false_positive_rate": "true_positive_rate",
    "mean_predicted": "counts",
    "fraction_positive": "counts",
}
"""Fields that must fit each other: where one is damaged by itself, the other is the one named."""


def changed(
    content: dict[str, Any], path: tuple[str, ...], change: Callable[[dict[str, Any], str], Any]
) -> str:
    altered = copy.deepcopy(content)
    inner = altered
    for key in path[:-1]:
        inner = inner[key]
    change(inner, path[-1])
    return json.dumps(altered)


class TestFile:
    def test_comes_back_as_it_was(self, tmp_path: Path) -> None:
        learnt: FitResult = fit("Ana", examples(12, 110), BASE)
        consent = Consent("parent", date(2026, 11, 28), "José, on the phone")
        person = replace(learnt.person, consent=consent, birth_date=date(2021, 2, 3))
        save(person, tmp_path / "ana.json")
        found = open_person(tmp_path / "ana.json")
        assert (found.consent, found.birth_date) == (consent, date(2021, 2, 3))
        np.testing.assert_array_equal(found.neuron.weights, learnt.person.neuron.weights)
        assert (found.neuron.bias, found.neuron.l2) == (learnt.person.neuron.bias, learnt.person.neuron.l2)
        assert asdict(found.evaluation) == asdict(learnt.person.evaluation)
        assert found.rule == learnt.person.rule
        assert (found.name, found.base_sha256) == ("Ana", BASE)
        assert (found.photos_of_person, found.photos_of_others) == (12, 110)

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.text(max_size=30))
    def test_any_name_comes_back(self, tmp_path: Path, name: str) -> None:
        try:
            kept = check_name(name)
        except BadName:
            return
        save(replace(small_person(), name=kept), tmp_path / "person.json")
        assert open_person(tmp_path / "person.json").name == kept

    def test_details_may_be_unknown(self, tmp_path: Path) -> None:
        save(replace(small_person(), consent=None, birth_date=None), tmp_path / "person.json")
        found = open_person(tmp_path / "person.json")
        assert (found.consent, found.birth_date) == (None, None)

    def test_holds_every_field_that_the_tests_damage(self, person_file: Path) -> None:
        assert sorted(leaves(json.loads(person_file.read_text(encoding="utf-8")))[1:]) == sorted(FIELDS)

    @pytest.mark.parametrize("path", FIELDS, ids=".".join)
    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            (None, "null"),
            (True, "a truth value is no number"),
            ("x", "some text"),
            (-3.5, "a number out of range or of the wrong kind"),
            (10**400, "a number beyond every float"),
            ([], "an empty list"),
            ([None], "a list of nothing"),
            ({}, "an empty object"),
        ],
    )
    def test_a_damaged_field_is_named(
        self, person_file: Path, tmp_path: Path, path: tuple[str, ...], value: Any, reason: str
    ) -> None:
        content = json.loads(person_file.read_text(encoding="utf-8"))
        if (value is None and path[-1] in NULL_ALREADY) or (value == [] and path == ("ages",)):
            return

        def put(inner: dict[str, Any], key: str) -> None:
            inner[key] = value

        damaged = tmp_path / "damaged.json"
        damaged.write_text(changed(content, path, put), encoding="utf-8")
        with pytest.raises(NotAPersonFile) as raised:
            open_person(damaged)
        sentence = describe(raised.value)
        # A value that fits by itself is still not the one that was written: then the hash tells.
        named = (path[-1], PARTNERS.get(path[-1], "sha256"), "sha256")
        assert "damaged.json" in sentence and any(name in sentence for name in named), reason

    @pytest.mark.parametrize("path", FIELDS, ids=".".join)
    def test_a_missing_field_is_named(self, person_file: Path, tmp_path: Path, path: tuple[str, ...]) -> None:
        content = json.loads(person_file.read_text(encoding="utf-8"))
        damaged = tmp_path / "damaged.json"
        damaged.write_text(changed(content, path, dict.__delitem__), encoding="utf-8")
        with raises(NotAPersonFile, path[-1]):
            open_person(damaged)

    def test_no_shorter_file_is_a_person(self, person_file: Path, tmp_path: Path) -> None:
        content = person_file.read_bytes().rstrip()
        cut = tmp_path / "cut.json"
        for length in {*range(0, len(content), 97), len(content) - 1}:
            cut.write_bytes(content[:length])
            with raises(NotAPersonFile, "not JSON"):
                open_person(cut)

    @pytest.mark.parametrize(
        ("old", "new", "says", "reason"),
        [
            ('"yes_above": 0.9', '"yes_above": 0.8', "sha256", "a fitting number, but another one"),
            ('"name": "Ana"', '"name": "Eva"', "sha256", "another name"),
            ('"name": "Ana"', '"name": " Ana"', "name", "a name that was never kept so"),
            ('"bias": ', '"bias": NaN, "b": ', "not JSON", "NaN is not JSON"),
            ('"bias": ', '"bias": 1e999, "b": ', "neuron.bias", "infinity in disguise"),
            ("semblante person 3", "semblante person 4", "format", "a later format"),
            ('"who": "self"', '"who": "nobody"', "consent.who", "nobody who can agree"),
            ('"2001-02-03"', '"20010203"', "birth_date", "a day in another form"),
            ("little-endian", "big-endian", "neuron.encoding", "another encoding"),
            ('"weights": "', '"weights": "AAAA', "neuron.weights", "too many weights"),
            ('"weights": "', '"weights": "!', "neuron.weights", "not base64"),
            ('"embedding_size": 16', '"embedding_size": 17', "neuron.weights", "a length that does not fit"),
        ],
    )
    def test_tampering_is_found(
        self, person_file: Path, tmp_path: Path, old: str, new: str, says: str, reason: str
    ) -> None:
        content = person_file.read_text(encoding="utf-8")
        assert content.count(old) == 1
        altered = tmp_path / "altered.json"
        altered.write_text(content.replace(old, new), encoding="utf-8")
        with raises(NotAPersonFile, says):
            open_person(altered)

    def test_knows_its_base_again_when_both_have_moved(self, tmp_path: Path) -> None:
        here = tmp_path / "here"
        (here / "base").mkdir(parents=True)
        save(replace(small_person(), base_folder=here / "base"), here / "people" / "ana.json")
        here.rename(tmp_path / "there")
        found = open_person(tmp_path / "there" / "people" / "ana.json")
        assert found.base_folder == (tmp_path / "there" / "base").resolve()

    @pytest.mark.parametrize("folder", ["a\0b", "\ud800"], ids=["zero byte", "half a surrogate pair"])
    def test_a_base_folder_that_is_no_path_is_named(
        self, person_file: Path, tmp_path: Path, folder: str
    ) -> None:
        content = json.loads(person_file.read_text(encoding="utf-8"))
        content["base"]["folder"] = folder
        damaged = tmp_path / "damaged.json"
        damaged.write_text(json.dumps(content), encoding="utf-8")
        with raises(NotAPersonFile, r"base\.folder"):
            open_person(damaged)

    def test_weights_that_are_not_numbers_are_found(self, person_file: Path, tmp_path: Path) -> None:
        content = json.loads(person_file.read_text(encoding="utf-8"))
        content["neuron"]["weights"] = base64.b64encode(np.full(16, np.nan, "<f4").tobytes()).decode()
        nan = tmp_path / "nan.json"
        nan.write_text(json.dumps(content), encoding="utf-8")
        with raises(NotAPersonFile, r"neuron\.weights"):
            open_person(nan)

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "empty"),
            (b"[]", "a list"),
            (b"null", "null"),
            (b"\xff\xfe\x00", "not text"),
            (b"[" * 100_000, "nested beyond measure"),
            (b'{"a":' * 100_000, "nested beyond measure"),
            (b" " * (MAX_FILE_BYTES + 1), "too large"),
        ],
        ids=["empty", "list", "null", "not text", "deep list", "deep object", "too large"],
    )
    def test_other_files_are_refused(self, tmp_path: Path, content: bytes, reason: str) -> None:
        other = tmp_path / "other.json"
        other.write_bytes(content)
        with raises(NotAPersonFile, r"other\.json"):
            open_person(other)

    def test_no_file_at_all(self, tmp_path: Path) -> None:
        with pytest.raises(FileAccessError):
            open_person(tmp_path / "nobody.json")

    def test_says_nothing_of_photos(self, tmp_path: Path) -> None:
        shown = examples(12, 110, d=16)
        secret = Gallery(shown.positives.embeddings, tuple(f"/home/ana/private{k}.jpg" for k in range(12)))
        save(fit("Ana", Examples(secret, shown.negatives), BASE).person, tmp_path / "ana.json")
        assert "private" not in (tmp_path / "ana.json").read_text(encoding="utf-8")
        assert (tmp_path / "ana.json").stat().st_size < 8000


def test_learning_stops_when_asked_between_any_two_steps() -> None:
    shown, asked = examples(6, 12, d=16), 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked == last

    last = -1
    fit("Ana", shown, BASE, job=JobContext(cancelled=cancelled))
    assert asked >= 2 * STEPS, "at each step of both trainings"
    for last in (1, STEPS // 2, asked):
        asked = 0
        with pytest.raises(Cancelled):
            fit("Ana", shown, BASE, job=JobContext(cancelled=cancelled))
        assert asked == last
