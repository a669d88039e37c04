"""What the codes of `train` say."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    "checkpoint_damaged": "the checkpoint is damaged; delete it to train from the start",
    "constant_attributes": (
        "The training images do not differ in {attributes}: it cannot be learnt, and the network will "
        "always give the one answer it has seen."
    ),
    "crops_too_small": (
        "{path} holds crops of {held_px} pixels, and {asked_px} are asked for: enlarging them would add "
        "nothing"
    ),
    "export_differs": (
        "the exported network differs from the trained one by {difference:.2g}; please report this"
    ),
    "finished_training_differs": (
        "a network trained with other settings or data is here; choose another folder"
    ),
    "no_known_people": (
        "Nobody is known in the training images: the network learns attributes alone, and its embeddings "
        "will tell people apart less well. CelebA's identity_CelebA.txt says who is who."
    ),
    "not_a_checkpoint": "no checkpoint of a training; choose another folder",
    "one_known_person": (
        "Only one person is known in the training images: one alone is told from nobody, so the network "
        "learns attributes alone, and its embeddings will tell people apart less well. Images of more known"
        " people are needed."
    ),
    "seed_out_of_range": "seed {seed}: choose one from 0 to {max}",
    "too_few_epochs": "epochs {epochs}: choose 1 or more",
    "too_few_images": (
        "{train} images to train on and {val} to validate on; at least {needed} and 1 are needed"
    ),
    "training_diverged": (
        "epoch {epoch}, step {step}: the loss or a weight is no longer a number; the last checkpoint, if it"
        " came to one, is kept in {path}; start again in another folder with another seed"
    ),
    "unfinished_training_differs": (
        "an unfinished training with other settings or data is here; repeat its settings to finish it, "
        "choose another folder, or delete this one"
    ),
    "unknown_recipe": "there is no recipe {recipe!r}; choose one of: {known}",
    "validation_labels_alike": (
        "all images to validate on have the same labels, so no attribute can be judged; more and other "
        "images are needed"
    ),
}
