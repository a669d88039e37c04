"""The history of the library in words: what each change did."""

from semblante.i18n import as_line, ntr, tr
from semblante.library import Change


def change_text(change: Change) -> str:
    """What a change did, without when."""
    values = {"name": as_line(change.name), "others": ", ".join(map(as_line, change.instead_of))}
    texts = {
        "add": tr("{name} was added", **values),
        "edit": tr("consent or birth date of {name}", **values),
        "learn": tr("{name} was learnt from photos", **values),
        "name": tr("a group was named {name}", **values),
        "answer": _answers_text(change),
        "remove": tr("faces taken out of {name}", **values),
        "rename": tr("{others} was renamed {name}", **values)
        if change.instead_of
        else tr("the name was written {name}", **values),
        "merge": tr("{others} became one person with {name}", **values),
        "ignore": ntr("{count} face ignored", "{count} faces ignored", change.faces, count=change.faces),
        "unignore": ntr(
            "{count} face no longer ignored",
            "{count} faces no longer ignored",
            change.faces,
            count=change.faces,
        ),
        "merge_groups": ntr(
            "{count} face put into one group",
            "{count} faces put into one group",
            change.faces,
            count=change.faces,
        ),
        "split_group": ntr(
            "a group of {count} face split",
            "a group of {count} faces split",
            change.faces,
            count=change.faces,
        ),
        "ignore_folder": tr("the faces in {name} ignored", **values),
        "unignore_folder": tr("the faces in {name} no longer ignored", **values),
    }
    text = texts[change.kind]
    if change.beside:
        text += tr("; told apart from: {names}", names=", ".join(map(as_line, change.beside)))
    return text


def _answers_text(change: Change) -> str:
    """How many faces were said to be the person, and how many not."""
    name = as_line(change.name)
    yes = ntr(
        "{count} face is {name}",
        "{count} faces are {name}",
        change.said_yes,
        count=change.said_yes,
        name=name,
    )
    no = ntr(
        "{count} face is not {name}",
        "{count} faces are not {name}",
        change.said_no,
        count=change.said_no,
        name=name,
    )
    said = [text for text, count in ((yes, change.said_yes), (no, change.said_no)) if count]
    # An answer that was there already says nothing new.
    return ", ".join(said) or tr("answers about {name}", name=name)
