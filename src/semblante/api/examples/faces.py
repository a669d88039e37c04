"""Examples about faces in images and before a camera, and about the network."""

from collections.abc import Mapping
from typing import Any, Final

from semblante.api.examples.parts import BOX, FACE, FACE_ID, PHOTO

EXAMPLES: Final[Mapping[str, Any]] = {
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
    "FacesOut": {"photo": PHOTO, "faces": [FACE]},
    "FeatureMapsOut": {
        "crop": "iVBORw0KGgo…",
        "layers": [{"channels": 32, "side_px": 48, "maps": "iVBORw0KGgo…"}],
    },
    "LiveFrameOut": {
        "photo": {"width_px": 448, "height_px": 336},
        "faces": [
            {
                **FACE,
                "track": 3,
                "answers": [
                    {
                        "person": "1",
                        "verdict": "yes",
                        "probability": 0.99,
                        "false_match_rate": 0.001,
                        "moments": 5,
                        "reason": None,
                    }
                ],
            }
        ],
        "coach": None,
    },
    "LiveIn": {"people": [1], "coach_for": None, "attributes": False},
    "LiveOut": {"id": "q8Zr…", "people": ["1"], "frame_side_px": 448, "idle_s": 60.0},
    "ModelOut": {
        "sha256": "4f" * 32,
        "side_px": 96,
        "embedding_size": 256,
        "parameters": 2_100_000,
        "best_epoch": 38,
        "data": {"train_images": 162_770, "train_people": 8192},
        "history": [
            {
                "epoch": 1,
                "train_loss": 0.31,
                "val_loss": 0.27,
                "accuracy": 0.88,
                "balanced_accuracy": 0.74,
                "majority_baseline": 0.8,
                "learning_rate": 0.001,
                "seconds": 310.0,
                "identity_loss": 6.1,
                "true_accept_rate": 0.32,
                "teacher_loss": None,
            }
        ],
        "attributes": [
            {
                "name": "Smiling",
                "label": "smiling",
                "doubt": None,
                "positive_rate": 0.48,
                "balanced_accuracy": 0.92,
            }
        ],
        "licence": "Research only.",
    },
    "RecognitionOut": {
        "faces": 1,
        "answers": [
            {
                "face": 0,
                "box": BOX,
                "person": "1",
                "name": "Ana",
                "verdict": "yes",
                "probability": 0.98,
                "false_match_rate": 0.001,
                "reason": None,
                "nearest": [{"face": FACE_ID, "similarity": 0.83}],
            }
        ],
    },
}
