"""Learning a person: from photos to a `Person` on a frozen model, with the faces it was learnt from."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from semblante.errors import FileAccessError, check_type
from semblante.jobs import SILENT, JobContext
from semblante.person import (
    FitResult,
    Person,
    Separability,
    advice_on_ages,
    check_day,
    check_name,
    check_rate,
    fit,
    fit_ages,
    measure_separability,
)
from semblante.person.decision import FALSE_MATCH_RATE
from semblante.pipeline.analyzer import FaceAnalyzer
from semblante.pipeline.finding import Places, listed
from semblante.pipeline.training_faces import TrainingFaces, TrainingPhotos, find_training_faces

OTHERS_FOLDER: Final = "others"


@dataclass(frozen=True)
class LearnResult:
    """A learnt person, and the faces it was learnt from.

    `judged` are the faces that the evaluation comes from: the `training` faces, held out in turn, or those to
    validate with. `separability` is from the negatives who were named, None where nobody was.
    """

    fit: FitResult
    training: TrainingFaces
    judged: TrainingFaces
    separability: Separability | None

    @property
    def person(self) -> Person:
        """The learnt person."""
        return self.fit.person


def learn(
    name: str,
    photos: TrainingPhotos | Places,
    analyzer: FaceAnalyzer,
    false_match_rate: float = FALSE_MATCH_RATE,
    aligned: bool = False,
    birth_date: date | None = None,
    job: JobContext = SILENT,
) -> LearnResult:
    """Learn the person called `name` on the analyzer's frozen model, from photos or `TrainingPhotos`.

    A single path counts as a list of one. Each photo is read once. Faces beside the person's are negatives,
    and so are the background embeddings of the model, if it has any; of other people's faces, the share
    `false_match_rate` may get a yes. `aligned` is that of `FaceAnalyzer`. With the `birth_date`, the person
    also gets a neuron for each age span of which there are enough photos, if held-out photos show that one
    neuron does not serve as well; not with photos to validate with. Emits `Progress`, `Skipped` and
    `Advice`, which may come before learning is refused. Raises `BadName`, `InvalidOption`, `NoCommonFace`,
    `TooFewPhotos` or `SamePhotos`, `FileAccessError` where a place does not exist, `EmptyDataset` where it
    holds no photos, and `Cancelled`.
    """
    check_type(analyzer, FaceAnalyzer)
    check_name(name)
    check_rate(false_match_rate)
    if birth_date is not None:
        check_day(birth_date)
    if not isinstance(photos, TrainingPhotos):
        photos = TrainingPhotos(listed(photos))
    base = analyzer.bundle
    training, validation = find_training_faces(name, photos, analyzer, aligned, job)
    job.check()
    examples, background = training.examples(base.embedding_size), base.background()
    result = fit(
        name,
        examples,
        base.network_sha256,
        validation.examples(base.embedding_size) if validation else None,
        background,
        false_match_rate,
        job,
    )
    person = replace(result.person, base_folder=base.folder.resolve(), birth_date=birth_date)
    result = replace(result, person=person)
    if validation is None:
        result = fit_ages(result, examples, background, job)
    if birth_date is not None:
        job.emit_all(advice_on_ages(examples.positives, birth_date, date.today()))
    judged = validation or training
    return LearnResult(
        fit=result,
        training=training,
        judged=judged,
        separability=measure_separability(result, len(judged.named_negatives)),
    )


def course_layout(folder: Path, name: str) -> TrainingPhotos:
    """The photos of the course's layout: `train/NAME`, `train/others`, and both under `validation`.

    The folder is found by its name in any Unicode form. Raises `FileAccessError` naming the missing folder.
    """

    def sides(part: str) -> tuple[list[Path], list[Path]]:
        return [_folder_named(folder / part, name)], [_folder_named(folder / part, OTHERS_FOLDER)]

    validation = sides("validation") if (folder / "validation").is_dir() else ([], [])
    return TrainingPhotos(*sides("train"), *validation, True)


def _folder_named(parent: Path, name: str) -> Path:
    """The folder `name` in `parent`. A disk may keep names decomposed, so they are compared composed."""
    wanted = unicodedata.normalize("NFC", name.strip())
    folders = sorted(path for path in parent.iterdir() if path.is_dir()) if parent.is_dir() else []
    for path in folders:
        if unicodedata.normalize("NFC", path.name) == wanted:
            return path
    raise FileAccessError("no_folder_named", path=parent, name=name, found=[path.name for path in folders])
