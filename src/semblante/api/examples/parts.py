"""What several examples have in common."""

from typing import Any, Final

AT: Final = "2026-11-28T08:00:00Z"
PHOTO_ID: Final = "4f" * 32
FACE_ID: Final = f"{PHOTO_ID}-0"
PHOTO: Final[dict[str, Any]] = {"width_px": 1200, "height_px": 800}
BOX: Final[dict[str, Any]] = {
    "pixels": [402.5, 180.0, 590.5, 431.0],
    "normalised": [0.3354, 0.225, 0.4921, 0.5388],
}
QUALITY: Final[dict[str, Any]] = {
    "ok": True,
    "issues": [],
    "interocular_px": 89.6,
    "sharpness": 0.81,
    "frontal": 0.94,
    "alignment_confidence": 0.9,
    "side_light": -0.04,
}
FACE: Final[dict[str, Any]] = {
    "box": BOX,
    "quality": QUALITY,
    "score": 0.93,
    "landmarks": {
        "pixels": [[452.1, 280.4], [541.7, 279.9], [497.0, 331.2], [461.3, 380.8], [533.4, 380.1]],
        "normalised": [
            [0.3768, 0.3505],
            [0.4514, 0.3499],
            [0.4142, 0.414],
            [0.3844, 0.476],
            [0.4445, 0.4751],
        ],
    },
    "attributes": None,
    "embedding": None,
}
THRESHOLDS: Final[dict[str, Any]] = {
    "slope": 1.2,
    "offset": -3.1,
    "prior": 0.01,
    "yes_above": 0.9,
    "no_below": 0.2,
    "false_match_rate": 0.001,
    "false_non_match_rate": 0.05,
}
