"""What must not be done with what a report shows, and what stands behind it: every report ends with this."""

from semblante.errors import Reason
from semblante.i18n import describe, tr
from semblante.labels import doubt
from semblante.report.blocks import Bullets, Chapter, Paragraph


def limits_chapter(terms: str) -> Chapter:
    """What this must not be used for; `terms` is `celeba` or `drawn`, as the data's manifest says."""
    blocks = (Bullets(forbidden_uses(), "never"), Paragraph(labels_text(terms)), Paragraph(data_text(terms)))
    return Chapter("limits", tr("What it must not be used for"), blocks)


def forbidden_uses() -> list[str]:
    """What nothing of this may be used for, a sentence each."""
    return [
        tr("To find out who somebody is, or to find somebody, without that person's consent."),
        tr("To watch people: surveillance, policing, border or access control."),
        tr("To decide about people: hiring, credit, insurance, schooling, justice."),
        tr("To judge character, feelings, health, sexuality or origin. A face does not show them."),
    ]


def labels_text(terms: str) -> str:
    """What an attribute is."""
    if terms == "drawn":
        return tr(
            "The attributes are those that the faces were drawn of, so the labels are true. Those of photos "
            "are what annotators thought they saw."
        )
    return tr(
        "An attribute is what the people who labelled the pictures thought they saw. “Attractive” "
        "or “young” are their opinions, “male” their guess; none of it is a fact about anybody."
    )


def doubt_text(attribute: str) -> str:
    """What is known against an attribute's labels; nothing where nothing of its own is."""
    code = doubt(attribute)
    return "" if code is None else describe(Reason(code))


def data_text(terms: str) -> str:
    """What learning from this data means for the figures, or nothing of unknown data."""
    if terms == "celeba":
        return tr(
            "The network learnt from CelebA: photos of celebrities with noisy labels, from few "
            "parts of the world. It is for non-commercial research only, and it will be worse on "
            "faces unlike those."
        )
    if terms == "drawn":
        return tr(
            "The faces are drawn; nobody in them exists. The figures show that the path works and "
            "say nothing about photos of real people."
        )
    return ""
