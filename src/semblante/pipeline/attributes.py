"""The attributes of a user's photos, as a network sees them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from semblante.bundle import Bundle
from semblante.labels import ATTRIBUTES
from semblante.network import Network
from semblante.pipeline.bases import open_base
from semblante.pipeline.photos import find_some_photos, stream_photos


@dataclass(frozen=True)
class PhotoAttributes:
    """The logit of each attribute in a photo: above 0 is a yes, and the higher, the surer.

    `logits` is None, and `reason` says why, where the photo cannot be used.
    """

    source: str
    logits: Mapping[str, float] | None
    reason: str | None = None


def read_attributes(photos: Sequence[Path], base: Bundle | None = None) -> Iterator[PhotoAttributes]:
    """The attributes of each photo at `photos`, in order, batch by batch.

    Without a `base`, the network that comes with Semblante reads them. Raises `NothingUsable` where there
    are no photos, and `NoAccess` where a place does not exist, both before the first.
    """
    return _read(find_some_photos(photos), Network(base or open_base()))


def _read(paths: Sequence[Path], network: Network) -> Iterator[PhotoAttributes]:
    waiting = iter(paths)
    for part in stream_photos(network, paths):
        logits = dict(zip(part.paths, part.logits.tolist(), strict=True))
        reasons = {photo.path: photo.reason for photo in part.unusable}
        for path in islice(waiting, len(logits) + len(reasons)):
            read = dict(zip(ATTRIBUTES, logits[path], strict=True)) if path in logits else None
            yield PhotoAttributes(str(path), read, reasons.get(path))
