"""One training step: a batch comes in; weights, their moving average and the memory bank change.

    rows -> pixels, labels, people -> background swap -> augmentation and resampling -> losses -> optimiser
         -> moving average of the weights -> its embeddings of the batch -> memory bank

All random choices of a step follow from the seed, the step's number and the process's rank.
"""

import contextlib

import torch
from torch import Tensor, nn
from torch.nn import functional

from semblante.train.checkpoint import TrainingState, Weights
from semblante.train.data_loader import DataLoader, augment, derived_seed, swap_backgrounds
from semblante.train.distributed import Distributed
from semblante.train.networks import AttributeNetwork
from semblante.train.recipes import Recipe
from semblante.train.settings import Settings

MARGIN_WARM_UP = 0.5
"""The share of the training in which CosFace's margin grows: the first embeddings could not keep it."""


class EmaModel:
    """The network in evaluation mode, with the weights that are validated and kept."""

    def __init__(self, network: AttributeNetwork, recipe: Recipe, distributed: Distributed) -> None:
        self._network = network.eval()
        self._recipe, self._distributed = recipe, distributed

    @property
    def embedding_size(self) -> int:
        """How long its embeddings are."""
        return self._network.embedding_size

    def load(self, weights: Weights) -> None:
        """Take the weights."""
        self._network.load_state_dict(weights)

    @torch.no_grad()
    def __call__(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (n, 40) and unit embeddings (n, d) of unchanged crops (n, 3, s, s) from 0 to 255."""
        with precision(self._recipe, self._distributed):
            logits, embeddings = self._network(pixels)
        return logits.float(), functional.normalize(embeddings.float())


class TrainingStep:
    """Trains on one batch after another; all that changes is `state`, and `ema_model` after it."""

    def __init__(
        self,
        recipe: Recipe,
        settings: Settings,
        loader: DataLoader,
        state: TrainingState,
        ema_model: EmaModel,
        distributed: Distributed,
    ) -> None:
        self._recipe, self._settings, self._loader = recipe, settings, loader
        self._state, self._ema_model, self._distributed = state, ema_model, distributed
        self._model = _parallel(state, distributed).train()

    def __call__(self, rows: Tensor, progress_epochs: float) -> Tensor:
        """Train on the images `rows` of the split, which all processes share; epochs passed so far, in all.

        Returns this process's losses (3,), of attributes, of people and of teachers.
        """
        state, recipe = self._state, self._recipe
        seed = derived_seed(self._settings.seed, state.step, self._distributed.rank)
        torch.manual_seed(seed)  # Dropout follows the step, so that resuming needs no generator's state.
        generator = torch.Generator().manual_seed(seed)
        own_rows = self._distributed.shard(rows)
        batch = changed = self._loader.batch(own_rows)
        if recipe.background_swap_prob:
            changed = swap_backgrounds(batch, recipe.background_swap_prob, generator)
        if recipe.augment:
            resampled = augment(
                changed.pixels, state.model.network.resampled_px, generator, recipe.light_share
            )
        else:
            resampled = state.model.network.resample(changed.pixels)
        for group in state.optimizer.param_groups:
            group["lr"] = recipe.learning_rate_at(progress_epochs, self._settings.epochs)
        state.optimizer.zero_grad(set_to_none=True)
        margin_share = min(1.0, progress_epochs / (MARGIN_WARM_UP * self._settings.epochs))
        centers = state.memory_bank.class_centers(own_rows) if state.memory_bank else None
        with precision(recipe, self._distributed):
            losses = self._model(
                resampled, changed.labels, changed.people, centers, margin_share, batch.targets
            )
        state.model.weighted_sum(losses).backward()  # type: ignore[no-untyped-call]
        state.optimizer.step()
        state.step += 1
        # Each process has seen other images, and its batch statistics are of those.
        self._distributed.broadcast(
            value for value in state.model.network.buffers() if value.is_floating_point()
        )
        self._update_ema()
        if state.memory_bank:
            self._ema_model.load(state.evaluated_weights)
            _, embeddings = self._ema_model(batch.pixels)
            state.memory_bank.update(rows, self._distributed.all_gather(embeddings, len(rows)))
        detached: Tensor = losses.detach()
        return detached

    @torch.no_grad()
    def _update_ema(self) -> None:
        """Move the average towards the weights; faster at first, when they change most."""
        state = self._state
        decay = min(self._recipe.ema_decay, (1 + state.step) / (10 + state.step))
        for name, value in state.model.network.state_dict().items():
            if name in state.ema_weights:
                if value.is_floating_point():
                    state.ema_weights[name].lerp_(value, 1 - decay)
                else:
                    state.ema_weights[name].copy_(value)


def precision(recipe: Recipe, distributed: Distributed) -> contextlib.AbstractContextManager[object]:
    """The arithmetic in which the recipe computes on this device."""
    return distributed.mixed_precision() if recipe.mixed_precision else contextlib.nullcontext()


def _parallel(state: TrainingState, distributed: Distributed) -> nn.Module:
    """The model, linked with those of the other processes if there are any."""
    model: nn.Module = state.model
    if distributed.world_size == 1:
        return model
    devices = None
    if distributed.device.type == "cuda":
        model = nn.SyncBatchNorm.convert_sync_batchnorm(model)  # type: ignore[no-untyped-call]
        devices = [distributed.device.index]
    return nn.parallel.DistributedDataParallel(
        model,
        device_ids=devices,
        gradient_as_bucket_view=True,
        # Without people and teachers nothing trains the embeddings' layer.
        find_unused_parameters=state.memory_bank is None and state.model.distillation is None,
    )
