"""A training's whole state in one file, so that a killed run goes on as if nothing had happened.

The file is safetensors, never pickle: weights, their moving average, the best weights so far, the optimiser's
state and the memory bank as named tensors; counters, history and settings as JSON in its metadata. It is
replaced in one step. Random numbers need no saving: they follow from the seed and the step.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch.optim import Optimizer

from semblante.errors import SettingsMismatch
from semblante.files import replace_when_done
from semblante.jobs import EpochRow, best_row
from semblante.train.objective import MemoryBank, Objective
from semblante.train.resumption import Purpose, check_resumable

CHECKPOINT_NAME = "checkpoint.safetensors"

Weights = dict[str, Tensor]


@dataclass
class TrainingState:
    """Everything that changes while training. Steps are counted over all epochs.

    `ema_weights` is the exponential moving average of the network's weights, empty where the recipe has none.
    `best_weights` are those of the epoch that `jobs.best_row` names.
    """

    model: Objective
    optimizer: Optimizer
    ema_weights: Weights
    best_weights: Weights
    memory_bank: MemoryBank | None = None
    step: int = 0
    epoch_loss_sums: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    epoch_seconds: float = 0.0
    history: list[EpochRow] = field(default_factory=list)

    @property
    def best_epoch(self) -> int:
        """The epoch with the best validation metric so far (`jobs.best_row`); 0 before the first is over."""
        return best_row(self.history).epoch if self.history else 0

    @property
    def evaluated_weights(self) -> Weights:
        """The weights that are validated and kept: the moving average, or without one the current weights."""
        return self.ema_weights or self.model.network.state_dict()

    def save(self, folder: Path, purpose: Purpose) -> None:
        """Write the checkpoint of `folder`. `purpose` distinguishes this training from any other."""
        tensors = {f"model/{name}": value for name, value in self.model.state_dict().items()}
        tensors |= {f"ema/{name}": value for name, value in self.ema_weights.items()}
        tensors |= {f"best/{name}": value for name, value in self.best_weights.items()}
        for number, values in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer/{number}/{name}": value for name, value in values.items()}
        if self.memory_bank:
            tensors |= {f"memory_bank/{name}": value for name, value in self.memory_bank.state_dict().items()}
        counters = {
            "step": self.step,
            "epoch_loss_sums": self.epoch_loss_sums,
            "epoch_seconds": self.epoch_seconds,
            "history": [asdict(row) for row in self.history],
        }
        # The buffers of one tensor may be shared and strided; the format wants each whole and its own.
        owned = {name: value.detach().cpu().contiguous().clone() for name, value in tensors.items()}
        with replace_when_done(folder / CHECKPOINT_NAME) as partial:
            save_file(owned, partial, {"purpose": json.dumps(purpose), "counters": json.dumps(counters)})

    def restore(self, folder: Path, purpose: Purpose) -> bool:
        """Go back to the checkpoint of `folder`, if any.

        Raises `SettingsMismatch`: `checkpoint_damaged`, `not_a_checkpoint`, or why it cannot go on with
        `purpose` (`resumption.check_resumable`).
        """
        path = folder / CHECKPOINT_NAME
        if not path.exists():
            return False
        try:
            with safe_open(path, framework="pt") as saved:
                metadata = saved.metadata()
                tensors = {name: saved.get_tensor(name) for name in saved.keys()}  # noqa: SIM118
        except SafetensorError as error:
            raise SettingsMismatch("checkpoint_damaged", path=path) from error
        if not metadata or "purpose" not in metadata:
            raise SettingsMismatch("not_a_checkpoint", path=path)
        counters = json.loads(metadata["counters"])
        was = json.loads(metadata["purpose"])
        check_resumable(folder, was, purpose, len(counters["history"]), is_finished=False)
        self._restore(tensors, counters)
        return True

    def _restore(self, tensors: Weights, counters: dict[str, Any]) -> None:
        def under(prefix: str) -> Weights:
            return {
                name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)
            }

        self.model.load_state_dict(under("model/"))
        device = next(self.model.parameters()).device
        self.ema_weights = {name: value.to(device) for name, value in under("ema/").items()}
        self.best_weights = under("best/")
        if self.memory_bank:
            self.memory_bank.load_state_dict(under("memory_bank/"))
        self._restore_optimizer(under("optimizer/"))
        self.step = counters["step"]
        self.epoch_loss_sums = counters["epoch_loss_sums"]
        self.epoch_seconds = counters["epoch_seconds"]
        self.history = [EpochRow(**row) for row in counters["history"]]

    def _restore_optimizer(self, tensors: Weights) -> None:
        values: dict[int, Weights] = {}
        for name, value in tensors.items():
            number, key = name.split("/")
            values.setdefault(int(number), {})[key] = value
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": values})
        for parameter, moments in self.optimizer.state.items():
            # Fused optimisers go through memory side by side: moments must lie there as their weights do.
            for name, value in moments.items():
                if value.shape == parameter.shape:
                    moments[name] = torch.empty_like(parameter).copy_(value)
