"""The neuron: p = sigmoid(w.x + b), trained with Adam on binary cross-entropy, many at a time.

For rows x with labels y and weights c that sum to one, training minimises

    sum_i c_i BCE(y_i, w.x_i + b)  +  l2 / 2 |w|^2

Several neurons over the same rows (the folds of a cross-validation, the strengths of the penalty) are
the columns of one matrix, so that a step of Adam for all of them is two matrix products.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, Float32, Float64, Integer

from semblante.jobs import SILENT, JobContext, NeuronStep

STEPS: Final = 180
STEPS_BETWEEN_NEWS: Final = 5
MAX_FACES_TOLD: Final = 100
"""Of so many faces of the person, and of others, the news tell the logits."""
LEARNING_RATE: Final = 0.2
"""Of the first step, in coordinates of unit curvature; it falls to 0 along a half cosine."""
FIRST_DECAY, EPSILON = 0.9, 1e-8
"""As in Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015."""
SECOND_DECAY: Final = 0.9
"""Shorter than the usual 0.999: all rows are in every step, so there is no noise to average out, and a
gradient that shrinks a thousandfold as the classes come apart must not be measured by its first size."""

MIN_VARIANCE_SHARE: Final = 1e-6
"""Directions with a smaller share of the greatest variance are rounding noise of float32 rows."""


@dataclass(frozen=True)
class PrincipalComponents:
    """The principal components of rows: their coordinates along the axes, and the way back to the rows.

    The penalised optimum is a combination of the rows (the representer theorem; Kimeldorf and Wahba,
    1971), so nothing is lost by using these axes only, and 100 rows of 60,000 numbers become 100
    coordinates. Along them the curvature is close to diagonal, as Adam's scaling supposes.
    """

    coordinates: Float32[np.ndarray, "n r"]
    variances: Float64[np.ndarray, " r"]
    mean: Float32[np.ndarray, " d"]
    to_rows: Callable[[Float[np.ndarray, " r"]], Float64[np.ndarray, " d"]]


@dataclass(frozen=True)
class Neurons:
    """k neurons in the coordinates of some `PrincipalComponents`."""

    weights: Float32[np.ndarray, "r k"]
    biases: Float32[np.ndarray, " k"]

    def logits(self, coordinates: Float32[np.ndarray, "n r"]) -> Float32[np.ndarray, "n k"]:
        """w.x + b of each row and neuron."""
        logits: Float32[np.ndarray, "n k"] = coordinates @ self.weights + self.biases
        return logits


def principal_components(
    rows: Float32[np.ndarray, "n d"], weights: Float64[np.ndarray, " n"]
) -> PrincipalComponents:
    """The principal components of `rows` about their mean, with row weights that sum to one.

    Takes the smaller of the d x d covariance and the n x n Gram matrix; both have the same eigenvalues.
    """
    mean = (weights @ rows).astype(np.float32)
    roots = np.sqrt(weights).astype(np.float32)[:, None]
    scaled = (rows - mean) * roots
    if len(rows) >= rows.shape[1]:
        variances, vectors = _eigen(scaled.T @ scaled)
        return PrincipalComponents(scaled @ vectors / roots, variances, mean, lambda along: vectors @ along)
    variances, vectors = _eigen(scaled @ scaled.T)
    lengths = np.sqrt(variances)
    coordinates = (vectors * lengths / roots).astype(np.float32)
    return PrincipalComponents(
        coordinates, variances, mean, lambda along: (vectors @ (along / lengths)) @ scaled
    )


def train(
    components: PrincipalComponents,
    labels: Integer[np.ndarray, " n"],
    weights: Float[np.ndarray, "n k"],
    l2: Float[np.ndarray, " k"],
    job: JobContext = SILENT,
    shown: bool = False,
) -> Neurons:
    """Train k neurons, each with its own row weights (in all, one; 0 leaves a row out) and penalty.

    Adam works on u = w / s with s = (variance / 4 + l2) ** -1/2: the curvature of the loss is then 1
    along each axis where training starts, so that one learning rate suits every set of embeddings and
    every penalty. The result has the loss of the exact optimum within a thousandth.
    Where the training is to be `shown`, `NeuronStep` is emitted every few steps, with the mean loss of the
    neurons and logits of the first. Raises `Cancelled` between two steps.
    """
    rows = components.coordinates
    columns = np.ascontiguousarray(rows.T)
    shares, truth = weights.astype(np.float32), labels.astype(np.float32)[:, None]
    scale = _with_bias(1 / np.sqrt(components.variances[:, None] / 4 + l2), np.full(len(l2), 2.0))
    penalty = _with_bias(np.broadcast_to(l2, (len(columns), len(l2))), np.zeros(len(l2)))
    point = np.zeros_like(scale)
    first, second = np.zeros_like(point), np.zeros_like(point)
    for step in range(1, STEPS + 1):
        job.check()
        logits = rows @ point[:-1] + point[-1]
        if shown and step % STEPS_BETWEEN_NEWS == 1:
            job.emit(_news(step, logits, truth, shares))
        errors = shares * (0.5 + 0.5 * np.tanh(0.5 * logits) - truth)
        gradient = scale * (_with_bias(columns @ errors, errors.sum(axis=0)) + penalty * point)
        first += (1 - FIRST_DECAY) * (gradient - first)
        second += (1 - SECOND_DECAY) * (gradient * gradient - second)
        rate = LEARNING_RATE / 2 * (1 + np.cos(np.pi * (step - 1) / STEPS)) / (1 - FIRST_DECAY**step)
        length = np.sqrt(second / (1 - SECOND_DECAY**step)) + EPSILON
        point -= np.float32(rate) * scale * first / length
    if shown:
        job.emit(_news(STEPS, rows @ point[:-1] + point[-1], truth, shares))
    return Neurons(point[:-1], point[-1])


def _news(
    step: int,
    logits: Float32[np.ndarray, "n k"],
    truth: Float32[np.ndarray, "n 1"],
    shares: Float32[np.ndarray, "n k"],
) -> NeuronStep:
    """How far the training is."""
    of_first, is_person = logits[:, 0], truth[:, 0] == 1
    others = np.sort(of_first[~is_person])
    rows = np.linspace(0, len(others) - 1, min(len(others), MAX_FACES_TOLD)).round().astype(int)
    return NeuronStep(
        step=step,
        steps=STEPS,
        loss=_loss(logits, truth, shares),
        positives=tuple(of_first[is_person][:MAX_FACES_TOLD].tolist()),
        negatives=tuple(others[rows].tolist()),
    )


def _loss(
    logits: Float32[np.ndarray, "n k"],
    truth: Float32[np.ndarray, "n 1"],
    shares: Float32[np.ndarray, "n k"],
) -> float:
    """The binary cross-entropy of each neuron, as its rows are weighted; of several the mean."""
    return float((shares * (np.logaddexp(0, logits) - truth * logits)).sum(axis=0).mean())


def _with_bias(
    weights: Float[np.ndarray, "r k"], bias: Float[np.ndarray, " k"]
) -> Float32[np.ndarray, "rows k"]:
    """Values for each axis, with those of the bias as the last row."""
    return np.concatenate([weights, bias[None]]).astype(np.float32)


def _eigen(
    symmetric: Float32[np.ndarray, "k k"],
) -> tuple[Float64[np.ndarray, " r"], Float32[np.ndarray, "k r"]]:
    variances, vectors = np.linalg.eigh(symmetric.astype(np.float64))
    kept = variances > MIN_VARIANCE_SHARE * variances[-1]
    return variances[kept], vectors[:, kept].astype(np.float32)
