"""Model 2 from photos to answers: learn one person on a frozen base, recognise that person in photos."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np

from semblante.errors import FileAccessError
from semblante.faces import flaw_in_words
from semblante.i18n import tr
from semblante.images import load
from semblante.model.bundle import Bundle
from semblante.person import (
    Examples,
    FitResult,
    Person,
    Separability,
    answers,
    check_base,
    check_name,
    check_rate,
    decide,
    fit,
    separability,
)
from semblante.person.model import FALSE_MATCH_RATE
from semblante.person.results import Decision
from semblante.pipeline.model_resolution import open_base
from semblante.pipeline.photos import OnUnusable, UnusablePhoto, find_some_photos, unnamed
from semblante.pipeline.reading import ENOUGH_PX, Reading, read_photos
from semblante.pipeline.training_faces import (
    OnAdvice,
    TrainingFaces,
    TrainingPhotos,
    gallery_of,
    look_at,
    unheard,
)
from semblante.report import AnsweredPhoto, PersonSection
from semblante.types import Face, OnProgress, Pixels, Verdict, unwatched

OTHERS_FOLDER = "others"
SHOWN = 24
"""So many photos of each kind are kept at hand for the report, which picks among them."""
BESIDE = 0.4
"""What a report shows of a photo around a face, on each side, as a share of the face's box."""
_SUREST: tuple[Verdict, ...] = ("no", "unsure", "yes")


@dataclass(frozen=True)
class LearnResult:
    """A person just learnt, and from which faces.

    `judged` are the faces that the evidence comes from: those that taught, held out in turn, or those to
    validate with. `resemblance` is to the others who were named, None where nobody was.
    """

    learnt: FitResult
    taught: TrainingFaces
    judged: TrainingFaces
    separability: Separability | None

    @property
    def person(self) -> Person:
        """What was learnt."""
        return self.learnt.person


def course_layout(folder: Path, name: str) -> TrainingPhotos:
    """The photo sets of the course's layout: `train/NAME`, `train/others`, and both under `validation`.

    The folder is found by its name in any Unicode form. Raises `NoAccess` naming the folder that is missing.
    """
    sets = TrainingPhotos(
        me=[_named(folder / "train", name)],
        others=[_named(folder / "train", OTHERS_FOLDER)],
        is_sorted=True,
    )
    if not (folder / "validation").is_dir():
        return sets
    return replace(
        sets,
        validation_me=[_named(folder / "validation", name)],
        validation_others=[_named(folder / "validation", OTHERS_FOLDER)],
    )


def _named(parent: Path, name: str) -> Path:
    """The folder `name` in `parent`. A disk may keep names decomposed, so they are compared composed."""
    wanted = unicodedata.normalize("NFC", name.strip())
    folders = sorted(path for path in parent.iterdir() if path.is_dir()) if parent.is_dir() else []
    for path in folders:
        if unicodedata.normalize("NFC", path.name) == wanted:
            return path
    raise FileAccessError(
        tr(
            "{path}: no folder named {name} (found: {found}); make it, or name the photos without --course",
            path=parent,
            name=name,
            found=", ".join(path.name for path in folders) or "—",
        )
    )


def learn(
    name: str,
    photos: TrainingPhotos,
    base: Bundle | None = None,
    on_progress: OnProgress = unwatched,
    on_advice: OnAdvice = unheard,
    false_match_rate: float = FALSE_MATCH_RATE,
    on_unusable: OnUnusable = unnamed,
) -> LearnResult:
    """Learn the person called `name` on the frozen `base`, by default the one that comes with Semblante.

    Each photo is read once. Faces beside the person's are others, and so are the strangers of the base, if it
    has any; of strangers' faces, the share `false_match_rate` may get a yes. Raises `BadName`, `BadSetting`,
    `NoCommonFace`, `TooFewPhotos` or `SamePhotos`, `NoAccess` where a place does not exist, and
    `NothingUsable` where it holds no photos.
    """
    check_name(name)
    check_rate(false_match_rate)
    base = base or open_base()
    shown = look_at(name, photos, base, on_progress, on_advice, on_unusable)
    learnt = fit(
        name,
        _examples(shown.training, base),
        base.network_sha256,
        _examples(shown.validation, base) if shown.validation else None,
        base.background(),
        false_match_rate,
    )
    judged = shown.validation or shown.training
    return LearnResult(
        learnt=replace(learnt, person=replace(learnt.person, base_folder=base.folder.resolve())),
        taught=shown.training,
        judged=judged,
        separability=separability(learnt, len(judged.named)),
    )


def _examples(faces: TrainingFaces, base: Bundle) -> Examples:
    return Examples(gallery_of(faces.me, base), gallery_of(faces.others, base))


def recognise(
    person: Person, photos: Sequence[Path], base: Bundle | None = None, several: bool = False
) -> Iterator[Decision]:
    """An answer for each photo at `photos`, in order. Raises `WrongBase` before the first.

    At most one face in a photo is taken to be the person: the likeliest, of those that may say so. Where
    there may be `several`, as in a collage, each face has an answer. A face with flaws never gives a yes.
    A photo without faces is answered no: few of a collection's landscapes hide a face that was missed, and
    as unsure ones they would bury what is. A photo or a folder that cannot be read is unsure, with the
    reason and no probability. Without a `base`, that of the person is found as `open_base` says.
    """
    base = base or open_base(person=person)
    check_base(person, base.network_sha256)
    closed: list[UnusablePhoto] = []
    paths = find_some_photos(photos, closed.append)
    readings = chain(closed, read_photos(paths, base))
    return chain.from_iterable(answers_to(person, reading, several) for reading in readings)


def answers_to(person: Person, reading: Reading, several: bool = False) -> list[Decision]:
    """The answer to a photo that was read, or one for each of its faces; see `recognise`."""
    if isinstance(reading, UnusablePhoto):
        return [Decision(str(reading.path), "unsure", None, reading.reason)]
    if not reading.faces:
        return [Decision(reading.source, "no", None, tr("no face was found"))]
    given = judge(person, reading.source, reading.faces)
    return given if several else [max(given, key=likelihood)]


def judge(person: Person, source: str, faces: Sequence[Face]) -> list[Decision]:
    """The answer for each face of one photo."""
    said = decide(person, np.stack([face.embedding for face in faces]), [source] * len(faces))
    return [_of_face(answer, face) for answer, face in zip(said, faces, strict=True)]


def likelihood(answer: Decision) -> tuple[int, float]:
    """What orders the answers for the faces of one photo: the likeliest is the highest."""
    return _SUREST.index(answer.verdict), answer.probability or 0.0


def _of_face(answer: Decision, face: Face) -> Decision:
    """The answer with the face that it is about; where that cannot be relied on, it says why, and no yes."""
    if face.quality.is_good:
        return replace(answer, face=face)
    issues = ", ".join(map(flaw_in_words, face.quality.issues))
    reason = tr("the face cannot be relied on: {issues}", issues=issues)
    return replace(answer, verdict="no" if answer.verdict == "no" else "unsure", reason=reason, face=face)


def lesson_section(lesson: LearnResult) -> PersonSection:
    """The report's part on a person just learnt: what the neuron said of photos that it had not seen."""
    held_out = lesson.learnt.held_out
    of_label = {1: lesson.judged.me, 0: lesson.judged.others}
    said = answers(lesson.person.rule, held_out.logits, [""] * len(held_out.logits))
    told: list[tuple[Decision, bool]] = []
    for answer, label, index in zip(said, held_out.labels.tolist(), held_out.indices.tolist(), strict=True):
        faces = of_label[label]
        if index < len(faces):  # Else a stranger that came with the base.
            answer = replace(answer, source=faces[index].source, face=faces[index].read)
        told.append((answer, label == 1))
    return person_section(lesson.person, told)


def person_section(person: Person, said: Sequence[tuple[Decision, bool]]) -> PersonSection:
    """The report's part on a person, from answers and whether each photo truly shows that person.

    An answer without a source is counted and not shown.
    """
    shown = _worth_showing(said)
    return PersonSection(
        name=person.name,
        learnt_from_person=person.photos_of_person,
        learnt_from_others=person.photos_of_others,
        evidence=person.evidence,
        answers=tuple(
            AnsweredPhoto(answer, is_person, _picture(answer) if answer.source in shown else None)
            for answer, is_person in said
        ),
        settings={"base_sha256": person.base_sha256, **asdict(person.rule)},
    )


def _worth_showing(said: Sequence[tuple[Decision, bool]]) -> set[str]:
    """The sources of the person's likeliest and unlikeliest photos, and of the others'; at most 4 x SHOWN."""
    shown: set[str] = set()
    for is_person in (True, False):
        given = [
            answer
            for answer, truth in said
            if truth is is_person and answer.probability is not None and answer.source
        ]
        ranked = [answer.source for answer in sorted(given, key=lambda answer: answer.probability or 0)]
        shown.update(ranked[:SHOWN] + ranked[-SHOWN:])
    return shown


def _picture(answer: Decision) -> Pixels:
    """The answer's face with what is around it, or the whole photo, at a size that will do for a page."""
    photo = load(Path(answer.source), ENOUGH_PX)
    if answer.face is None:
        return photo.pixels
    height_px, width_px = photo.pixels.shape[:2]
    x0, y0, x1, y1 = (length * width_px / photo.full_width_px for length in answer.face.box)
    across, down = BESIDE * (x1 - x0), BESIDE * (y1 - y0)
    rows = slice(max(0, round(y0 - down)), min(height_px, round(y1 + down)))
    columns = slice(max(0, round(x0 - across)), min(width_px, round(x1 + across)))
    return photo.pixels[rows, columns]
