"""Faces that taught a person, put together and brought in agreement, and the examples to learn from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

import numpy as np
from jaxtyping import Bool

from semblante.errors import Reason
from semblante.library import FaceStore, Taught
from semblante.person import Examples, Gallery, fit_standardizer, same_photos
from semblante.types import Embeddings, Face, FaceRef


@dataclass(frozen=True)
class NearFace:
    """A face that taught a person, and the cosine of its embedding and another's, -1 to 1."""

    face: FaceRef
    similarity: float


def nearest(taught: Sequence[Taught], face: Face, count: int) -> tuple[NearFace, ...]:
    """The person's own faces that are most similar to `face`, the nearest first; fewer where there are.

    Faces of another model's embeddings are left out.
    """
    own = [
        each for each in taught if each.kind == "positive" and each.embedding.shape == face.embedding.shape
    ]
    found = [NearFace(each.face, float(np.dot(each.embedding, face.embedding))) for each in own]
    return tuple(sorted(found, key=lambda each: -each.similarity)[:count])


def joined(before: Sequence[Taught], newer: Sequence[Taught], background: Embeddings | None) -> list[Taught]:
    """All faces that taught one person, each once; one that is the person's is nobody else's.

    A face that both have is taken as confirmed where either is.
    """
    positives: dict[object, Taught] = {}
    negatives: dict[object, Taught] = {}
    for each in (*before, *newer):
        side = positives if each.kind == "positive" else negatives
        if each.face not in side or each.confirmed_by_user:
            side[each.face] = each
    others = [each for face, each in negatives.items() if face not in positives]
    own = list(positives.values())
    return [*own, *uncontradicted(others, own, background)]


def uncontradicted(
    faces: Sequence[Taught], newer: Sequence[Taught], background: Embeddings | None
) -> list[Taught]:
    """The faces but for those of a photo of which something `newer` says the opposite."""
    others = [each.embedding[None] for each in (*faces, *newer) if each.kind == "negative"]
    others += [] if background is None else [background]
    if not others or not faces or not newer:
        return list(faces)
    standardizer = fit_standardizer(np.concatenate(others))
    size = len(faces[0].embedding)
    opposite: Bool[np.ndarray, "n m"] = np.array([[each.kind != new.kind for new in newer] for each in faces])
    contradicted = (same_photos(standardizer, _gallery(faces, size), _gallery(newer, size)) & opposite).any(
        axis=1
    )
    return [each for each, out in zip(faces, contradicted, strict=True) if not out]


def examples_of(store: FaceStore, embedding_size: int, taught: Sequence[Taught]) -> Examples:
    """The examples that these faces are, in their order. A photo that the store has is known by its path."""
    hashes = [bytes.fromhex(photo) for photo in {each.face.photo for each in taught}]
    paths = {sha256.hex(): store.paths_of_contents([sha256]) for sha256 in hashes}
    names = {photo: found[0] for photo, found in paths.items() if found}
    days = {sha256.hex(): day for sha256, day in store.days(hashes).items()}
    positives, negatives = (
        _gallery([each for each in taught if each.kind == kind], embedding_size, names, days)
        for kind in ("positive", "negative")
    )
    return Examples(positives, negatives)


def _gallery(
    taught: Sequence[Taught],
    embedding_size: int,
    names: Mapping[str, Path] = MappingProxyType({}),
    days: Mapping[str, date] = MappingProxyType({}),
) -> Gallery:
    return Gallery.of(
        # All that is known of a photo that is not in the index is the hash of its content.
        (
            (
                names.get(each.face.photo) or Reason("photo_by_hash", {"hash": each.face.photo[:12]}),
                each.embedding,
                each.copy_descriptor,
                days.get(each.face.photo),
            )
            for each in taught
        ),
        embedding_size,
    )
