"""Model 1: a network learns the 40 attributes from a prepared set. The only room that needs PyTorch."""

from semblante.train.dataset_warnings import dataset_warnings as dataset_warnings
from semblante.train.loop import train as train
from semblante.train.progress import Progress as Progress
from semblante.train.recipes import RECIPES as RECIPES
from semblante.train.recipes import Settings as Settings
from semblante.train.recipes import choose as choose
