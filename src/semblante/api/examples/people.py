"""Examples about people."""

from collections.abc import Mapping
from typing import Any, Final

from semblante.api.examples.parts import AT, BOX, FACE_ID, PHOTO_ID, QUALITY, THRESHOLDS

_PERSON: Final = {
    "id": "1",
    "name": "Ana",
    "former_names": [],
    "is_learnt": True,
    "consent": {"who": "told", "on": "2026-11-01", "note": "at dinner"},
    "birth_date": None,
    "taught": 9,
    "taught_others": 3,
    "answered_yes": 14,
    "answered_no": 2,
    "changed": AT,
    "face": FACE_ID,
}
_PERSON_PHOTO: Final = {
    "id": PHOTO_ID,
    "role": "me",
    "given": AT,
    "taken": "2024-07-14",
    "faces": [{"id": FACE_ID, "box": BOX, "quality": QUALITY}],
}
EXAMPLES: Final[Mapping[str, Any]] = {
    "AgesOut": {"years": [{"age": 33, "photos": 12}], "undated": 4, "missing": []},
    "AnswerIO": {"face": FACE_ID, "answer": "no"},
    "AnsweredOut": {"changed": 1, "left": 17, "look_alikes": [{"name": "Eva", "reason": None}]},
    "AnswersOut": {"answers": [{"face": FACE_ID, "answer": "no"}], "total": 1, "next": None},
    "ErasedOut": {
        "erased": [
            {
                "name": "library.sqlite",
                "kind": "held_index",
                "title": "the index",
                "changed_at": AT,
                "bytes": 1_204_224,
            }
        ]
    },
    "GivenPhotosOut": {
        "accepted": [
            {"index": 0, "id": PHOTO_ID, "faces": [{"id": FACE_ID, "box": BOX, "quality": QUALITY}]}
        ],
        "rejected": [
            {
                "index": 1,
                "name": "dark.jpg",
                "reason": {"code": "no_face_found", "detail": "no face was found"},
            }
        ],
    },
    "HeldOutOut": {
        "thresholds": THRESHOLDS,
        "faces": [{"face": FACE_ID, "role": "me", "logit": 5.2, "probability": 0.998, "verdict": "yes"}],
        "strangers": {"count": 3, "yes": 0, "unsure": 0, "no": 3, "logits": [-7.31, -5.04, -1.98]},
        "separability": None,
    },
    "HoldingsOut": {
        "people": [
            {
                "id": "1",
                "name": "Ana",
                "face": FACE_ID,
                "consent": {"who": "told", "on": "2026-11-01", "note": "at dinner"},
                "kept": [
                    {
                        "kind": "held_taught",
                        "title": "faces that taught",
                        "count": 9,
                        "bytes": 12_960,
                        "since": AT,
                    }
                ],
                "bytes": 12_960,
            }
        ],
        "files": [
            {
                "name": "library.sqlite",
                "kind": "held_index",
                "title": "the index",
                "changed_at": AT,
                "bytes": 1_204_224,
            }
        ],
        "photos": 480,
        "faces": 1204,
        "total_bytes": 1_204_224,
        "folder": None,
    },
    "LearntOut": {
        "photos_of_person": 9,
        "moments_of_person": 8,
        "photos_of_others": 3,
        "evidence": {
            "method": "cross-validation",
            "photos_of_person": 9,
            "photos_of_others": 3,
            "background": 2000,
            "tpr_at_fpr_1_percent": {"value": 1.0, "low": 0.7, "high": 1.0},
            "tpr_at_fpr_01_percent": {"value": 0.89, "low": 0.56, "high": 1.0},
            "roc": {"false_positive_rate": [0.0, 1.0], "true_positive_rate": [0.89, 1.0], "area": 0.999},
            "reliability": {
                "mean_predicted": [0.02, 0.97],
                "fraction_positive": [0.0, 1.0],
                "counts": [2000, 9],
                "expected_calibration_error": 0.02,
            },
        },
        "thresholds": THRESHOLDS,
        "ages": [],
    },
    "LessonIn": {"false_match_rate": 0.001, "keep_inseparable": False},
    "MergePeopleIn": {"person": 2},
    "MergedPersonOut": {"person": _PERSON, "change": 41, "look_alikes": []},
    "NeuronOut": {"weights": [0.12, -0.31], "bias": -4.2},
    "PeopleOut": {"people": [_PERSON], "total": 1, "next": None},
    "PersonChange": {"birth_date": "1990-05-17"},
    "PersonIn": {
        "name": "Ana",
        "consent": {"who": "told", "on": "2026-11-01", "note": "at dinner"},
        "birth_date": None,
    },
    "PersonOut": _PERSON,
    "PersonPhotoChange": {"taken": "2024-07-14"},
    "PersonPhotoOut": _PERSON_PHOTO,
    "PersonPhotosOut": {"photos": [_PERSON_PHOTO], "total": 1, "next": None},
    "QuestionsOut": {
        "left": 18,
        "questions": [{"face": FACE_ID, "photo": PHOTO_ID, "box": BOX, "probability": 0.52}],
    },
    "ReadinessOut": {
        "photos": [{"part": "left", "share": 0.33, "state": "started"}],
        "moments": 4,
        "can_learn": False,
    },
}
