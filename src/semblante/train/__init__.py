"""Model 1: a network learns the 40 attributes from a prepared set. The only component that needs PyTorch.

loop      `train`: epochs, validation, checkpoints, the bundle; step: one batch
recipes   `classic` and `modern`: network, optimiser, schedule; networks, optimizers, objective
data      data_loader: batches of a split, and their random changes
state     checkpoint: everything that changes, in one file; training_logger: log.csv and TensorBoard
result    finalize: the bundle; export: ONNX and 8 bits; discriminant_scaling: embeddings for new people
devices   distributed: CPU, GPU, or several processes
aligner   the training of the network that aligns faces
"""

from semblante.train.loop import train as train
from semblante.train.recipes import RECIPES as RECIPES
from semblante.train.recipes import Settings as Settings
from semblante.train.recipes import choose as choose
from semblante.train.recipes import dataset_warnings as dataset_warnings
