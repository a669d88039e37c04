"""What is said of photos to learn from, in words."""

from typing import TYPE_CHECKING

from semblante.text import say

if TYPE_CHECKING:
    from semblante.person import Advice, Resemblance

_NAMED = 3
"""So many photos are named; of more, how many there are."""


def advice_text(advice: "Advice", name: str) -> str:
    """What to know of some photos of `name`, and what to do about it."""
    photos = list(advice.photos[:_NAMED])
    if more := len(advice.photos) - len(photos):
        photos.append(say("{count} more", count=more))
    values = {"photos": ", ".join(photos), "name": name}
    sentences: dict[str, str] = {
        "no face": say("No face was found in: {photos}", **values),
        "small": say("The face is too small to learn from in: {photos}", **values),
        "blurred": say("The face is too blurred to learn from in: {photos}", **values),
        "turned": say("The face is turned too far aside to learn from in: {photos}", **values),
        "hidden": say("The face is hidden in part, so it was not learnt from, in: {photos}", **values),
        "someone else": say("It seems to be someone else, and was left out, in: {photos}", **values),
        "perhaps the person": say(
            "It may be {name}, though named as somebody else, in: {photos}; if it is, take these photos out",
            **values,
        ),
        "several people": say(
            "Several people are in: {photos}; the face that the photos have in common was taken for {name}",
            **values,
        ),
        "near duplicates": say(
            "Nearly the same picture, so together they teach hardly more than one: {photos}", **values
        ),
        "one look": say(
            "The faces look much alike, as on one day in one light; photos of other days and in other light "
            "would teach more"
        ),
        "one light": say("The light is alike in all photos; add some in other light, from other sides"),
        "looks ahead": say("{name} looks straight ahead in all photos; add some turned half aside", **values),
        "looks one way": say("{name} looks to the same side in all photos; add others", **values),
        "eyeglasses": say(
            "{name} seems to wear glasses in all photos; add some without, if there are any", **values
        ),
        "hat": say("{name} seems to wear a hat in all photos; add some without", **values),
    }
    return sentences[advice.kind]


def resemblance_text(found: "Resemblance | None", name: str) -> str:
    """Whether the person can be told from the others who were named; None where no face of theirs will do."""
    if found is None:
        return say(
            "It cannot be said whether {name} can be told from the people named with --not: no face in those "
            "photos can be relied on.",
            name=name,
        )
    counts = {"faces": found.faces, "yes": found.yes, "unsure": found.unsure, "name": name}
    if found.told_apart:
        return say(
            "{name} can be told from the people named with --not: of their {faces} faces, held out in turn, "
            "{yes} got a yes and {unsure} no sure answer.",
            **counts,
        )
    return say(
        "{name} and the people named with --not cannot be told apart well: of their {faces} faces, held out "
        "in turn, {yes} got a yes and {unsure} no sure answer. More photos of both will help; do not trust "
        "answers about them unseen.",
        **counts,
    )
