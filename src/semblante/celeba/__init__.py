"""Raw CelebA in any layout becomes the prepared set, and the prepared set is opened and summed up."""

from semblante.celeba.issues import note_in_words, reason_in_words
from semblante.celeba.preparation import prepare
from semblante.celeba.prepared import PreparedSet, open_prepared
from semblante.celeba.summary import PhotosPerPerson, Summary, contact_sheet, summarise
from semblante.celeba.writing import CONTACT_SHEET

__all__ = [
    "CONTACT_SHEET",
    "PhotosPerPerson",
    "PreparedSet",
    "Summary",
    "contact_sheet",
    "note_in_words",
    "open_prepared",
    "prepare",
    "reason_in_words",
    "summarise",
]
