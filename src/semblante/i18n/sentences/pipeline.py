"""What the codes of `pipeline` say."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    "analyzer_closed": "the face analyzer is closed; make another one",
    "folder_is_the_packages": "this folder is Semblante's own",
    "group_has_name": "this group is known as {name} already",
    "index_missing": "no index is here",
    "model_folder_gone": "{name} was learnt on the network in {folder}, which is no longer there",
    "model_folder_unknown": "The file of {name} does not say where its base is",
    "negative_threads": "the number of threads is {threads}; it must be 0, for all cores, or more",
    "no_background": "this network has no background faces",
    "no_background_for_groups": "this network has no background faces",
    "no_folder_named": "no folder named {name} (found: {found})",
    "no_images_in_split": "no images in the split {split}; choose another one",
    "no_photos": "{places}: there are no photos here",
    "no_such_provider": "ONNX Runtime has no {names} here, only {available}",
    "not_a_detector": "a detector must be callable; this is of the type {kind}",
    "not_rgb_pixels": (
        "pixels must be an array of uint8 of the shape (height, width, 3); this one is {dtype} of the shape "
        "({shape})"
    ),
    "nothing_to_find": "Say whom to find, or what a face is to have",
    "person_of_other_network": (
        "{name} was learnt on another network: choose another name, or learn {name} again"
    ),
    "similarity_between_thresholds": (
        "the faces are more alike than those of most different people, but not surely one person's"
    ),
    "verification_not_measured": "how alike different people's faces are was not measured for this model",
    "wrong_crops": (
        "crops must be an array of uint8 of the shape (n, {side_px}, {side_px}, 3); this one is {dtype} of "
        "the shape ({shape})"
    ),
}
