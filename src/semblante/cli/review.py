"""`semblante review`: asks about the photos that are unsure, and learns from each answer at once."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from semblante.cli.advice import describe_with_advice
from semblante.cli.console import print_plain, remarks, results
from semblante.cli.options import BaseOfPerson, LibraryFolder, open_index, remark_if_empty, remark_uncompared
from semblante.errors import SamePhotos, TooFewPhotos
from semblante.i18n import as_line, current_language, tr

if TYPE_CHECKING:
    from semblante.pipeline import Question, Review
    from semblante.types import Embeddings, FaceRef

HELP = tr("Ask about the photos that may show a person, and learn from each answer at once.")

Reply = Literal["yes", "no", "skip", "quit"]
_REPLIES: dict[str, dict[str, Reply]] = {
    "en": {"y": "yes", "n": "no", "s": "skip", "q": "quit"},
    "es": {"s": "yes", "n": "no", "o": "skip", "t": "quit"},
}


def command(
    name: Annotated[str, typer.Argument(help=tr("The name of a person in the library."), metavar=tr("NAME"))],
    open_photos: Annotated[
        bool, typer.Option("--open", help=tr("Open each photo in the program for pictures."))
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help=tr("Ask about the answered ones again, to change an answer."))
    ] = False,
    base: BaseOfPerson = None,
    library: LibraryFolder = None,
) -> None:
    """Ask until there is nothing left to ask about or the user has had enough."""
    from semblante.pipeline import check_base, open_base

    with open_index(library) as index:
        person = index.person(name)
        bundle = open_base(base, person)
        check_base(person, bundle.network_sha256)
        remark_if_empty(index, library)
        background, learnt_from = bundle.background(), 0
        passed: set[FaceRef] = set()
        review = index.review(name)
        following = review.next_answer if again else review.next_question
        while question := following(passed):
            reply = _ask(question, person.name, open_photos)
            if reply == "quit":
                break
            passed.add(question.key)
            if reply not in ("skip", question.match.verdict):
                learnt_from += _learn(review, question, reply == "yes", background)
        if not passed and not again:
            remark_uncompared(index.find(name).faces_of_other_base, person.name)
    if question is None:
        print_plain(results(), tr("No photo is left to ask about."))
    print_plain(results(), tr("{name}: answers learnt from: {count}", name=person.name, count=learnt_from))


def _ask(question: "Question", name: str, open_photos: bool) -> Reply:
    """The user's reply; the end of the input means that they have had enough."""
    import webbrowser

    match = question.match
    x0, y0, x1, y1 = (round(length) for length in match.box)
    print_plain(
        results(),
        tr(
            "{path}: the face at {x0}, {y0} to {x1}, {y1} of {width} x {height} pixels ({left} to ask about)",
            path=as_line(match.path),
            x0=x0,
            y0=y0,
            x1=x1,
            y1=y1,
            width=match.photo_width_px,
            height=match.photo_height_px,
            left=question.left,
        ),
    )
    if question.match.verdict != "unsure":
        answered = tr("yes") if question.match.verdict == "yes" else tr("no")
        print_plain(results(), tr("answered so far: {answer}", answer=answered))
    if open_photos:
        webbrowser.open(match.path.absolute().as_uri())
    replies = _REPLIES[current_language()]
    while True:
        try:
            typed = input(tr("Is this {name}? y(es), n(o), s(kip), q(uit): ", name=name))
        except EOFError:
            print()
            return "quit"
        if reply := replies.get(typed.strip().casefold()[:1]):
            return reply
        print_plain(remarks(), tr("Answer with one of the letters before the brackets."))


def _learn(review: "Review", question: "Question", is_person: bool, background: "Embeddings | None") -> bool:
    """Learn from the answer; whether it could be learnt from."""
    try:
        review.record_answer(question, is_person, background)
    except (SamePhotos, TooFewPhotos) as error:
        print_plain(remarks(), describe_with_advice(error))
        return False
    return True
