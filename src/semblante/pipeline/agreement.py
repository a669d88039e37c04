"""Which face of each photo to learn from is the person's, and whether the photos agree on it.

Only a network that tells people apart may doubt the user. With any other, photos with one face each are the
person's, and it is said that this could not be checked.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

from semblante.errors import NoCommonFace
from semblante.jobs import Advice, JobContext
from semblante.model.bundle import Bundle
from semblante.person import ConsensusFace, compare_pairs, consensus_face, lone_faces, sorted_faces
from semblante.pipeline.verification import SAME_AT
from semblante.types import AnalyzedPhoto, Embeddings, FaceRef

Agreement = Literal["agree", "doubtful", "contradict", "not_checked"]
"""Whether photos show one person. `doubtful`: their faces are hardly more alike than those of two people may
be. `contradict`: no face is in most, though the user has sorted them by person."""
MIN_TRUE_ACCEPT_RATE: Final = 0.2
"""At a false accept rate of 0.1 %, on validation people; below it a network does not tell people apart. The
pretrained model has 0.72, a classic network after one epoch hardly more than 0."""
MIN_COMPARED_NEGATIVES: Final = 100
"""With fewer faces of others, it is not known how alike those of different people are."""


def tells_people_apart(bundle: Bundle) -> bool:
    """Whether it was shown, of photos of real people, that the network tells most people apart."""
    evaluation = bundle.evaluation
    if evaluation is None or evaluation.verification is None or evaluation.terms == "drawn":
        return False
    rates = {each.false_accept_rate: each.true_accept_rate for each in evaluation.verification.rates}
    measured = rates.get(SAME_AT)
    return measured is not None and measured.value >= MIN_TRUE_ACCEPT_RATE


def check_sorted(
    name: str, photos: Sequence[AnalyzedPhoto], negatives: Embeddings, can_tell: bool, job: JobContext
) -> tuple[ConsensusFace, Agreement]:
    """The largest face of each photo, for photos sorted by person; those unlike the rest are named."""
    consensus = sorted_faces(photos)
    if not can_tell or len(negatives) < MIN_COMPARED_NEGATIVES:
        return consensus, "not_checked"
    index = {ref.photo: ref.index for ref in consensus.positives}
    alone = [
        replace(photo, faces=(photo.faces[index[photo.source]],)) for photo in photos if photo.source in index
    ]
    try:
        outliers = consensus_face(name, alone, negatives).outliers
    except NoCommonFace as error:
        _name_groups(error.params["alike"], error.params["unlike"], job)
        return consensus, "contradict"
    _name_outliers(outliers, job)
    return consensus, _agreement(alone, [FaceRef(photo.source, 0) for photo in alone], negatives, job)


def find_person(
    name: str, photos: Sequence[AnalyzedPhoto], negatives: Embeddings, can_tell: bool, job: JobContext
) -> tuple[ConsensusFace, Agreement]:
    """The consensus face of the photos, or the only face of each where the network cannot tell.

    Raises `NoCommonFace` where it can and there is none, and names the photos that are alike.
    """
    found = None
    try:
        found = consensus_face(name, photos, negatives)
    except NoCommonFace as error:
        lone = lone_faces(photos)
        if can_tell or not lone.positives:
            _name_groups(error.params["alike"], error.params["unlike"], job)
            raise
    if found is not None and can_tell:
        return found, _agreement(photos, found.positives, negatives, job)
    return _at_their_word(photos, found, job), "not_checked"


def _at_their_word(
    photos: Sequence[AnalyzedPhoto], found: ConsensusFace | None, job: JobContext
) -> ConsensusFace:
    """The only face of each photo; in photos of several, the consensus face, if there is one."""
    lone = lone_faces(photos)
    chosen = {} if found is None else {ref.photo: ref for ref in found.positives}
    chosen |= {ref.photo: ref for ref in lone.positives}
    left_out = tuple(source for source in lone.outliers if source not in chosen)
    if left_out:
        job.emit(Advice("advice_crowd_left_out", left_out))
    if found is not None:
        _name_outliers([source for source in found.outliers if source in chosen], job)
    return ConsensusFace(
        tuple(chosen[photo.source] for photo in photos if photo.source in chosen),
        () if found is None else found.other_faces,
        (),
    )


def _agreement(
    photos: Sequence[AnalyzedPhoto], refs: Sequence[FaceRef], negatives: Embeddings, job: JobContext
) -> Agreement:
    if len(refs) < 2 or len(negatives) < MIN_COMPARED_NEGATIVES:
        return "agree"
    pairs = compare_pairs(photos, refs, negatives)
    if pairs.is_high:
        return "agree"
    _name_groups(pairs.alike, pairs.unlike, job)
    return "doubtful"


def _name_groups(alike: Sequence[Sequence[str]], unlike: Sequence[str], job: JobContext) -> None:
    for group in alike:
        job.emit(Advice("advice_same_face", tuple(group)))
    if unlike:
        job.emit(Advice("advice_unlike_the_others", tuple(unlike)))


def _name_outliers(sources: Sequence[str], job: JobContext) -> None:
    if sources:
        job.emit(Advice("advice_perhaps_someone_else", tuple(sources)))
