"""What is said of photos to learn from, in words."""

from typing import TYPE_CHECKING

from semblante.i18n import tr

if TYPE_CHECKING:
    from semblante.person import Advice, Separability

_NAMED = 3
"""So many photos are named; of more, how many there are."""


def advice_text(advice: "Advice", name: str) -> str:
    """What to know of some photos of `name`, and what to do about it."""
    photos = list(advice.photos[:_NAMED])
    if more := len(advice.photos) - len(photos):
        photos.append(tr("{count} more", count=more))
    values = {"photos": ", ".join(photos), "name": name}
    sentences: dict[str, str] = {
        "no face": tr("No face was found in: {photos}", **values),
        "small": tr("The face is too small to learn from in: {photos}", **values),
        "blurred": tr("The face is too blurred to learn from in: {photos}", **values),
        "turned": tr("The face is turned too far aside to learn from in: {photos}", **values),
        "hidden": tr("The face is hidden in part, so it was not learnt from, in: {photos}", **values),
        "someone else": tr("It seems to be someone else, and was left out, in: {photos}", **values),
        "perhaps the person": tr(
            "It may be {name}, though named as somebody else, in: {photos}; if it is, take these photos out",
            **values,
        ),
        "several people": tr(
            "Several people are in: {photos}; the face that the photos have in common was taken for {name}",
            **values,
        ),
        "near duplicates": tr(
            "Nearly the same picture, so together they teach hardly more than one: {photos}", **values
        ),
        "one look": tr(
            "The faces look much alike, as on one day in one light; photos of other days and in other light "
            "would teach more"
        ),
        "one light": tr("The light is alike in all photos; add some in other light, from other sides"),
        "looks ahead": tr("{name} looks straight ahead in all photos; add some turned half aside", **values),
        "looks one way": tr("{name} looks to the same side in all photos; add others", **values),
        "eyeglasses": tr(
            "{name} seems to wear glasses in all photos; add some without, if there are any", **values
        ),
        "hat": tr("{name} seems to wear a hat in all photos; add some without", **values),
    }
    return sentences[advice.kind]


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
