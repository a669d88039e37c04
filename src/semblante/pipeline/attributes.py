"""The attributes of the faces in a user's photos, as a network sees them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from semblante.i18n import tr
from semblante.model.bundle import Bundle
from semblante.pipeline.model_resolution import open_base
from semblante.pipeline.photos import UnusablePhoto, find_some_photos
from semblante.pipeline.reading import Reading, read_photos
from semblante.types import Face


@dataclass(frozen=True)
class FaceAttributes:
    """The logit of each attribute in a face: above 0 is a yes, and the higher, the surer.

    A photo with several faces has as many of these, the largest face first. `logits` and `face` are None, and
    `reason` says why, where a photo cannot be used or shows no face.
    """

    source: str
    face: Face | None
    logits: Mapping[str, float] | None
    reason: str | None = None


def read_attributes(photos: Sequence[Path], base: Bundle | None = None) -> Iterator[FaceAttributes]:
    """The attributes of each face in each photo at `photos`, in order.

    Without a `base`, the network that comes with Semblante reads them. Raises `NothingUsable` where there
    are no photos, and `NoAccess` where a place does not exist, both before the first.
    """
    return _read(read_photos(find_some_photos(photos), base or open_base()))


def _read(read: Iterator[Reading]) -> Iterator[FaceAttributes]:
    for photo in read:
        if isinstance(photo, UnusablePhoto):
            yield FaceAttributes(str(photo.path), None, None, photo.reason)
            continue
        if not photo.faces:
            yield FaceAttributes(photo.source, None, None, tr("no face was found"))
        for each in photo.faces:
            yield FaceAttributes(photo.source, each, each.attributes)
