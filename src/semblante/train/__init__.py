"""Model 1: a network learns the 40 attributes from a prepared set. The only component that needs PyTorch.

Each public name is loaded when it is first used: settings are chosen and checked before PyTorch is loaded.

loop      `train`: epochs, validation, checkpoints, the bundle; step: one batch
settings  what a user chooses, checked without PyTorch; resumption: what a training may go on with
recipes   `classic` and `modern`: network, optimiser, schedule; networks, optimizers, objective
data      data_loader: batches of a split, and their random changes
state     checkpoint: everything that changes, in one file; training_logger: log.csv and TensorBoard
result    finalize, measured_bundle: the bundle; export: ONNX, 8 bits; discriminant_scaling: for new people
devices   distributed: CPU, GPU, or several processes
others    embedding_network, foreign_network: what others trained, described, takes our crops; adoption: a
          base of it; description_check: pairs of faces that contradict a description
aligner   the training of the network that aligns faces
"""

from typing import TYPE_CHECKING

from semblante.lazy import loader

if TYPE_CHECKING:
    from semblante.train.adoption import adopt as adopt
    from semblante.train.embedding_network import describe_network as describe_network
    from semblante.train.loop import train as train
    from semblante.train.recipes import RECIPES as RECIPES
    from semblante.train.recipes import dataset_warnings as dataset_warnings
    from semblante.train.settings import ADOPTION_PACKAGES as ADOPTION_PACKAGES
    from semblante.train.settings import Settings as Settings
    from semblante.train.settings import check_data as check_data
    from semblante.train.settings import check_packages as check_packages
    from semblante.train.settings import choose as choose
    from semblante.train.teacher import Teacher as Teacher
    from semblante.train.teacher import distillation_targets as distillation_targets
    from semblante.train.teacher import open_teacher as open_teacher

_HOME = {
    "adopt": "semblante.train.adoption",
    "describe_network": "semblante.train.embedding_network",
    "train": "semblante.train.loop",
    "RECIPES": "semblante.train.recipes",
    "dataset_warnings": "semblante.train.recipes",
    "ADOPTION_PACKAGES": "semblante.train.settings",
    "Settings": "semblante.train.settings",
    "check_data": "semblante.train.settings",
    "check_packages": "semblante.train.settings",
    "choose": "semblante.train.settings",
    "Teacher": "semblante.train.teacher",
    "distillation_targets": "semblante.train.teacher",
    "open_teacher": "semblante.train.teacher",
}
__all__ = [*_HOME]
__getattr__ = loader(__name__, _HOME)
