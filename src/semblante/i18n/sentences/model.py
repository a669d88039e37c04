"""What the codes of `labels` and `model` say."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    "bundle_file_changed": (
        "it is missing or was changed since it was written (it does not fit the manifest's field {field}); "
        "copy the bundle again or train it again"
    ),
    "bundle_missing": "no trained network here ({manifest} and {network} expected)",
    "labels_are_guesses": "what annotators read into a face",
    "labels_are_opinions": "an opinion",
    "labels_near_random": "close to random",
    "labels_wrong_at_no": "“no” wrong in up to two of five",
    "labels_wrong_at_yes": "“yes” wrong in about one of five",
    "manifest_attributes": (
        "the field attributes names {count}; number {number} is {found} and should be {expected}"
    ),
    "manifest_field_required": "the field {field} is missing or does not fit",
    "manifest_field_unfit": "the field {field} does not fit",
    "manifest_not_json": "it is not JSON, or not all of it",
    "manifest_unfit": "the manifest does not fit ({problem}); copy the bundle again or train it again",
    "network_cannot_run": "ONNX Runtime cannot run this network ({problem}); train it again",
    "network_changed": (
        "the network was changed since it was written (its SHA-256 is not the manifest's field {field}); "
        "copy the bundle again or train it again"
    ),
    "network_inputs": "its inputs are {found} and should be {expected}",
    "network_outputs": "its outputs are {found} and should be {expected}",
    "network_port": "{name} is {found} and should be {expected}, as the field {field} says",
    "network_unfit": (
        "the network does not fit its manifest ({problem}); copy the bundle again or train it again"
    ),
    "onnx_too_new": (
        "written in a newer ONNX ({version}) than the ONNX Runtime here can read ({newest}); bring that up "
        "to date with: pip install --upgrade onnxruntime"
    ),
    "pretrained_missing": "this Semblante came without a trained network",
    "unknown_attribute": "there is no attribute {name}; choose one such as: {known}",
}
