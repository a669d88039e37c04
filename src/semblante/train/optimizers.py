"""RMSprop as Keras has it, since the course's recipe was written in Keras.

PyTorch's own divides by sqrt(v) + epsilon, Keras's by sqrt(v + epsilon); with epsilon 1e-7 that damps
gradients below 3e-4 (`keras/src/optimizers/rmsprop.py`).
"""

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.optim import Optimizer


class KerasRMSprop(Optimizer):
    """For a weight w with gradient g: v = rho v + (1 - rho) g^2, w = w - lr g / sqrt(v + epsilon)."""

    def __init__(
        self, parameters: Iterable[Tensor], learning_rate: float, rho: float = 0.9, epsilon: float = 1e-7
    ) -> None:
        super().__init__(parameters, {"lr": learning_rate, "rho": rho, "epsilon": epsilon})

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        """Move all weights by their gradients."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if not state:
                    state["mean_square"] = torch.zeros_like(weight)
                mean_square = state["mean_square"]
                mean_square.mul_(group["rho"]).addcmul_(weight.grad, weight.grad, value=1 - group["rho"])
                weight.addcdiv_(weight.grad, (mean_square + group["epsilon"]).sqrt_(), value=-group["lr"])
