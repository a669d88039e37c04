"""The training of model 1 that both recipes share, from a prepared set to a bundle.

    prepared set -> crops at the wanted side -> batches -> views -> objective, optimiser, running mean, memory
                 -> validation after each epoch -> best weights -> network.onnx + manifest.json

Data comes in through `feed`, is changed by `surroundings` and `augment`, and leaves through `finish`. Every
random choice follows from the seed and the step, and `checkpoint` keeps the rest, so that a run that was
killed and started again ends with the weights of one that was not. (A GPU may add in another order.)
"""

import contextlib
import math
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor, nn
from torch.nn import functional

from semblante.celeba import PreparedSet
from semblante.errors import EmptyDataset, InvalidOption, SettingsMismatch, TrainingDiverged
from semblante.files import exclusive_lock, translate_os_errors
from semblante.i18n import tr
from semblante.jobs import EpochRow
from semblante.metrics import binary_summary, true_accept_rate
from semblante.model.bundle import MANIFEST_NAME, Bundle, open_bundle
from semblante.train.augment import augment
from semblante.train.background_swap import swap_backgrounds
from semblante.train.checkpoint import State, Weights
from semblante.train.data_loader import DataLoader, mixed_seed
from semblante.train.distributed import Place, place
from semblante.train.finalize import Trained, tidy, write_bundle_of
from semblante.train.memory_bank import MemoryBank
from semblante.train.networks import AttributeNetwork
from semblante.train.objective import ClassCenters, Objective
from semblante.train.progress import Progress, Watch, unwatched
from semblante.train.recipes import RECIPES, Settings
from semblante.train.resize import crops_at
from semblante.train.training_logger import TrainingLogger

VERSION = 2
"""Of what a training does: to be raised when networks, views, augmentation or the checkpoint change."""
CHECKPOINT_EVERY_S = 30.0
FALSE_ACCEPT_RATE = 1e-3
MARGIN_GROWS = 0.5
"""The share of the training in which the margin grows: at first it would ask what no embeddings can give."""
LOOK_EVERY_STEPS = 20
"""How often the loss is read: each reading makes a GPU wait."""


def train(
    data: PreparedSet,
    out: Path,
    settings: Settings,
    watch: Watch = unwatched,
    checkpoint_every_s: float = CHECKPOINT_EVERY_S,
) -> Bundle:
    """Train on `data` and leave a bundle in `out`; an unfinished training in `out` is taken up again.

    Raises `OtherWork` if `out` holds a training with other settings or data, `NothingUsable` if `data` has no
    images to train or to validate on, and `TrainingDiverged` if the loss or a weight is no longer a number.
    """
    how = {"version": VERSION, **RECIPES[settings.recipe].plain()}
    purpose = {**asdict(settings), "data": data.sha256, "how": how}
    with place() as here:
        with translate_os_errors(out):
            is_finished = (out / MANIFEST_NAME).exists()
        if is_finished:
            bundle = _finished_before(out, purpose)
            if here.leads:  # A run that was killed at its very end has left more than the bundle.
                tidy(out, settings.side_px)
            return bundle
        if here.leads:
            with exclusive_lock(out), translate_os_errors(out):
                training = Training(data, out, settings, purpose, here)
                here.meet()
                training.run(watch, checkpoint_every_s)
        else:
            here.meet()  # Until the leading process has resized the crops.
            Training(data, out, settings, purpose, here).run(unwatched, checkpoint_every_s)
        here.meet()  # Until it has written the bundle.
        return open_bundle(out)


def _finished_before(out: Path, purpose: dict[str, object]) -> Bundle:
    bundle = open_bundle(out)
    if bundle.manifest.get("purpose") != purpose:
        raise SettingsMismatch(
            tr(
                "{path}: a network trained with other settings or data is here; choose another folder",
                path=out,
            )
        )
    return bundle


class Training:
    """One training at work: its data, its state, and the steps that change it."""

    def __init__(
        self, data: PreparedSet, out: Path, settings: Settings, purpose: dict[str, object], here: Place
    ) -> None:
        self.data, self.out, self.settings, self.purpose, self.place = data, out, settings, purpose, here
        train_rows, val_rows = data.rows("train"), data.rows("val")
        self.recipe = RECIPES[settings.recipe].for_images(len(train_rows))
        # Each process needs two images at a time: statistics of one are none.
        if len(train_rows) < 2 * here.world or not len(val_rows):
            raise EmptyDataset(
                tr(
                    "{path}: {train} images to train on and {val} to validate on; "
                    "at least {needed} and 1 are needed",
                    path=data.folder,
                    train=len(train_rows),
                    val=len(val_rows),
                    needed=2 * here.world,
                )
            )
        if (data.labels[val_rows] == data.labels[val_rows[0]]).all():
            raise EmptyDataset(
                tr(
                    "{path}: all images to validate on have the same labels, so no attribute can be judged; "
                    "more and other images are needed",
                    path=data.folder,
                )
            )
        if settings.side_px > data.side_px:
            raise InvalidOption(
                tr(
                    "{path} holds crops of {held} pixels, and {asked} are asked for: enlarging them would "
                    "add nothing. Prepare again with --side {asked}, or train with --side {held}",
                    path=data.folder,
                    held=data.side_px,
                    asked=settings.side_px,
                )
            )
        self.crops = crops_at(data.images, settings.side_px, out)
        self.train_loader = DataLoader.of(self.crops, data, "train", here)
        self.val_loader = DataLoader.of(self.crops, data, "val", here)
        self.val_rows = val_rows
        self.positive_rates = data.labels[train_rows].mean(axis=0, dtype=np.float64)
        self.state = self._fresh_state()
        self.ema_model = self._new_network().eval()

    def run(self, watch: Watch, checkpoint_every_s: float) -> None:
        """Train all epochs that are left; then the leading process writes the bundle."""
        state = self.state
        state.restore(self.out, self.purpose)
        leads = self.place.leads
        kept = (
            contextlib.closing(TrainingLogger(self.out, state.history)) if leads else contextlib.nullcontext()
        )
        with kept as logger:
            model = self._parallel()
            while len(state.history) < self.settings.epochs and not self._is_stuck():
                self._train_epoch(model, watch, checkpoint_every_s)
                self._close_epoch()
                self._save()
                if logger:
                    logger.add(state.history)
                    watch(self._progress_after_epoch())
        if leads:
            self._finish()

    def _progress_after_epoch(self) -> Progress:
        row, steps = self.state.history[-1], self.train_loader.steps(self.recipe.batch)
        speed = len(self.train_loader) / row.seconds
        history = tuple(self.state.history)
        return Progress(row.epoch, self.settings.epochs, steps, steps, row.train_loss, speed, history)

    def _fresh_state(self) -> State:
        torch.manual_seed(mixed_seed(self.settings.seed))
        network = self._new_network()
        average: Weights = {}
        if self.recipe.average_decay:
            average = {name: value.clone() for name, value in network.state_dict().items()}
        feed, memory = self.train_loader, None
        if self.recipe.identity and feed.people_count > 1:  # One alone is like nobody else.
            people = feed.people.to(self.place.device)
            memory = MemoryBank(people, feed.people_count, network.embedding_size)
        model = Objective(network, self.recipe.identity if memory else None).to(self.place.device)
        optimizer = self.recipe.optimizer(model, self.recipe.learning_rate)
        return State(model, optimizer, average, best={}, memory=memory)

    def _new_network(self) -> AttributeNetwork:
        network = self.recipe.network(self.settings.side_px)
        return network.to(self.place.device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]

    def _parallel(self) -> nn.Module:
        """The objective, linked with those of the other processes if there are any."""
        model: nn.Module = self.state.model
        if self.place.world == 1:
            return model
        devices = None
        if self.place.device.type == "cuda":
            model = nn.SyncBatchNorm.convert_sync_batchnorm(model)  # type: ignore[no-untyped-call]
            devices = [self.place.device.index]
        return nn.parallel.DistributedDataParallel(
            model,
            device_ids=devices,
            gradient_as_bucket_view=True,
            # Without people nothing trains the embeddings' layer.
            find_unused_parameters=self.state.memory is None,
        )

    def _is_stuck(self) -> bool:
        """Whether no epoch was better for as many as the recipe is patient."""
        if self.recipe.patience is None:
            return False
        return len(self.state.history) - self.state.best_epoch >= self.recipe.patience

    def _train_epoch(self, model: nn.Module, watch: Watch, checkpoint_every_s: float) -> None:
        """The steps that are left of the current epoch."""
        state, epoch = self.state, len(self.state.history)
        batches = self.train_loader.shuffled(self.recipe.batch, self.settings.seed, epoch)
        first = state.step - epoch * len(batches)
        sums = torch.tensor(state.epoch_loss_sums, dtype=torch.float64, device=self.place.device)
        seconds_before, started_s, images = state.epoch_seconds, time.monotonic(), 0
        saved_s = started_s
        model.train()
        for number, rows in enumerate(batches[first:], start=first + 1):
            sums += self._step(model, rows, epoch + (number - 1) / len(batches))
            images += len(rows)
            state.epoch_seconds = seconds_before + time.monotonic() - started_s
            due = time.monotonic() - saved_s >= checkpoint_every_s
            if due or number % LOOK_EVERY_STEPS == 0 or number == len(batches):
                state.epoch_loss_sums = self._finite(sums.tolist(), epoch + 1, number)
                speed = images / (time.monotonic() - started_s)
                mean_loss = state.epoch_loss_sums[0] / number
                history = tuple(state.history)
                watch(
                    Progress(epoch + 1, self.settings.epochs, number, len(batches), mean_loss, speed, history)
                )
            if due or number == len(batches):
                # The losses may not show it yet, and a checkpoint may follow.
                self._check_weights(epoch + 1, number)
            if due:
                self._save()
                saved_s = time.monotonic()

    def _step(self, model: nn.Module, rows: Tensor, progress_epochs: float) -> Tensor:
        """One batch, shared by all processes: model, optimiser, running mean and memory change.

        This process's losses (2,) come back.
        """
        state = self.state
        seed = mixed_seed(self.settings.seed, state.step, self.place.rank)
        torch.manual_seed(seed)  # Dropout follows the step, so that resuming needs no generator's state.
        mine = self.place.share(rows)
        batch, network = self.train_loader.batch(mine), state.model.network
        shown, rng = batch, torch.Generator().manual_seed(seed)
        if self.recipe.swapped:
            shown = swap_backgrounds(batch, self.recipe.swapped, rng)
        if self.recipe.augment:
            view = augment(shown.pixels, network.view_px, rng)
        else:
            view = network.look(shown.pixels)
        for group in state.optimizer.param_groups:
            group["lr"] = self.recipe.learning_rate_at(progress_epochs, self.settings.epochs)
        state.optimizer.zero_grad(set_to_none=True)
        margin_share = min(1.0, progress_epochs / (MARGIN_GROWS * self.settings.epochs))
        with self._precision():
            losses = model(view, shown.labels, shown.people, self._known(mine), margin_share)
        state.model.total(losses).backward()  # type: ignore[no-untyped-call]
        state.optimizer.step()
        state.step += 1
        # Each process has seen other images, and its batch statistics are of those.
        self.place.agree(value for value in network.buffers() if value.is_floating_point())
        self._move_average()
        if state.memory:
            self.ema_model.load_state_dict(self._kept_weights())
            _, embeddings = self._seen(batch.pixels)
            state.memory.remember(rows, self.place.whole(embeddings, len(rows)))
        detached: Tensor = losses.detach()
        return detached

    def _known(self, rows: Tensor) -> ClassCenters | None:
        memory = self.state.memory
        return ClassCenters(memory.directions(), memory.without(rows)) if memory else None

    @torch.no_grad()
    def _seen(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and unit embeddings of crops as they are, by the weights that the onlooker was given."""
        with self._precision():
            logits, embeddings = self.ema_model(pixels)
        return logits.float(), functional.normalize(embeddings.float())

    def _precision(self) -> contextlib.AbstractContextManager[object]:
        return self.place.mixed_precision() if self.recipe.reduced else contextlib.nullcontext()

    def _kept_weights(self) -> Weights:
        """The running mean where the recipe has one, else the weights themselves."""
        return self.state.average or self.state.model.network.state_dict()

    def _move_average(self) -> None:
        """Move the running mean towards the weights; faster at first, when they change most."""
        decay = min(self.recipe.average_decay, (1 + self.state.step) / (10 + self.state.step))
        for name, value in self.state.model.network.state_dict().items():
            if name in self.state.average:
                if value.is_floating_point():
                    self.state.average[name].lerp_(value, 1 - decay)
                else:
                    self.state.average[name].copy_(value)

    def _finite(self, sums: list[float], epoch: int, step: int) -> list[float]:
        if not all(map(math.isfinite, sums)):
            raise TrainingDiverged(
                tr(
                    "epoch {epoch}, step {step}: the loss or a weight is no longer a number; the last "
                    "checkpoint, if it came to one, is kept in {path}; start again in another folder with "
                    "another seed",
                    epoch=epoch,
                    step=step,
                    path=self.out,
                )
            )
        return sums

    def _check_weights(self, epoch: int, step: int) -> None:
        """Raise `TrainingDiverged` where a weight, or a statistic of the batches, is no longer a number."""
        self._finite([float(value.sum()) for value in self.state.model.state_dict().values()], epoch, step)

    def _close_epoch(self) -> None:
        """Validate, add a line to the history, and keep the weights if they are the best so far."""
        state, started_s = self.state, time.monotonic()
        weights = self._kept_weights()
        logits, embeddings = self._validate(weights)
        summary = binary_summary(logits, self.data.labels[self.val_rows], self.positive_rates)
        epoch, steps = len(state.history) + 1, self.train_loader.steps(self.recipe.batch)
        self._finite([summary.loss], epoch, steps)
        learns_people = state.model.identity is not None
        state.history.append(
            EpochRow(
                epoch=epoch,
                train_loss=state.epoch_loss_sums[0] / steps,
                val_loss=summary.loss,
                accuracy=summary.accuracy,
                balanced_accuracy=summary.balanced_accuracy,
                majority_baseline=summary.majority_baseline,
                learning_rate=self.recipe.learning_rate_at(epoch - 1 / steps, self.settings.epochs),
                seconds=state.epoch_seconds + time.monotonic() - started_s,
                identity_loss=state.epoch_loss_sums[1] / steps if learns_people else None,
                true_accept_rate=true_accept_rate(
                    embeddings, self.data.identities[self.val_rows], FALSE_ACCEPT_RATE
                )
                if learns_people
                else None,
            )
        )
        state.epoch_loss_sums, state.epoch_seconds = [0.0, 0.0], 0.0
        if state.best_epoch == epoch:
            state.best = {name: value.detach().clone() for name, value in weights.items()}

    def _validate(self, weights: Weights) -> tuple[Float32[np.ndarray, "n 40"], Float32[np.ndarray, "n d"]]:
        """Logits and unit embeddings of the validation images, by all processes, with `weights`.

        Where nobody is learnt the embeddings have no columns: nothing is asked of them.
        """
        self.ema_model.load_state_dict(weights)
        logits = torch.zeros(len(self.val_loader), 40, device=self.place.device)
        count = self.ema_model.embedding_size if self.state.memory else 0
        embeddings = torch.zeros(len(self.val_loader), count, device=self.place.device)
        for numbers, pixels in self.val_loader.in_order():
            at = numbers.to(logits.device)
            logits[at], seen = self._seen(pixels)
            embeddings[at] = seen[:, :count]
        together = [self.place.total(each).cpu().numpy() for each in (logits, embeddings)]
        return together[0], together[1]

    def _finish(self) -> None:
        """Write the bundle of the best epoch."""
        best = self.recipe.network(self.settings.side_px)
        best.load_state_dict({name: value.cpu() for name, value in self.state.best.items()})
        trained = Trained(
            best,
            self.recipe,
            self.settings,
            tuple(self.state.history),
            self.data,
            self.positive_rates,
            self.place,
        )
        write_bundle_of(trained, self.crops, self.out, self.purpose)

    def _save(self) -> None:
        if self.place.leads:
            self.state.save(self.out, self.purpose)
