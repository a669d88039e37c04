"""A result as a person reads it: one self-contained HTML page in two languages, tables for the terminal, or
a picture.

Results become blocks (`blocks`: texts, tables, charts, pictures) by what they are about: `evaluation`,
`model`, `data`, `person`, `card`, `faces`, `contact_sheet`. Writers make HTML (`page`), terminal tables or
Markdown (`text`) of the same blocks. `explanation` and `faces` draw into photos.

Each name is loaded when it is first used: a command waits for nothing that it does not need.
"""

from typing import TYPE_CHECKING

from semblante.lazy import loader

if TYPE_CHECKING:
    from semblante.report.card import card_blocks as card_blocks
    from semblante.report.card import model_card as model_card
    from semblante.report.contact_sheet import ContactSheet as ContactSheet
    from semblante.report.contact_sheet import SheetFace as SheetFace
    from semblante.report.contact_sheet import SheetGroup as SheetGroup
    from semblante.report.contact_sheet import write_contact_sheet as write_contact_sheet
    from semblante.report.data import DataSection as DataSection
    from semblante.report.data import data_section as data_section
    from semblante.report.explanation import explanation_text as explanation_text
    from semblante.report.explanation import write_explanation as write_explanation
    from semblante.report.model import Example as Example
    from semblante.report.model import ModelSection as ModelSection
    from semblante.report.model import model_section as model_section
    from semblante.report.model import pick_examples as pick_examples
    from semblante.report.page import evaluation_paths as evaluation_paths
    from semblante.report.page import write_evaluation as write_evaluation
    from semblante.report.page import write_report as write_report
    from semblante.report.person import AnsweredPhoto as AnsweredPhoto
    from semblante.report.person import PersonSection as PersonSection
    from semblante.report.person import learnt_section as learnt_section
    from semblante.report.person import person_section as person_section

_HOME = {
    "card_blocks": "semblante.report.card",
    "model_card": "semblante.report.card",
    "ContactSheet": "semblante.report.contact_sheet",
    "SheetFace": "semblante.report.contact_sheet",
    "SheetGroup": "semblante.report.contact_sheet",
    "write_contact_sheet": "semblante.report.contact_sheet",
    "DataSection": "semblante.report.data",
    "data_section": "semblante.report.data",
    "explanation_text": "semblante.report.explanation",
    "write_explanation": "semblante.report.explanation",
    "ModelSection": "semblante.report.model",
    "model_section": "semblante.report.model",
    "evaluation_paths": "semblante.report.page",
    "write_evaluation": "semblante.report.page",
    "write_report": "semblante.report.page",
    "AnsweredPhoto": "semblante.report.person",
    "PersonSection": "semblante.report.person",
    "learnt_section": "semblante.report.person",
    "person_section": "semblante.report.person",
    "Example": "semblante.report.model",
    "pick_examples": "semblante.report.model",
}
__all__ = [*_HOME]
__getattr__ = loader(__name__, _HOME)
