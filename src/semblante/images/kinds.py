"""What a file is by its name, or its first bytes: a RAW file or a video, which are not read, or neither."""

import os
import re
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


_STARTS: Final[Mapping[UnreadKind, re.Pattern[bytes]]] = {
    "raw": re.compile(
        rb"FUJIFILMCCD-RAW|....ftypcrx |II\*\0....CR\x02|IIR[OS]|MMOR|IIU\0|\0MRM|FOVb|II\x1a\0\0\0HEAP",
        re.DOTALL,
    ),
    "video": re.compile(
        rb"....ftyp(?:isom|iso\d|mp4|avc1|qt  |M4V|3g|mmp4|MSNV|XAVC|dash|f4v)|....(?:moov|mdat|wide)"
        rb"|\x1aE\xdf\xa3|RIFF....AVI |\0\0\x01[\xba\xb3]|FLV\x01|0&\xb2u\x8ef\xcf\x11",
        re.DOTALL,
    ),
}
"""How RAW files begin that are no plain TIFF files (Fujifilm, Canon, Olympus, Panasonic, Minolta, Sigma), and
videos."""


def kind_of_content(content: bytes) -> UnreadKind | None:
    """Whether a file with this content is a RAW file or a video, by how it begins."""
    return next((kind for kind, start in _STARTS.items() if start.match(content)), None)
