"""Raw CelebA becomes the prepared set, and the prepared set is opened and summed up."""

from semblante.celeba.preparation import prepare
from semblante.celeba.prepared import (
    PhotosPerPerson,
    PreparedManifest,
    PreparedSet,
    Summary,
    contact_sheet,
    open_prepared,
    summarise,
)
from semblante.celeba.writing import CONTACT_SHEET

__all__ = [
    "CONTACT_SHEET",
    "PhotosPerPerson",
    "PreparedManifest",
    "PreparedSet",
    "Summary",
    "contact_sheet",
    "open_prepared",
    "prepare",
    "summarise",
]
