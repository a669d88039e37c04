"""Where in a face an answer comes from: an attribute's, or whether the face is a person's."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import numpy as np
from jaxtyping import Float32, UInt8

from semblante.explain import occlusion_map
from semblante.geometry import Region, region_means
from semblante.labels import ATTRIBUTES, attribute_named
from semblante.model.bundle import Bundle
from semblante.model.face_model import FaceModel
from semblante.person import Person, check_base
from semblante.pipeline.reading import described, some_faces
from semblante.pipeline.recognition import decide_faces, likelihood
from semblante.types import Crops, Verdict


@dataclass(frozen=True, eq=False)
class Explanation:
    """Where in a photo's face an answer comes from.

    The question is whether `subject` is there: an attribute as CelebA writes it, or a person by name. The
    probability is None for an attribute, whose logit is not calibrated. `heat` says by how much `logit` falls
    when the place about each pixel is hidden: positive speaks for `subject`, negative against it. `regions`
    holds the mean heat in each part of a typical face.
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
        """The explanation as JSON-ready values: heat row by row with 5 decimals, no crop."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        del values["crop"], values["heat"]
        heat = [[round(place, 5) for place in row] for row in self.heat.tolist()]
        return {**values, "side_px": len(self.heat), "heat": heat}


def explain_attribute(photo: Path, attribute: str, bundle: Bundle) -> Explanation:
    """Where in the largest face of `photo` the bundle's network sees `attribute`.

    It is named as CelebA does or in Spanish.

    Raises `BadSetting` for another name, `BadImage` if the photo is none or shows no face, or `NoAccess`.
    """
    name = attribute_named(attribute)
    column = ATTRIBUTES.index(name)
    crop = some_faces(photo, bundle.side_px)[0].crop
    network = FaceModel(bundle)

    def score(crops: Crops) -> Float32[np.ndarray, " n"]:
        return network(crops).logits[:, column]

    logit = float(score(crop[None])[0])
    heat = occlusion_map(score, crop)
    verdict: Verdict = "yes" if logit > 0 else "no"
    return Explanation(str(photo), "attribute", name, verdict, None, logit, crop, heat, region_means(heat))


def explain_person(photo: Path, person: Person, base: Bundle) -> Explanation:
    """Where in `photo` the answer comes from whether it shows `person`: the likeliest of its faces decides.

    Raises `WrongBase`, `BadImage` if the photo is none or shows no face, or `NoAccess`.
    """
    check_base(person, base.network_sha256)
    found = some_faces(photo, base.side_px)
    network = FaceModel(base)

    def score(crops: Crops) -> Float32[np.ndarray, " n"]:
        return person.neuron.logits(network(crops).embeddings).astype(np.float32)

    faces = described(found, network)
    answer, face, crop = max(
        zip(decide_faces(person, str(photo), faces), faces, (each.crop for each in found), strict=True),
        key=lambda each: likelihood(each[0]),
    )
    heat = occlusion_map(score, crop)
    return Explanation(
        answer.source,
        "person",
        person.name,
        answer.verdict,
        answer.probability,
        float(person.neuron.logits(face.embedding[None])[0]),
        crop,
        heat,
        region_means(heat),
    )
