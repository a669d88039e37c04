"""Where in a face an answer comes from: an attribute's, or whether the face is a person's."""

from pathlib import Path

import numpy as np
from jaxtyping import Float32

from semblante.explain import occlusion_map
from semblante.geometry import region_means
from semblante.labels import ATTRIBUTES, attribute_named
from semblante.model.bundle import Bundle
from semblante.model.face_model import FaceModel
from semblante.person import Person, check_base
from semblante.pipeline.people import judge, likelihood
from semblante.pipeline.reading import some_faces
from semblante.types import Crops, Explanation, Verdict


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

    embeddings = network(np.stack([each.crop for each in found])).embeddings
    given = judge(person, str(photo), [each.face for each in found], embeddings)
    answer, row, crop = max(
        zip(given, embeddings, (each.crop for each in found), strict=True),
        key=lambda each: likelihood(each[0]),
    )
    heat = occlusion_map(score, crop)
    return Explanation(
        answer.source,
        "person",
        person.name,
        answer.verdict,
        answer.probability,
        float(person.neuron.logits(row[None])[0]),
        crop,
        heat,
        region_means(heat),
    )
