"""Examples of what a request names: its parameters, and the fields of forms, by name."""

from collections.abc import Mapping
from typing import Any, Final

from semblante.api.examples.parts import FACE_ID, PHOTO_ID

_IMAGE: Final = "(the bytes of a JPEG file)"
FIELDS: Final[Mapping[str, Any]] = {
    "attribute": "Smiling",
    "file": "(the bytes of a zip file)",
    "image": _IMAGE,
    "images": [_IMAGE, _IMAGE],
    "role": "me",
}
PARAMETERS: Final[Mapping[str, Any]] = {
    "If-Match": '"d7a8fbb307d7809469ca9abcb0082e4f"',
    "attributes": True,
    "change_id": 41,
    "cursor": "kH2wZ1nXo0u0Jb8Yx9pQ2FsiYW5hIl0=",
    "face": FACE_ID,
    "folder": 1,
    "folder_id": 1,
    "group_id": FACE_ID,
    "job_id": "5d0c8f0e6b1a4c37",
    "key_id": "a41f6d2c90be7a15",
    "lang": "es",
    "path": "/home/ana/photos",
    "people": [148788875932932],
    "person": 148788875932932,
    "person_id": 148788875932932,
    "photo": PHOTO_ID,
    "photo_id": PHOTO_ID,
    "session_id": "Zb3q1xVnT0yKf5aG",
    "sort_id": "20261128-080000",
    "verdict": "yes",
    "with": ["Smiling"],
    "without": ["Eyeglasses"],
}
BODIES: Final[Mapping[str, Any]] = {
    "GET /api/v1/jobs/{job_id}/events": (
        'id: 7\nevent: progress\ndata: {"stage": "reading_photos", "done": 120, "total": 480, "rate": 31.5, '
        '"eta_s": 11.4, "stage_text": "Looking at the photos"}\n\n'
    ),
    "GET /metrics": 'semblante_requests_total{method="GET",route="/people",status="200"} 12.0\n',
    "GET /api/v1/texts": {"Teach": "Enseñar"},
    "POST /api/v1/live/{session_id}/frames": _IMAGE,
}
"""Of what has no schema of its own, by operation: the body of the answer, or of what is posted."""
