"""Image files decoded to RGB pixels, upright, in sRGB.

Only this component decodes image files, so training and inference see the same pixels. The size is checked in
the header, before anything is decoded. Colours are converted to sRGB where the file embeds a colour profile,
as phones' pictures do.

kinds         what is read, and RAW files and videos by name
issues        what can be wrong with a file
exif          the orientation and the day of capture: one rule for all formats
colours       to RGB of 8 bits in sRGB
jpeg          JPEG, whole or cut
metadata      PNG and WebP without it
tiff          the photo among a TIFF file's pages (tiff_pages), its samples made those of 8 bits
container     HEIF and AVIF
reading       all of it: a path or bytes to a photo
"""

from semblante.images.issues import MAX_BYTES, MAX_PIXELS, ImageIssue, reason_of_issue
from semblante.images.kinds import SUFFIXES, UnreadKind, unread_kind
from semblante.images.reading import decode, load, orientation, stored_size

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "SUFFIXES",
    "ImageIssue",
    "UnreadKind",
    "decode",
    "load",
    "orientation",
    "reason_of_issue",
    "stored_size",
    "unread_kind",
]
