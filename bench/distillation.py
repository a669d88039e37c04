"""What each part of learning from a teacher brings: trained short, whole, then with one part changed.

    python bench/distillation.py DATA TEACHER WORK [--people 0.25] [--epochs 10] [--side 96] [VARIANT ...]

DATA is a prepared set, TEACHER an embedding network as `semblante train --teacher` takes it. All variants
have the same PEOPLE share of the training people, and the whole validation split. An epoch with blends shows
more pictures, so variants without them are trained for more epochs. The networks stay in the folder WORK, and
so does what the teacher sees. Prints CSV, as `bench/ablations.py` does.
"""

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

# As the command line sets it, before PyTorch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from ablations import fewer_people, measure, variant_options, write_table

from semblante.celeba import PreparedSet, open_prepared
from semblante.jobs import SILENT, JobContext
from semblante.train import Teacher, choose, distillation_targets, finalize, loop, open_teacher
from semblante.train.blends import Blends
from semblante.train.data_loader import SHOWN_BLENDS
from semblante.train.discriminant_scaling import fit_discriminant_scaling
from semblante.train.embedding_map import fit_teacher_map
from semblante.train.recipes import MODERN, TAUGHT_RECIPES, Recipe
from semblante.train.teacher import DistillationTargets

TAUGHT = TAUGHT_RECIPES["modern"]


def _loss(**changes: float) -> Recipe:
    """The recipe with other values of its `DistillationLoss`."""
    assert TAUGHT.distillation is not None
    return replace(TAUGHT, distillation=replace(TAUGHT.distillation, **changes))


VARIANTS: dict[str, Recipe] = {
    "taught": TAUGHT,
    "the labels of people as well": replace(TAUGHT, identity=MODERN.identity),
    "half the weight of the teacher": _loss(weight=40.0),
    "twice the weight of the teacher": _loss(weight=150.0),
    "no relation to anchors": _loss(relation_share=0.0),
    "background swap": replace(TAUGHT, background_swap_prob=MODERN.background_swap_prob),
    "the whole change of light": replace(TAUGHT, light_share=MODERN.light_share),
    "dropout": replace(TAUGHT, network=MODERN.network),
    "scaled, not mapped": TAUGHT,
    "no blends": TAUGHT,
    "no teacher": MODERN,
}
LONGER = ("no blends", "no teacher")


def targets_without_blends(
    data: PreparedSet, teachers: Sequence[Teacher], job: JobContext = SILENT
) -> DistillationTargets | None:
    """What the teachers see in the images alone."""
    targets = distillation_targets(data, teachers, job)
    if targets is None:
        return None
    blends = targets.blends
    none = Blends(blends.one[:0], blends.other[:0], blends.share[:0], blends.is_flipped[:0])
    return replace(targets, blends=none, of_blends=targets.of_blends[:0])


def scaling_for(data: PreparedSet) -> Callable[..., object]:
    """What fits, instead of the map to what a teacher sees, the scaling that is used without teachers."""
    identities = data.identities[data.rows("train")]
    return lambda embeddings, _targets: fit_discriminant_scaling(embeddings, identities)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("data", "teacher", "work"):
        parser.add_argument(name, type=Path)
    options = variant_options(parser, VARIANTS, epochs=10)
    options.work.mkdir(parents=True, exist_ok=True)
    # What a teacher sees is kept beside a prepared set; this one has fewer images.
    data = replace(fewer_people(open_prepared(options.data), options.people), folder=options.work)

    def row_of(name: str) -> dict[str, object]:
        TAUGHT_RECIPES["modern"] = VARIANTS[name]
        loop.distillation_targets = targets_without_blends if name == "no blends" else distillation_targets  # type: ignore[attr-defined]
        finalize.fit_teacher_map = scaling_for(data) if name == "scaled, not mapped" else fit_teacher_map  # type: ignore[assignment, attr-defined]
        teachers = [] if name == "no teacher" else [open_teacher(options.teacher)]
        epochs = round(options.epochs * (1 + SHOWN_BLENDS)) if name in LONGER else options.epochs
        settings = choose("modern", options.side, epochs, has_teachers=bool(teachers))
        return measure(data, settings, options.work / name.replace(" ", "-"), teachers)

    write_table(options.variants, row_of)


if __name__ == "__main__":
    main()
