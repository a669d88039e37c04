"""Model 2 from photos to answers: learn one person on a frozen base, recognise that person in photos."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path

from semblante.bundle import Bundle
from semblante.errors import NoAccess, TooFewPhotos
from semblante.images import load
from semblante.network import Network
from semblante.person import Examples, Gallery, Learnt, Person, answers, check_base, decide, fit
from semblante.pipeline.bases import open_base
from semblante.pipeline.photos import (
    UnusablePhoto,
    UsablePhotos,
    find_photos,
    find_some_photos,
    photo_features,
    stream_photos,
)
from semblante.report import AnsweredPhoto, PersonSection
from semblante.text import say
from semblante.types import Answer, OnProgress, unwatched

OTHERS_FOLDER = "others"
SHOWN = 24
"""So many photos of each kind are kept at hand for the report, which picks among them."""


@dataclass(frozen=True)
class PhotoSets:
    """Where the photos of a person and of others are; the validation ones are given both or neither.

    `others` may be empty where strangers come with the base network.
    """

    me: Sequence[Path]
    others: Sequence[Path] = ()
    validation_me: Sequence[Path] = ()
    validation_others: Sequence[Path] = ()


@dataclass(frozen=True)
class Lesson:
    """A person just learnt, the photos that the evidence comes from, and those that could not be used."""

    learnt: Learnt
    judged: tuple[UsablePhotos, UsablePhotos]
    unusable: tuple[UnusablePhoto, ...]

    @property
    def person(self) -> Person:
        """What was learnt."""
        return self.learnt.person


def course_layout(folder: Path, name: str) -> PhotoSets:
    """The photo sets of the course's layout: `train/NAME`, `train/others`, and both under `validation`.

    The folder is found by its name in any Unicode form. Raises `NoAccess` naming the folder that is missing.
    """
    sets = PhotoSets(
        me=[_named(folder / "train", name)],
        others=[_named(folder / "train", OTHERS_FOLDER)],
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
    raise NoAccess(
        say(
            "{path}: no folder named {name} (found: {found}); make it, or name photos with --me and --others",
            path=parent,
            name=name,
            found=", ".join(path.name for path in folders) or "—",
        )
    )


def learn(
    name: str, photos: PhotoSets, base: Bundle | None = None, on_progress: OnProgress = unwatched
) -> Lesson:
    """Learn the person called `name` on the frozen `base`, by default the one that comes with Semblante.

    Each photo goes through the network once. The strangers of the base, if it has any, are others as well.
    Raises `BadName`, `TooFewPhotos` or `SamePhotos`, and `NoAccess` where a place does not exist.
    """
    base = base or open_base()
    strangers = base.strangers()
    if strangers is None and not photos.others:
        raise TooFewPhotos(
            say(
                "{path}: no strangers came with this network; name photos of other people with --others",
                path=base.folder,
            )
        )
    network = Network(base)
    places = (photos.me, photos.others, photos.validation_me, photos.validation_others)
    found = [find_photos(place) for place in places]
    sets: list[UsablePhotos] = []
    for number, paths in enumerate(found):
        before, total = sum(map(len, found[:number])), sum(map(len, found))
        sets.append(photo_features(network, paths, partial(_shifted, on_progress, before, total)))
    me, others, validation_me, validation_others = sets
    validation = None
    if photos.validation_me or photos.validation_others:
        validation = Examples(_gallery(validation_me), _gallery(validation_others))
    training = Examples(_gallery(me), _gallery(others))
    learnt = fit(name, training, base.network_sha256, validation, strangers)
    found_again = replace(learnt.person, base_folder=base.folder.resolve())
    return Lesson(
        learnt=replace(learnt, person=found_again),
        judged=(validation_me, validation_others) if validation else (me, others),
        unusable=tuple(chain.from_iterable(each.unusable for each in sets)),
    )


def _shifted(on_progress: OnProgress, before: int, total: int, done: int, _: int) -> None:
    """Report progress within one of several sets as progress within all."""
    on_progress(before + done, total)


def _gallery(photos: UsablePhotos) -> Gallery:
    return Gallery(photos.features, tuple(map(str, photos.paths)))


def recognise(person: Person, photos: Sequence[Path], base: Bundle | None = None) -> Iterator[Answer]:
    """An answer for each photo at `photos`, in order, batch by batch. Raises `WrongBase` before the first.

    A photo that cannot be used is answered `unsure`, without a probability and with the reason. Without a
    `base`, that of the person is found as `open_base` says.
    """
    base = base or open_base(person=person)
    check_base(person, base.network_sha256)
    paths = find_some_photos(photos)
    return _answer(person, paths, Network(base))


def _answer(person: Person, paths: Sequence[Path], network: Network) -> Iterator[Answer]:
    waiting = iter(paths)
    for part in stream_photos(network, paths):
        said = decide(person, part.features, [str(path) for path in part.paths])
        unused = [Answer(str(photo.path), "unsure", None, photo.reason) for photo in part.unusable]
        by_source = {answer.source: answer for answer in [*said, *unused]}
        yield from (by_source[str(path)] for path in islice(waiting, len(by_source)))


def lesson_section(lesson: Lesson) -> PersonSection:
    """The report's part on a person just learnt: what the neuron said of photos that it had not seen."""
    held_out = lesson.learnt.held_out
    me, others = lesson.judged
    strangers = [""] * lesson.person.evidence.strangers
    named = {1: [str(path) for path in me.paths], 0: [*map(str, others.paths), *strangers]}
    sources = [
        named[label][index]
        for label, index in zip(held_out.labels.tolist(), held_out.indices.tolist(), strict=True)
    ]
    said = answers(lesson.person.rule, held_out.logits, sources)
    return person_section(lesson.person, list(zip(said, held_out.labels.astype(bool).tolist(), strict=True)))


def person_section(person: Person, said: Sequence[tuple[Answer, bool]]) -> PersonSection:
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
            AnsweredPhoto(
                answer, is_person, load(Path(answer.source)).pixels if answer.source in shown else None
            )
            for answer, is_person in said
        ),
        settings={"base_sha256": person.base_sha256, **asdict(person.rule)},
    )


def _worth_showing(said: Sequence[tuple[Answer, bool]]) -> set[str]:
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
