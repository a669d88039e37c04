"""One person, learnt from a few photos: a sigmoid neuron on a frozen model's embeddings.

    moments       copies of one photo, which count once
    examples      enough photos, none on both sides; folds
    consensus     the face that photos share, and whose faces are beside it
    pairs         how alike the faces of the photos are to each other
    variety       what photos of a person should not all have in common
    photo_advice  advice on the photos; whom the person cannot be distinguished from
    details       who agreed that a person is learnt, and the birth date
    neuron        Adam on binary cross-entropy, many neurons at a time
    calibration   from logits of held-out faces to a calibrated probability and thresholds
    fitting       `fit`: from embeddings to a `FitResult`
    ages          spans of ages in which a face stays alike
    age_fitting   `fit_ages`: a neuron for each, where one does not serve; `relearn`: with other photos
    age_advice    the ages of which photos are missing
    decision      `Person`, its names and its decisions: `decide`
    file          the person file: `save` and `open_person`

Embeddings come from `semblante.model`, faces from `semblante.faces`; nothing here sees a picture.
"""

from typing import TYPE_CHECKING

from semblante.lazy import loader

if TYPE_CHECKING:
    from semblante.person.age_advice import advice_on_ages as advice_on_ages
    from semblante.person.age_fitting import fit_ages as fit_ages
    from semblante.person.age_fitting import relearn as relearn
    from semblante.person.ages import AGE_SPANS as AGE_SPANS
    from semblante.person.ages import AgeEvidence as AgeEvidence
    from semblante.person.ages import AgeSpan as AgeSpan
    from semblante.person.ages import age_on as age_on
    from semblante.person.ages import reason_of_span as reason_of_span
    from semblante.person.consensus import ConsensusFace as ConsensusFace
    from semblante.person.consensus import consensus_face as consensus_face
    from semblante.person.consensus import faces_at as faces_at
    from semblante.person.consensus import lone_faces as lone_faces
    from semblante.person.consensus import seem_the_same as seem_the_same
    from semblante.person.consensus import sorted_faces as sorted_faces
    from semblante.person.decision import Decision as Decision
    from semblante.person.decision import DecisionRule as DecisionRule
    from semblante.person.decision import HeldOutEvaluation as HeldOutEvaluation
    from semblante.person.decision import Neuron as Neuron
    from semblante.person.decision import Person as Person
    from semblante.person.decision import check_base as check_base
    from semblante.person.decision import check_name as check_name
    from semblante.person.decision import decide as decide
    from semblante.person.decision import decisions_of as decisions_of
    from semblante.person.decision import odds_of as odds_of
    from semblante.person.decision import share_among as share_among
    from semblante.person.details import check_consent as check_consent
    from semblante.person.details import check_consenter as check_consenter
    from semblante.person.details import check_day as check_day
    from semblante.person.examples import MIN_PHOTOS as MIN_PHOTOS
    from semblante.person.examples import OTHERS as OTHERS
    from semblante.person.examples import Examples as Examples
    from semblante.person.examples import Gallery as Gallery
    from semblante.person.examples import check_count as check_count
    from semblante.person.examples import fit_standardizer as fit_standardizer
    from semblante.person.examples import same_photos as same_photos
    from semblante.person.file import open_person as open_person
    from semblante.person.file import person_as_json as person_as_json
    from semblante.person.file import person_file_content as person_file_content
    from semblante.person.file import person_from_json as person_from_json
    from semblante.person.file import save as save
    from semblante.person.fitting import FitResult as FitResult
    from semblante.person.fitting import HeldOut as HeldOut
    from semblante.person.fitting import check_rate as check_rate
    from semblante.person.fitting import fit as fit
    from semblante.person.pairs import PairSimilarity as PairSimilarity
    from semblante.person.pairs import compare_pairs as compare_pairs
    from semblante.person.photo_advice import Separability as Separability
    from semblante.person.photo_advice import advice_on_faces as advice_on_faces
    from semblante.person.photo_advice import advice_on_photos as advice_on_photos
    from semblante.person.photo_advice import cannot_be_told_apart as cannot_be_told_apart
    from semblante.person.photo_advice import measure_separability as measure_separability

_HOME = {
    "advice_on_ages": "semblante.person.age_advice",
    "fit_ages": "semblante.person.age_fitting",
    "relearn": "semblante.person.age_fitting",
    "AGE_SPANS": "semblante.person.ages",
    "AgeEvidence": "semblante.person.ages",
    "AgeSpan": "semblante.person.ages",
    "age_on": "semblante.person.ages",
    "reason_of_span": "semblante.person.ages",
    "ConsensusFace": "semblante.person.consensus",
    "consensus_face": "semblante.person.consensus",
    "faces_at": "semblante.person.consensus",
    "lone_faces": "semblante.person.consensus",
    "seem_the_same": "semblante.person.consensus",
    "sorted_faces": "semblante.person.consensus",
    "Decision": "semblante.person.decision",
    "DecisionRule": "semblante.person.decision",
    "HeldOutEvaluation": "semblante.person.decision",
    "Neuron": "semblante.person.decision",
    "Person": "semblante.person.decision",
    "check_base": "semblante.person.decision",
    "check_name": "semblante.person.decision",
    "decide": "semblante.person.decision",
    "decisions_of": "semblante.person.decision",
    "odds_of": "semblante.person.decision",
    "share_among": "semblante.person.decision",
    "check_consent": "semblante.person.details",
    "check_consenter": "semblante.person.details",
    "check_day": "semblante.person.details",
    "MIN_PHOTOS": "semblante.person.examples",
    "OTHERS": "semblante.person.examples",
    "Examples": "semblante.person.examples",
    "Gallery": "semblante.person.examples",
    "check_count": "semblante.person.examples",
    "fit_standardizer": "semblante.person.examples",
    "same_photos": "semblante.person.examples",
    "open_person": "semblante.person.file",
    "person_as_json": "semblante.person.file",
    "person_file_content": "semblante.person.file",
    "person_from_json": "semblante.person.file",
    "save": "semblante.person.file",
    "FitResult": "semblante.person.fitting",
    "HeldOut": "semblante.person.fitting",
    "check_rate": "semblante.person.fitting",
    "fit": "semblante.person.fitting",
    "PairSimilarity": "semblante.person.pairs",
    "compare_pairs": "semblante.person.pairs",
    "Separability": "semblante.person.photo_advice",
    "advice_on_faces": "semblante.person.photo_advice",
    "advice_on_photos": "semblante.person.photo_advice",
    "cannot_be_told_apart": "semblante.person.photo_advice",
    "measure_separability": "semblante.person.photo_advice",
}
__all__ = [*_HOME]
__getattr__ = loader(__name__, _HOME)
