"""What to do about an outcome, in terms of the command line: nothing below knows commands and options.

`ADVICE` goes behind the sentence of an error (`describe_with_advice`); the rest is about training photos.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from semblante.errors import Reason, SemblanteError
from semblante.i18n import describe, tr
from semblante.i18n.describe import filled
from semblante.i18n.sentences import Sentence

if TYPE_CHECKING:
    from semblante.jobs import Advice as JobAdvice
    from semblante.person import Advice, Separability

ADVICE: Final[Mapping[str, Sentence]] = {
    "prepared_set_missing": (
        "raw CelebA becomes one with: semblante prepare {path} NEW_FOLDER; "
        "a stopped one is finished by the command that began it"
    ),
}
"""The code of an error or a reason -> what to do about it, with the same parameters; sorted by code."""

_NAMED = 3
"""So many photos are named; of more, how many there are."""


def describe_with_advice(value: SemblanteError | Reason, **more: object) -> str:
    """What an error or a reason says, and after a semicolon what to do about it at the command line.

    `more` is what only the command knows and its advice names, such as `options`.
    """
    sentence = describe(value)
    if value.code not in ADVICE:
        return sentence
    return f"{sentence}; {filled(ADVICE[value.code], {**value.params, **more})}"


def advice_text(advice: "Advice | JobAdvice", name: str) -> str:
    """What to know of some photos of `name`, and what to do about it."""
    photos = list(advice.photos[:_NAMED])
    if more := len(advice.photos) - len(photos):
        photos.append(tr("{count} more", count=more))
    values = {"photos": ", ".join(photos), "name": name}
    sentences: dict[str, str] = {
        "no_face": tr("No face was found in: {photos}", **values),
        "small": tr("The face is too small to learn from in: {photos}", **values),
        "blurred": tr("The face is too blurred to learn from in: {photos}", **values),
        "turned": tr("The face is turned too far aside to learn from in: {photos}", **values),
        "hidden": tr("The face is hidden in part, so it was not learnt from, in: {photos}", **values),
        "someone_else": tr("It seems to be someone else, and was left out, in: {photos}", **values),
        "perhaps_the_person": tr(
            "It may be {name}, though named as somebody else, in: {photos}; if it is, take these photos out",
            **values,
        ),
        "several_people": tr(
            "Several people are in: {photos}; the face that the photos have in common was taken for {name}",
            **values,
        ),
        "near_duplicates": tr(
            "Nearly the same picture, so together they teach hardly more than one: {photos}", **values
        ),
        "one_look": tr(
            "The faces look much alike, as on one day in one light; photos of other days and in other light "
            "would teach more"
        ),
        "one_light": tr("The light is alike in all photos; add some in other light, from other sides"),
        "looks_ahead": tr("{name} looks straight ahead in all photos; add some turned half aside", **values),
        "looks_one_way": tr("{name} looks to the same side in all photos; add others", **values),
        "eyeglasses": tr(
            "{name} seems to wear glasses in all photos; add some without, if there are any", **values
        ),
        "hat": tr("{name} seems to wear a hat in all photos; add some without", **values),
    }
    # A kind with spaces is that of an advice that is not a code yet.
    return sentences[getattr(advice, "kind", getattr(advice, "code", "")).replace(" ", "_")]


def separability_text(found: "Separability | None", name: str) -> str:
    """Whether the person can be told from the others who were named; None where no face of theirs will do."""
    if found is None:
        return tr(
            "It cannot be said whether {name} can be told from the people named with --not: no face in those "
            "photos can be relied on.",
            name=name,
        )
    counts = {"faces": found.faces, "yes": found.yes, "unsure": found.unsure, "name": name}
    if found.separable:
        return tr(
            "{name} can be told from the people named with --not: of their {faces} faces, held out in turn, "
            "{yes} got a yes and {unsure} no sure answer.",
            **counts,
        )
    return tr(
        "{name} and the people named with --not cannot be told apart well: of their {faces} faces, held out "
        "in turn, {yes} got a yes and {unsure} no sure answer. More photos of both will help; do not trust "
        "answers about them unseen.",
        **counts,
    )
