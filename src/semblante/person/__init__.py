"""One person, learnt from a few photos: a sigmoid neuron on a frozen network's features.

    names      what may be a name
    photos     enough photos, not the same on both sides; near-duplicates and folds
    neuron     Adam on binary cross-entropy, many neurons at a time
    belief     from logits on unseen photos to a calibrated probability and thresholds
    learning   `fit`: all of the above, from features to a `Learnt`
    model      `Person` and what it answers: `decide`
    file       the person file: `save` and `open_person`

Features come from `semblante.network`; nothing here sees a picture.
"""

from semblante.person.file import open_person, person_as_json, person_from_json, save
from semblante.person.learning import fit
from semblante.person.model import (
    Examples,
    Gallery,
    HeldOut,
    Learnt,
    Person,
    answers,
    check_base,
    decide,
)
from semblante.person.names import check_name

__all__ = [
    "Examples",
    "Gallery",
    "HeldOut",
    "Learnt",
    "Person",
    "answers",
    "check_base",
    "check_name",
    "decide",
    "fit",
    "open_person",
    "person_as_json",
    "person_from_json",
    "save",
]
