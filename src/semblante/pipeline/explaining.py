"""Where in a face an answer comes from: an attribute's, or whether the face is a person's."""

from pathlib import Path

import numpy as np
from jaxtyping import Float32

from semblante.bundle import Bundle
from semblante.explain import occlusion_map
from semblante.geometry import region_means
from semblante.labels import ATTRIBUTES, attribute_named
from semblante.network import Network
from semblante.person import Person, check_base, decide
from semblante.pipeline.reading import largest_face
from semblante.types import Crops, Explanation, Verdict


def explain_attribute(photo: Path, attribute: str, bundle: Bundle) -> Explanation:
    """Where in `photo` the bundle's network sees `attribute`, named as CelebA does or in Spanish.

    Raises `BadSetting` for another name, `BadImage` if the photo is none or shows no face, or `NoAccess`.
    """
    name = attribute_named(attribute)
    column = ATTRIBUTES.index(name)
    crop = largest_face(photo, bundle.side_px)
    network = Network(bundle)

    def score(crops: Crops) -> Float32[np.ndarray, " n"]:
        return network(crops).logits[:, column]

    logit = float(score(crop[None])[0])
    heat = occlusion_map(score, crop)
    verdict: Verdict = "yes" if logit > 0 else "no"
    return Explanation(str(photo), "attribute", name, verdict, None, logit, crop, heat, region_means(heat))


def explain_person(photo: Path, person: Person, base: Bundle) -> Explanation:
    """Where in `photo` the answer comes from whether it shows `person`.

    Raises `WrongBase`, `BadImage` if the photo is none or shows no face, or `NoAccess`.
    """
    check_base(person, base.network_sha256)
    crop = largest_face(photo, base.side_px)
    network = Network(base)

    def score(crops: Crops) -> Float32[np.ndarray, " n"]:
        return person.neuron.logits(network(crops).features).astype(np.float32)

    features = network(crop[None]).features
    (answer,) = decide(person, features, [str(photo)])
    logit = float(person.neuron.logits(features)[0])
    heat = occlusion_map(score, crop)
    return Explanation(
        answer.source,
        "person",
        person.name,
        answer.verdict,
        answer.probability,
        logit,
        crop,
        heat,
        region_means(heat),
    )
