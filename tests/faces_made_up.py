"""Made-up faces for tests: who somebody is, is a direction; a photo of them is that and some noise."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from semblante.labels import ATTRIBUTES
from semblante.types import DESCRIPTOR_SIZE, AnalyzedPhoto, Face, Quality, QualityIssue

Array = np.ndarray[Any, Any]
LENGTH = 64


def direction(person: int) -> Array:
    """Who a person is, of length one."""
    toward = np.random.default_rng([7, person]).normal(size=LENGTH)
    return np.asarray(toward / np.linalg.norm(toward), np.float32)


def background(count: int = 1500) -> Array:
    """Features of people whom nobody here is."""
    return np.stack([direction(10_000 + number) for number in range(count)])


def embeddings(person: int, rng: np.random.Generator, noise: float = 0.9) -> Array:
    """One photo's embeddings of a person; `noise` is the length of what is not the person's."""
    other = rng.normal(size=LENGTH)
    mixed = direction(person) + noise * other / np.linalg.norm(other)
    return np.asarray(mixed / np.linalg.norm(mixed), np.float32)


def copy_descriptor(embedding: Array) -> Array:
    """The same for the same embedding, and like no other's."""
    return np.random.default_rng([*embedding.tobytes()]).integers(-127, 128, DESCRIPTOR_SIZE).astype(np.int8)


def face(
    of: Array,
    issues: Sequence[QualityIssue] = (),
    frontal: float = 0.6,
    turn: float = 0.0,
    wears: Sequence[str] = (),
    left: float = 0.0,
    light: float | None = None,
) -> Face:
    """A face with these embeddings; `turn` as in variety, `left` the left edge of its box."""
    middle = left + 50 + turn * 40
    logits = np.full(40, -3, np.float32)
    logits[[ATTRIBUTES.index(name) for name in wears]] = 3
    eyes, mouth = ((middle - 20, 50.0), (middle + 20, 50.0)), ((middle - 16, 90.0), (middle + 16, 90.0))
    return Face(
        (left, 0.0, left + 100, 120.0),
        0.9,
        (*eyes, (middle, 74.0), *mouth),
        Quality(40.0, 0.8, frontal, 0.9, tuple(issues), light),
        logits,
        of,
        copy_descriptor(of),
    )


def photo(name: str, *faces: Face) -> AnalyzedPhoto:
    """A photo with these faces."""
    return AnalyzedPhoto(name, 640, 480, faces)


def photo_of(name: str, people: Sequence[int], rng: np.random.Generator, noise: float = 0.9) -> AnalyzedPhoto:
    """A photo of people side by side."""
    return photo(
        name,
        *(face(embeddings(each, rng, noise), left=100.0 * k) for k, each in enumerate(people)),
    )
