"""Examples about the service itself: keys, jobs, sessions, the vault."""

from collections.abc import Mapping
from typing import Any, Final

EXAMPLES: Final[Mapping[str, Any]] = {
    "AutoLockIn": {"auto_lock_minutes": 30},
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
    "NewPassphrase": {"passphrase": "correct horse battery staple", "current": None},
    "PassphraseIn": {"passphrase": "correct horse battery staple"},
    "Ready": {"ready": True},
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
    "VaultOut": {"encrypted": True, "locked": False, "auto_lock_minutes": 15},
}
