"""Examples of what is sent and answered, by the name of its schema, for the description of the service."""

from collections.abc import Mapping
from typing import Any, Final

EXAMPLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "ComparisonOut": {
        "verdict": "same",
        "similarity": 0.71,
        "threshold": 0.425,
        "false_accept_rate": 0.001,
        "reason": None,
    },
    "ExplanationOut": {
        "kind": "attribute",
        "subject": "Smiling",
        "verdict": "yes",
        "probability": None,
        "logit": 2.31,
        "side_px": 2,
        "heat": [[0.01, 0.02], [0.85, 0.79]],
        "regions": {"mouth": 0.82},
        "crop": "iVBORw0KGgo…",
        "text": "Smiling: yes (logit 2.3).",
    },
    "FacesOut": {
        "photo": {"width_px": 1200, "height_px": 800},
        "faces": [
            {
                "box": {
                    "pixels": [402.5, 180.0, 590.5, 431.0],
                    "normalised": [0.3354, 0.225, 0.4921, 0.5388],
                },
                "score": 0.93,
                "landmarks": {
                    "pixels": [
                        [452.1, 280.4],
                        [541.7, 279.9],
                        [497.0, 331.2],
                        [461.3, 380.8],
                        [533.4, 380.1],
                    ],
                    "normalised": [
                        [0.3768, 0.3505],
                        [0.4514, 0.3499],
                        [0.4142, 0.414],
                        [0.3844, 0.476],
                        [0.4445, 0.4751],
                    ],
                },
                "quality": {
                    "ok": True,
                    "issues": [],
                    "interocular_px": 89.6,
                    "sharpness": 0.81,
                    "frontal": 0.94,
                    "alignment_confidence": 0.9,
                    "side_light": -0.04,
                },
                "attributes": None,
                "embedding": None,
            }
        ],
    },
    "Health": {"status": "ok"},
    "JobOut": {
        "id": "5d0c8f0e6b1a4c37",
        "kind": "scan",
        "state": "running",
        "stage": "reading_photos",
        "stage_text": "Looking at the photos",
        "done": 120,
        "total": 480,
        "rate": 31.5,
        "eta_s": 11.4,
        "skipped": 1,
        "failed": [
            {
                "path": "/photos/2019/broken.jpg",
                "reason": {"code": "damaged", "detail": "the picture is damaged or cut short"},
            }
        ],
        "result": None,
        "error": None,
        "created": "2026-11-28T08:00:00Z",
        "finished": None,
    },
    "KeyIn": {"name": "photo frame in the hall", "scope": "read"},
    "KeyOut": {
        "id": "a41f6d2c90be7a15",
        "name": "photo frame in the hall",
        "scope": "read",
        "created": "2026-11-28T08:00:00Z",
        "secret": "semblante_kHq…",
    },
    "Launch": {"token": "3xg…"},
    "Ready": {"ready": True},
    "RecognitionOut": {
        "faces": 1,
        "answers": [
            {
                "face": 0,
                "box": {
                    "pixels": [402.5, 180.0, 590.5, 431.0],
                    "normalised": [0.3354, 0.225, 0.4921, 0.5388],
                },
                "person": "1",
                "name": "Ana",
                "verdict": "yes",
                "probability": 0.98,
                "false_match_rate": 0.001,
                "reason": None,
                "nearest": [{"face": f"{'4f' * 32}-0", "similarity": 0.83}],
            }
        ],
    },
    "SystemOut": {
        "version": "0.1.0",
        "python": "3.12.4",
        "machine": "Linux x86_64",
        "threads": 2,
        "language": "en",
        "languages": ["en", "es"],
        "model": {
            "network_sha256": "4f" * 32,
            "side_px": 96,
            "embedding_size": 256,
            "terms": "celeba",
            "is_calibrated": True,
            "face_detector": "YuNet",
        },
        "limits": {"body_bytes": 200_000_000, "images": 200, "pixels": 100_000_000, "listing": 200},
    },
}
"""Sorted by name."""
