"""Explanations: which places in a face the logit of an attribute, or a decision on a person, depends on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import numpy as np
from jaxtyping import Float32, UInt8

from semblante.errors import InvalidOption
from semblante.explain import occlusion_map
from semblante.geometry import Region, region_means
from semblante.labels import ATTRIBUTES, attribute_named
from semblante.person import Person, check_base
from semblante.pipeline.analyzer import FaceAnalyzer, some_faces
from semblante.pipeline.reading import Source, describe_faces
from semblante.pipeline.recognition import decide_faces, likelihood
from semblante.types import AlignedFace, Crops, Verdict


@dataclass(frozen=True, eq=False)
class Explanation:
    """The places in a photo's face that an answer depends on, found by occlusion (see `explain`).

    The question is whether `subject` is there: an attribute as CelebA writes it, or a person by name. The
    probability is None for an attribute, whose logit is not calibrated. `heat` is by how much `logit` falls
    when the place about each pixel is hidden: positive speaks for `subject`, negative against it. `regions`
    holds the mean heat in each part of a typical face. `source` is the photo's path, empty where it has none.
    """

    source: str
    kind: Literal["attribute", "person"]
    subject: str
    verdict: Verdict
    probability: float | None
    logit: float
    crop: UInt8[np.ndarray, "s s 3"]
    heat: Float32[np.ndarray, "s s"]
    regions: Mapping[Region, float]

    def as_json(self) -> dict[str, Any]:
        """The explanation as JSON-ready values, with the path, heat row by row with 5 decimals, no crop."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        del values["source"], values["crop"], values["heat"]
        heat = [[round(place, 5) for place in row] for row in self.heat.tolist()]
        return {"path": self.source, **values, "side_px": len(self.heat), "heat": heat}


def explain_attribute(
    photo: Source, attribute: str, analyzer: FaceAnalyzer, aligned: bool = False, place: int = 0
) -> Explanation:
    """The places in a face of `photo` that the logit of `attribute` depends on.

    The attribute is named as CelebA does or in Spanish. `aligned` is that of `FaceAnalyzer`; faces have
    places from 0, the largest first.

    Raises:
        InvalidOption: there is no such attribute, or no face at this place.
        BadImage: the photo is none or shows no face.
        FileAccessError: it cannot be read.
    """
    name = attribute_named(attribute)
    column = ATTRIBUTES.index(name)
    crop = _at(place, some_faces(analyzer.align(photo, aligned)[0], photo))[0].crop

    def score(crops: Crops) -> Float32[np.ndarray, " n"]:
        return analyzer.embed(crops).logits[:, column]

    logit = float(score(crop[None])[0])
    heat = occlusion_map(score, crop)
    verdict: Verdict = "yes" if logit > 0 else "no"
    return Explanation(_name(photo), "attribute", name, verdict, None, logit, crop, heat, region_means(heat))


def explain_person(
    photo: Source, person: Person, analyzer: FaceAnalyzer, aligned: bool = False, place: int | None = None
) -> Explanation:
    """The places in a face of `photo` that the decision on `person` depends on.

    That is the face at `place`, from 0, the largest first; without one, the likeliest to be the person.
    Raises `ModelMismatch`, and what `explain_attribute` raises of the photo.
    """
    check_base(person, analyzer.bundle.network_sha256)
    aligned_faces, decoded = analyzer.align(photo, aligned)
    found, neuron = some_faces(aligned_faces, photo), person.at(decoded.taken).neuron
    if place is not None:
        found = _at(place, found)

    def score(crops: Crops) -> Float32[np.ndarray, " n"]:
        return neuron.logits(analyzer.embed(crops).embeddings).astype(np.float32)

    faces = describe_faces(found, analyzer.embed)
    decisions = decide_faces(person, _name(photo), faces, decoded.taken)
    decision, face, crop = max(
        zip(decisions, faces, (each.crop for each in found), strict=True),
        key=lambda each: likelihood(each[0]),
    )
    assert decision.verdict is not None  # A face was judged.
    heat = occlusion_map(score, crop)
    return Explanation(
        decision.source,
        "person",
        person.name,
        decision.verdict,
        decision.probability,
        float(neuron.logits(face.embedding[None])[0]),
        crop,
        heat,
        region_means(heat),
    )


def _at(place: int, faces: Sequence[AlignedFace]) -> Sequence[AlignedFace]:
    if not 0 <= place < len(faces):
        raise InvalidOption("no_such_face", place=place, count=len(faces))
    return faces[place : place + 1]


def _name(photo: Source) -> str:
    return str(photo) if isinstance(photo, str | Path) else ""
