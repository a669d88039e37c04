"""A result as a person reads it: one self-contained HTML page in two languages, tables for the terminal, or
a picture.

Values come in as the dataclasses of `semblante.types` and a few sections; `write_report` writes the page.
`model_card` writes a bundle's card in Markdown, `write_explanation` draws where an answer comes from.
`semblante.report.terminal` and `semblante.report.attributes` lay values out for the terminal.
"""

from semblante.report.card import model_card
from semblante.report.data import DataSection
from semblante.report.explanation import explanation_text, write_explanation
from semblante.report.model import ModelSection
from semblante.report.page import write_report
from semblante.report.person import AnsweredPhoto, PersonSection
from semblante.report.pictures import Example, pick_examples

__all__ = [
    "AnsweredPhoto",
    "DataSection",
    "Example",
    "ModelSection",
    "PersonSection",
    "explanation_text",
    "model_card",
    "pick_examples",
    "write_explanation",
    "write_report",
]
