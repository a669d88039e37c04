"""What the codes of errors, files, images, faces and models say."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    # errors
    "wrong_type": "needed here: {expected}; this is of the type {kind}",
    # files
    "disk_full": "the disk is full; make room",
    "disk_too_small": "{needed_mb} MB needed, {free_mb} MB free; make room or choose another disk",
    "file_missing": "there is no such file or folder; check the path",
    "folder_expected": "a file, where a folder is expected; check the order of the arguments",
    "folder_in_path_is_a_file": "what should be a folder in this path is a file; check the path",
    "folder_found": "a folder, where a file is expected; check the order of the arguments",
    "io_error": "{problem}; check the path and the disk",
    "locked": "another run is writing here; wait for it or choose another folder",
    "no_permission": "no permission to read or write here; choose another folder or change its rights",
    "pool_closed": "the helping processes were closed while they were at work",
    "worker_ended": "a helping process has ended",
    # images
    "above_pillow_limit": "the picture has more than {limit_million} million pixels",
    "damaged": "the picture is damaged or cut short",
    "empty_file": "the file is empty",
    "no_memory": "there is not enough memory to read it; close other programs",
    "not_a_picture": "not a picture, or one of a format that is not known",
    "raw_file": "a RAW file, which is not read; export it as JPEG or TIFF",
    "samples_not_read": (
        "the picture is stored with samples of a kind that is not read; save it with 8 or 16 bits a colour"
    ),
    "stops_the_reader": (
        "reading it stopped the program that reads photos: it may be damaged, "
        "or need more memory than there is"
    ),
    "too_large_file": "the file has more than {limit_gb} GB",
    "too_many_pixels": "the picture has more than {limit_million} million pixels",
    "too_many_scans": "the picture is coded in more than {limit} passes, as no camera does",
    "video_file": "a video, which is not read; export pictures from it",
    # faces
    "another_face_likelier": "another face in it is likelier to be {name}",
    "bad_detection": "the detector gave a box that cannot be a face's: {box}",
    "face_blurred": "it is blurred",
    "face_hidden": "it is hidden in part, or no face",
    "face_small": "it is too small",
    "face_turned": "it is seen from the side",
    "face_unreliable": "the face cannot be relied on: {issues}",
    "no_face_found": "no face was found",
    "no_such_face": "there is no face {place} here: the photo shows {count}, numbered from 0",
    "not_an_onnx_file": "this is no ONNX file that can be opened: {problem}",
    "not_yunet": "this is not YuNet's network: it has no output {names}",
    "weights_changed": (
        "the file was changed since it was written (its SHA-256 is not the field {field} of {manifest}); "
        "install Semblante again"
    ),
    # model
    "bundle_file_changed": (
        "it is missing or was changed since it was written (it does not fit the manifest's field {field}); "
        "copy the bundle again or train it again"
    ),
    "bundle_missing": "no trained network here ({manifest} and {network} expected)",
    "labels_are_guesses": "what annotators read into a face",
    "labels_are_opinions": "an opinion",
    "labels_near_random": "close to random",
    "labels_wrong_at_no": "up to 2 in 5 of its “no” labels are wrong",
    "labels_wrong_at_yes": "about 1 in 5 of its “yes” labels are wrong",
    "manifest_attributes": (
        "the field attributes names {count}; number {number} is {found} and should be {expected}"
    ),
    "manifest_field_required": "the field {field} is missing or does not fit",
    "manifest_field_unfit": "the field {field} does not fit",
    "manifest_not_json": "it is not JSON, or not all of it",
    "manifest_unfit": "the manifest does not fit ({problem}); copy the bundle again or train it again",
    "misspelt_attribute": "there is no attribute {name}; did you mean {attributes}?",
    "model_replaced": "this folder holds another network than when it was opened; open it again",
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
    "onnx_too_new": "written in a newer ONNX ({version}) than the ONNX Runtime here can read ({newest})",
    "pretrained_missing": "this Semblante came without a trained network",
    "language_not_spoken": "there is no language {language} here; choose one of: {known}",
    "unknown_attribute": "there is no attribute {name}; choose one of: {attributes}",
}
