"""Examples about photos, folders, groups, changes and sorts."""

from collections.abc import Mapping
from typing import Any, Final

from semblante.api.examples.parts import AT, BOX, FACE_ID, PHOTO_ID

_CHANGE: Final[Mapping[str, Any]] = {
    "id": 12,
    "kind": "ignore",
    "name": "",
    "instead_of": [],
    "beside": [],
    "faces": 3,
    "at": AT,
    "text": "3 faces are ignored",
}

EXAMPLES: Final[Mapping[str, Any]] = {
    "ChangeOut": _CHANGE,
    "ChangedOut": {"change": 12},
    "ChangesOut": {
        "changes": [_CHANGE],
        "next": None,
    },
    "FaceChangeIn": {"ignored": True},
    "FacesListOut": {
        "faces": [
            {
                "photo": PHOTO_ID,
                "face": {
                    "id": FACE_ID,
                    "box": BOX,
                    "ok": True,
                    "ignored": False,
                    "people": [{"person": "1", "name": "Ana", "verdict": "yes", "probability": 0.98}],
                },
            }
        ],
        "total": 1204,
        "next": "pTq0…",
    },
    "FolderChangeIn": {"ignored": True},
    "FolderChangeOut": {
        "folder": {"id": 1, "path": "/home/ana/photos", "added": AT, "photos": 480, "ignored": True},
        "change": 13,
    },
    "FolderIn": {"path": "/home/ana/photos"},
    "FolderOut": {"id": 1, "path": "/home/ana/photos", "added": AT, "photos": 480, "ignored": False},
    "FolderRemovedOut": {"photos": 480},
    "GroupChangeIn": {"person": 1},
    "GroupChangedOut": {"change": 14, "look_alikes": []},
    "GroupOut": {
        "id": FACE_ID,
        "photos": 31,
        "faces": [FACE_ID],
        "doubtful": [],
        "certain": True,
        "kept": False,
        "ignored": False,
    },
    "GroupsOut": {
        "groups": [
            {
                "id": FACE_ID,
                "photos": 31,
                "faces": 33,
                "doubtful": 1,
                "certain": True,
                "kept": False,
                "examples": [FACE_ID],
            }
        ],
        "total": 9,
        "alone": 120,
        "poor": 44,
        "ignored": 3,
        "next": None,
        "job": None,
    },
    "MergeIn": {"groups": [f"{'9a' * 32}-1"]},
    "PhotosOut": {
        "photos": [
            {
                "id": PHOTO_ID,
                "name": "beach.jpg",
                "folder": "/home/ana/photos",
                "width_px": 1200,
                "height_px": 800,
                "issue": None,
                "faces": [
                    {
                        "id": FACE_ID,
                        "box": BOX,
                        "ok": True,
                        "ignored": False,
                        "people": [{"person": "1", "name": "Ana", "verdict": "yes", "probability": 0.98}],
                    }
                ],
            }
        ],
        "total": 480,
        "next": "pTq0…",
    },
    "PlacesOut": {
        "here": {"path": "/home/ana", "name": "ana"},
        "above": {"path": "/home", "name": "home"},
        "folders": [{"path": "/home/ana/photos", "name": "photos"}],
        "photos": 0,
    },
    "ScanIn": {"folders": [1], "force": False, "prune": False, "verify": False},
    "SortIn": {"person": 1, "how": "copy", "folder": "/home/ana/sorted", "dry_run": True},
    "SortOut": {
        "id": "2026-11-28-1",
        "name": "Ana",
        "how": "copy",
        "began": AT,
        "files": 96,
        "undone": False,
    },
    "SplitIn": {"parts": [[FACE_ID]]},
    "SplitProposalOut": {"parts": [[FACE_ID]], "outliers": []},
    "UndoIn": {"dry_run": True},
}
