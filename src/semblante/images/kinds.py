"""What a file is by its name: a picture that is read, a RAW file or a video that is not, or neither."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

SUFFIXES: Final = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif"}
    | {".heic", ".heif", ".hif"}
)
"""What folders are searched for; a file's content, not its name, decides how it is read."""

UnreadKind = Literal["raw", "video"]
"""Files that hold what a camera took, and that are not read."""

_RAW: Final = (
    ".3fr .arw .bay .cr2 .cr3 .crw .dcr .dng .erf .fff .gpr .iiq .k25 .kdc .mef .mos .mrw .nef .nrw "
    ".orf .pef .ptx .r3d .raf .raw .rw2 .rwl .rwz .sr2 .srf .srw .x3f"
)
_VIDEO: Final = (  # Without .ts and .mod, which programmers use too.
    ".3g2 .3gp .asf .avi .braw .crm .dv .f4v .flv .insv .lrv .m2t .m2ts .m2v .m4v .mkv .mov .mp4 .mpe "
    ".mpeg .mpg .mts .mxf .ogm .ogv .qt .rmvb .tod .vob .webm .wmv"
)
_KINDS: Final[Mapping[UnreadKind, frozenset[str]]] = {
    "raw": frozenset(_RAW.split()),
    "video": frozenset(_VIDEO.split()),
}


def unread_kind(path: Path | str) -> UnreadKind | None:
    """Whether the name is that of a RAW file or a video; None for everything else, also for pictures."""
    suffix = os.path.splitext(path)[1].lower()  # noqa: PTH122 (a `Path` takes ten times as long)
    return next((kind for kind, suffixes in _KINDS.items() if suffix in suffixes), None)
