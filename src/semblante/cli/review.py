"""`semblante review`: asks about the photos that are unsure, and learns from each answer at once."""

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from semblante.cli.advice import describe_with_advice
from semblante.cli.console import REPORT, print_plain, remarks, replaceable, results
from semblante.cli.hints import (
    chosen,
    remark_if_empty,
    remark_look_alikes,
    remark_shared,
    remark_uncompared,
    remark_way_back,
)
from semblante.cli.options import BaseOfPerson, LibraryFolder, open_index
from semblante.cli.pictures import (
    MarkedPhotos,
    SheetFile,
    can_show,
    marked_photos,
    show_in_terminal,
    write_sheet,
)
from semblante.errors import BadImage, FileAccessError, InvalidOption, SamePhotos, TooFewPhotos
from semblante.i18n import as_line, current_language, ntr, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from semblante.person import Person
    from semblante.pipeline import KeptLesson, LookAlike, Match, Question, Review, SearchResult
    from semblante.types import Embeddings, FaceRef

HELP = tr("Ask about the photos that may show a person, and learn from each answer at once.")

Reply = Literal["yes", "no", "skip", "back", "quit"]
_REPLIES: dict[str, dict[str, Reply]] = {
    "en": {"y": "yes", "n": "no", "s": "skip", "b": "back", "q": "quit"},
    "es": {"s": "yes", "n": "no", "o": "skip", "v": "back", "t": "quit"},
}


def command(
    name: Annotated[str, typer.Argument(help=tr("The name of a person in the library."), metavar=tr("NAME"))],
    open_photos: Annotated[
        bool,
        typer.Option(
            "--open", help=tr("Open a copy of each photo with the face marked in the program for pictures.")
        ),
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help=tr("Ask about the answered ones again, to change an answer."))
    ] = False,
    yes: Annotated[
        list[Path] | None,
        typer.Option(
            "--yes",
            help=tr("Ask nothing: this photo shows the person, whatever was answered; may be repeated."),
            metavar=tr("PHOTO"),
        ),
    ] = None,
    no: Annotated[
        list[Path] | None,
        typer.Option(
            "--no",
            help=tr("Ask nothing: the face taken for the person in this photo is somebody else's."),
            metavar=tr("PHOTO"),
        ),
    ] = None,
    remove: Annotated[
        list[Path] | None,
        typer.Option(
            "--remove",
            help=tr("Ask nothing: take this photo's face out of what taught the person."),
            metavar=tr("PHOTO"),
        ),
    ] = None,
    face: Annotated[
        int | None,
        typer.Option(
            "--face",
            help=tr(
                "Which face of these photos is meant, counted as `semblante faces` lists them; by default "
                "the one answered about, or the likeliest."
            ),
            metavar=tr("NUMBER"),
            min=1,
        ),
    ] = None,
    sheet: SheetFile = None,
    base: BaseOfPerson = None,
    library: LibraryFolder = None,
) -> None:
    """Ask until there is nothing left to ask about or the user has had enough; or correct what is named."""
    from semblante.pipeline import Correction, check_base, open_base

    corrections = [
        *(Correction(path, "yes", face) for path in yes or ()),
        *(Correction(path, "no", face) for path in no or ()),
        *(Correction(path, "remove", face) for path in remove or ()),
    ]
    if face is not None and not corrections:
        raise InvalidOption("face_without_photo")
    if sheet is not None:
        replaceable(sheet, REPORT)
    with open_index(library) as index, marked_photos() as photos:
        person = index.person(name)
        bundle = open_base(base, person)
        check_base(person, bundle.network_sha256)
        background = bundle.background()
        review = index.review(name)
        if corrections:
            lesson = review.correct(corrections, background)
            _say_corrected(lesson.person, len(set(corrections)), library)
            remark_shared(index, lesson.person.name, library)
            remark_look_alikes(lesson.person.name, lesson.look_alikes)
        if sheet is not None:
            _write_sheet(sheet, person, review.unanswered())
        if corrections:
            return
        index.check_writable()
        remark_if_empty(index, library)
        if sheet is None and not open_photos and not can_show():
            print_plain(remarks(), tr("To see the faces that are asked about: --open, or --sheet FILE.html"))
        asking = _Asking(review, person.name, photos if open_photos else None, background)
        is_done = asking.ask_all(review.next_answer if again else review.next_question)
        if not asking.passed and not again:
            found = index.find(name)
            remark_uncompared(found.faces_of_other_base, person.name)
            if is_done:
                _remark_unasked(found, person.name, library)
    if is_done:
        print_plain(results(), tr("No photo is left to ask about."))
    remark_look_alikes(person.name, asking.look_alikes)
    count = len(asking.learnt_from)
    print_plain(results(), tr("{name}: answers learnt from: {count}", name=person.name, count=count))
    if count:
        remark_way_back(library, asking.changes)


def _remark_unasked(found: "SearchResult", name: str, library: Path | None) -> None:
    """Say so where photos are unsure though there is nothing to ask about."""
    if unsure := found.unsure_photos:
        print_plain(
            remarks(),
            ntr(
                "{count} photo is unsure, but its face is too small, blurred, turned or hidden to teach, or "
                "has taught; to list it: semblante find {quoted} --unsure{options}",
                "{count} photos are unsure, but their faces are too small, blurred, turned or hidden to "
                "teach, or have taught; to list them: semblante find {quoted} --unsure{options}",
                unsure,
                count=unsure,
                quoted=shlex.quote(name),
                options=chosen(library),
            ),
        )


class _Asking:
    """The dialogue: which faces were `passed`, which answers were `learnt_from`, in how many `changes`.

    `look_alikes` is whom in the library the person was found to look like.
    """

    def __init__(
        self, review: "Review", name: str, photos: "MarkedPhotos | None", background: "Embeddings | None"
    ) -> None:
        self._review, self._name = review, name
        self._photos, self._background = photos, background
        self.passed: set[FaceRef] = set()
        self.learnt_from: set[FaceRef] = set()
        self.changes = 0
        self.look_alikes: tuple[LookAlike, ...] = ()

    def ask_all(self, following: "Callable[[Container[FaceRef]], Question | None]") -> bool:
        """Ask about one face after the other; whether all were asked about.

        One who steps back is asked about the face before again.
        """
        before: list[Question] = []
        earlier: Question | None = None
        while question := earlier or following(self.passed):
            reply = _ask(question, self._name, self._photos)
            if reply == "quit":
                return False
            if reply == "back":
                if not before:
                    print_plain(remarks(), tr("This is the first face."))
                earlier = before.pop() if before else question
                continue
            earlier = None
            self.passed.add(question.key)
            before.append(self._answered(question, reply))
        return True

    def _answered(self, question: "Question", reply: Reply) -> "Question":
        """The question as it is asked if the user steps back to it."""
        if reply not in ("yes", "no") or reply == question.match.verdict:
            return question
        lesson = _learn(self._review, question, reply == "yes", self._background)
        if lesson is None:
            return question
        latest = {each.name: each for each in (*self.look_alikes, *lesson.look_alikes)}
        self.look_alikes = tuple(latest.values())
        self.learnt_from.add(question.key)
        self.changes += 1
        return replace(question, match=replace(question.match, verdict=reply))


def _say_corrected(person: "Person", count: int, library: Path | None) -> None:
    print_plain(
        results(),
        tr(
            "{name}: corrected: {count}; faces that teach now: {photos}",
            name=person.name,
            count=count,
            photos=person.photos_of_person,
        ),
    )
    remark_way_back(library)


def _write_sheet(path: Path, person: "Person", asked: "Sequence[Match]") -> None:
    """Write a contact sheet of what will be asked about."""
    from semblante.report import ContactSheet, SheetFace, SheetGroup

    faces = [SheetFace(each, each.verdict, each.probability) for each in asked]
    write_sheet(path, ContactSheet("questions", [SheetGroup(faces, "unsure")], person))


def _ask(question: "Question", name: str, photos: "MarkedPhotos | None") -> Reply:
    """The user's reply, with the photo in `photos`; the end of the input means that they have had enough."""
    match = question.match
    # As texts: a comma for thousands would be one too many between places in pixels.
    x0, y0, x1, y1 = (str(round(length)) for length in match.box)
    print_plain(
        results(),
        tr(
            "{path}: the face at {x0}, {y0} to {x1}, {y1} of {width} x {height} pixels ({left} to ask about)",
            path=as_line(match.path),
            x0=x0,
            y0=y0,
            x1=x1,
            y1=y1,
            width=str(match.photo_width_px),
            height=str(match.photo_height_px),
            left=question.left,
        ),
    )
    if question.match.verdict != "unsure":
        answered = tr("yes") if question.match.verdict == "yes" else tr("no")
        print_plain(results(), tr("answered so far: {answer}", answer=answered))
    show_in_terminal([match])
    if photos is not None:
        try:
            photos.open(match)
        except (BadImage, FileAccessError) as error:
            print_plain(remarks(), describe_with_advice(error))
    replies = _REPLIES[current_language()]
    while True:
        try:
            typed = input(tr("Is this {name}? y(es), n(o), s(kip), b(ack), q(uit): ", name=name))
        except EOFError:
            print()
            return "quit"
        if reply := replies.get(typed.strip().casefold()[:1]):
            return reply
        print_plain(remarks(), tr("Answer with one of the letters before the brackets."))


def _learn(
    review: "Review", question: "Question", is_person: bool, background: "Embeddings | None"
) -> "KeptLesson | None":
    """Learn from the answer; None where it could not be learnt from."""
    try:
        return review.record_answer(question, is_person, background)
    except (SamePhotos, TooFewPhotos) as error:
        print_plain(remarks(), describe_with_advice(error))
        return None
