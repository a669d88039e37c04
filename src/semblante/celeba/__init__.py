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
    write_contact_sheet,
)

__all__ = [
    "PhotosPerPerson",
    "PreparedManifest",
    "PreparedSet",
    "Summary",
    "contact_sheet",
    "open_prepared",
    "prepare",
    "summarise",
    "write_contact_sheet",
]
