"""What the codes of `pipeline` say."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    "folder_is_the_packages": "this folder is Semblante's own",
    "model_folder_gone": "{name} was learnt on the network in {folder}, which is no longer there",
    "model_folder_unknown": "The file of {name} does not say where its base is",
    "no_background": "no strangers came with this network",
    "no_folder_named": "no folder named {name} (found: {found})",
    "no_images_in_split": "no images in the split {split}; choose another one",
}
