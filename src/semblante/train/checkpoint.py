"""A training's whole state in one file, so that a killed run goes on as if nothing had happened.

safetensors, never pickle: weights, their running mean, the best weights so far, the optimiser's state and
what is remembered of the photos as named tensors; counters, history and settings as JSON in its metadata. The
file is replaced in one step. Random numbers need no saving: they follow from the seed and the step.
"""

import json
from collections.abc import Mapping
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
from semblante.i18n import tr
from semblante.jobs import EpochRow
from semblante.train.memory_bank import MemoryBank
from semblante.train.objective import Objective
from semblante.train.progress import best_row

CHECKPOINT_NAME = "checkpoint.safetensors"

Weights = dict[str, Tensor]


@dataclass
class State:
    """Everything that changes while training. Steps are counted over all epochs."""

    model: Objective
    optimizer: Optimizer
    average: Weights
    best: Weights
    memory: MemoryBank | None = None
    step: int = 0
    epoch_loss_sums: list[float] = field(default_factory=lambda: [0.0, 0.0])
    epoch_seconds: float = 0.0
    history: list[EpochRow] = field(default_factory=list)

    @property
    def best_epoch(self) -> int:
        """The epoch with the lowest validation loss so far; 0 before the first."""
        return best_row(self.history).epoch if self.history else 0

    def save(self, folder: Path, purpose: Mapping[str, object]) -> None:
        """Write the checkpoint of `folder`. `purpose` tells this training from any other."""
        tensors = {f"model/{name}": value for name, value in self.model.state_dict().items()}
        tensors |= {f"average/{name}": value for name, value in self.average.items()}
        tensors |= {f"best/{name}": value for name, value in self.best.items()}
        for number, values in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer/{number}/{name}": value for name, value in values.items()}
        if self.memory:
            tensors |= {f"memory/{name}": value for name, value in self.memory.state_dict().items()}
        counters = {
            "step": self.step,
            "epoch_loss_sums": self.epoch_loss_sums,
            "epoch_seconds": self.epoch_seconds,
            "history": [asdict(row) for row in self.history],
        }
        # The buffers of one tensor may be shared and strided; the format wants each whole and its own.
        whole = {name: value.detach().cpu().contiguous().clone() for name, value in tensors.items()}
        with replace_when_done(folder / CHECKPOINT_NAME) as partial:
            save_file(whole, partial, {"purpose": _stable(purpose), "counters": json.dumps(counters)})

    def restore(self, folder: Path, purpose: Mapping[str, object]) -> bool:
        """Go back to the checkpoint of `folder`, if any. Raises `OtherWork` if it serves another purpose."""
        path = folder / CHECKPOINT_NAME
        if not path.exists():
            return False
        try:
            with safe_open(path, framework="pt") as saved:
                metadata = saved.metadata()
                tensors = {name: saved.get_tensor(name) for name in saved.keys()}  # noqa: SIM118
        except SafetensorError as error:
            raise SettingsMismatch(
                tr("{path}: the checkpoint is damaged; delete it to train from the start", path=path)
            ) from error
        if not metadata or "purpose" not in metadata:
            raise SettingsMismatch(
                tr("{path}: no checkpoint of a training; choose another folder", path=path)
            )
        if metadata["purpose"] != _stable(purpose):
            raise SettingsMismatch(
                tr(
                    "{path}: an unfinished training with other settings or data is here; "
                    "repeat its settings to finish it, choose another folder, or delete this one",
                    path=folder,
                )
            )
        self._take(tensors, json.loads(metadata["counters"]))
        return True

    def _take(self, tensors: Weights, counters: dict[str, Any]) -> None:
        def under(prefix: str) -> Weights:
            return {
                name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)
            }

        self.model.load_state_dict(under("model/"))
        device = next(self.model.parameters()).device
        self.average = {name: value.to(device) for name, value in under("average/").items()}
        self.best = under("best/")
        if self.memory:
            self.memory.load_state_dict(under("memory/"))
        values: dict[int, Weights] = {}
        for name, value in under("optimizer/").items():
            number, key = name.split("/")
            values.setdefault(int(number), {})[key] = value
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": values})
        for parameter, kept in self.optimizer.state.items():
            # Fused optimisers go through memory side by side: moments must lie there as their weights do.
            for name, value in kept.items():
                if value.shape == parameter.shape:
                    kept[name] = torch.empty_like(parameter).copy_(value)
        rows = counters.pop("history")
        self.history = [EpochRow(**row) for row in rows]
        for name, value in counters.items():
            setattr(self, name, value)


def _stable(purpose: Mapping[str, object]) -> str:
    return json.dumps(purpose, sort_keys=True)
