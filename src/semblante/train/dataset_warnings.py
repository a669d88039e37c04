"""What a prepared set cannot teach, said before the training begins."""

import numpy as np

from semblante.celeba import PreparedSet
from semblante.i18n import current_language, tr
from semblante.labels import ATTRIBUTES, spoken
from semblante.train.recipes import RECIPES, Settings


def dataset_warnings(data: PreparedSet, settings: Settings) -> list[str]:
    """Sentences on what `data` lacks for a training with `settings`; none where all is there."""
    rows = data.rows("train")
    if not len(rows):  # That is refused.
        return []
    shares = data.labels[rows].mean(axis=0)
    constant = [name for name, share in zip(ATTRIBUTES, shares, strict=True) if share in (0, 1)]
    said = []
    if constant:
        said.append(
            tr(
                "The training images do not differ in {attributes}: it cannot be learnt, and the network "
                "will always give the one answer it has seen.",
                attributes=", ".join(spoken(name, current_language()) for name in constant),
            )
        )
    learns_people = RECIPES[settings.recipe].identity is not None
    people = np.unique(data.identities[rows][data.identities[rows] >= 0])
    if learns_people and not len(people):
        said.append(
            tr(
                "Nobody is known in the training images: the network learns attributes alone, and its "
                "embeddings will tell people apart less well. CelebA's identity_CelebA.txt says who is who."
            )
        )
    if learns_people and len(people) == 1:
        said.append(
            tr(
                "Only one person is known in the training images: one alone is told from nobody, so the "
                "network learns attributes alone, and its embeddings will tell people apart less well. "
                "Images of more known people are needed."
            )
        )
    return said
