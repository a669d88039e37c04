"""One person, learnt from a few photos: a sigmoid neuron on a frozen network's embeddings.

    names      what may be a name
    photos     enough photos, not the same on both sides; near-duplicates and folds
    common     the face that photos have in common, and whose faces are beside it
    coaching   what would make the photos teach more
    neuron     Adam on binary cross-entropy, many neurons at a time
    belief     from logits on unseen photos to a calibrated probability and thresholds
    learning   `fit`: from embeddings to a `Learnt`; `relearn`: the same once more is known
    model      `Person` and what it answers: `decide`
    resembling whether it can be told from people who look alike
    file       the person file: `save` and `open_person`

Features come from `semblante.model.face_model`, faces from `semblante.faces`; nothing here sees a picture.
"""

from semblante.person.consensus import ConsensusFace, Spot, consensus_face, seem_the_same, sorted_faces
from semblante.person.file import open_person, person_as_json, person_from_json, save
from semblante.person.learning import check_rate, fit, relearn
from semblante.person.model import (
    Examples,
    FitResult,
    Gallery,
    HeldOut,
    Person,
    answers,
    check_base,
    decide,
)
from semblante.person.names import check_name
from semblante.person.photo_advice import Advice, AdviceKind, advice_on_faces, advice_on_photos
from semblante.person.photos import FEWEST, check_count, same_photos, standardizer_of
from semblante.person.separability import Separability, separability

__all__ = [
    "FEWEST",
    "Advice",
    "AdviceKind",
    "ConsensusFace",
    "Examples",
    "FitResult",
    "Gallery",
    "HeldOut",
    "Person",
    "Separability",
    "Spot",
    "advice_on_faces",
    "advice_on_photos",
    "answers",
    "check_base",
    "check_count",
    "check_name",
    "check_rate",
    "consensus_face",
    "decide",
    "fit",
    "open_person",
    "person_as_json",
    "person_from_json",
    "relearn",
    "same_photos",
    "save",
    "seem_the_same",
    "separability",
    "sorted_faces",
    "standardizer_of",
]
