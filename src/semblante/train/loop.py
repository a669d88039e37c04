"""The training of model 1, from a prepared set to a bundle; both recipes share it.

    prepared set -> crops of the training's side -> epochs of steps -> validation -> best weights
                 -> network.onnx, background.npy, manifest.json

An epoch is its steps (`step`), a validation, a row of the history, and a checkpoint (`checkpoint`); after the
last, `finalize` writes the bundle. Every random choice follows from the seed and the step, and the checkpoint
holds the rest, so that a run that was killed and started again ends with the weights of one that was not. (A
GPU may add in another order.)
"""

import contextlib
import math
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32

from semblante.celeba import PreparedSet
from semblante.cores import usable_cores
from semblante.errors import Cancelled, Locked, SettingsMismatch, TrainingDiverged
from semblante.files import exclusive_lock, sha256_of, translate_os_errors
from semblante.jobs import SILENT, Epoch, EpochRow, JobContext
from semblante.metrics import binary_summary, true_accept_rate
from semblante.model.bundle import MANIFEST_NAME, Bundle, open_bundle
from semblante.train.checkpoint import CHECKPOINT_NAME, TrainingState, Weights
from semblante.train.data_loader import DataLoader, derived_seed, resized_crops
from semblante.train.distillation import Distillation, anchors_of
from semblante.train.distributed import Distributed, distributed_context
from semblante.train.finalize import TrainingResult, finalize, remove_intermediates
from semblante.train.networks import AttributeNetwork
from semblante.train.objective import MemoryBank, Objective
from semblante.train.recipes import Recipe, recipe_of
from semblante.train.resumption import Purpose, can_add_epochs, check_resumable
from semblante.train.settings import Settings, check_data
from semblante.train.step import EmaModel, TrainingStep
from semblante.train.teacher import Teacher, distillation_targets
from semblante.train.training_logger import TrainingLogger

VERSION = 3
"""Of what a training computes: to be raised when networks, augmentation or the checkpoint change."""
CHECKPOINT_EVERY_S = 30.0
FALSE_ACCEPT_RATE = 1e-3
READ_LOSS_EVERY_STEPS = 20
"""Reading the loss makes a GPU wait."""


def train(
    data: PreparedSet,
    out: Path,
    settings: Settings,
    job: JobContext = SILENT,
    *,
    teachers: Sequence[Teacher] = (),
    checkpoint_every_s: float = CHECKPOINT_EVERY_S,
) -> Bundle:
    """Train on `data` and leave a bundle in `out`; an unfinished training in `out` is taken up again.

    So is a finished one of fewer epochs, where its recipe has no schedule of the learning rate. What
    `teachers` see is computed first, unless it is beside `data` already.

    Emits `Epoch` events, and `Progress` of the stage "embedding". Where `job` is cancelled, a checkpoint is
    written and `Cancelled` raised. Raises `SettingsMismatch` if `out` holds a training that cannot go on so
    (see `resumption`), `EmptyDataset` if `data` has too few images to train or to validate on,
    `InvalidOption` if its crops are smaller than those asked for, and `TrainingDiverged` if the loss or a
    weight is no longer a number.
    """
    how = {"version": VERSION, **recipe_of(settings, bool(teachers)).as_json()}
    purpose = {
        **asdict(settings),
        "data": data.sha256,
        "teachers": [sha256_of(each.network) for each in teachers],
        "how": how,
    }
    # PyTorch knows affinity, but no container's quota.
    torch.set_num_threads(min(torch.get_num_threads(), usable_cores()))
    with distributed_context() as distributed:
        with translate_os_errors(out):
            is_finished = (out / MANIFEST_NAME).exists()
        if is_finished and (bundle := _finished_before(out, purpose)):
            if distributed.is_main:
                # A run that was killed at its very end has left more than the bundle; one that adds epochs
                # to it holds the lock, and still needs that.
                with contextlib.suppress(Locked), exclusive_lock(out):
                    remove_intermediates(out, settings.side_px, can_add_epochs(purpose))
            return bundle
        if distributed.is_main:
            with exclusive_lock(out), translate_os_errors(out):
                training = Training(data, out, settings, purpose, distributed, job, teachers)
                distributed.barrier()
                training.run(checkpoint_every_s)
        else:
            distributed.barrier()  # Until the main process has resized the crops and asked the teachers.
            Training(data, out, settings, purpose, distributed, SILENT, teachers).run(checkpoint_every_s)
        distributed.barrier()  # Until it has written the bundle.
        return open_bundle(out)


def _finished_before(out: Path, purpose: Purpose) -> Bundle | None:
    """The finished training in `out`, or None where more epochs are to be added to it.

    Raises `SettingsMismatch` where it is another one.
    """
    bundle = open_bundle(out)
    was = bundle.manifest.get("purpose") or {}
    if was == purpose:
        return bundle
    check_resumable(out, was, purpose, len(bundle.history), is_finished=True)
    if not (out / CHECKPOINT_NAME).exists():
        raise SettingsMismatch("checkpoint_gone", path=out, was=was["epochs"], asked=purpose["epochs"])
    return None


class Training:
    """One training in progress: its data, its state, and its epochs."""

    def __init__(
        self,
        data: PreparedSet,
        out: Path,
        settings: Settings,
        purpose: Purpose,
        distributed: Distributed,
        job: JobContext = SILENT,
        teachers: Sequence[Teacher] = (),
    ) -> None:
        check_data(data, settings, distributed.world_size)
        self.data, self.out, self.settings, self.purpose = data, out, settings, purpose
        self.distributed, self.job, self.teachers = distributed, job, tuple(teachers)
        train_rows, self.val_rows = data.rows("train"), data.rows("val")
        self.recipe = recipe_of(settings, bool(teachers)).for_images(len(train_rows))
        self.crops = resized_crops(data.images, settings.side_px, out, job)
        self.targets = distillation_targets(data, teachers, job)
        self.train_loader = DataLoader.for_split(self.crops, data, "train", distributed, self.targets)
        self.val_loader = DataLoader.for_split(self.crops, data, "val", distributed)
        self.steps = self.train_loader.steps(self.recipe.batch)
        self.positive_rates = data.labels[train_rows].mean(axis=0, dtype=np.float64)
        self.state = _fresh_state(self.recipe, settings, self.train_loader)
        self.ema_model = EmaModel(_new_network(self.recipe, settings, distributed), self.recipe, distributed)

    def run(self, checkpoint_every_s: float) -> None:
        """Train all epochs that are left; then the main process writes the bundle."""
        state, is_main = self.state, self.distributed.is_main
        state.restore(self.out, self.purpose)
        step = self.new_step()
        with contextlib.ExitStack() as stack:
            logger = None
            if is_main:
                logger = stack.enter_context(contextlib.closing(TrainingLogger(self.out, state.history)))
            while len(state.history) < self.settings.epochs and not self._is_stuck():
                self._train_epoch(step, checkpoint_every_s)
                self._validate_epoch()
                self._save()
                if logger:
                    logger.add(state.history)
                    row = state.history[-1]
                    self._emit(row.epoch, self.steps, row.train_loss, len(self.train_loader) / row.seconds)
        if is_main:
            self._finalize()

    def new_step(self) -> TrainingStep:
        """What trains on one batch, starting from the present state."""
        return TrainingStep(
            self.recipe, self.settings, self.train_loader, self.state, self.ema_model, self.distributed
        )

    def _is_stuck(self) -> bool:
        """Whether the recipe's patience is over: so many epochs without a better one."""
        if self.recipe.patience is None:
            return False
        return len(self.state.history) - self.state.best_epoch >= self.recipe.patience

    def _train_epoch(self, step: TrainingStep, checkpoint_every_s: float) -> None:
        """The steps that are left of the current epoch."""
        state, epoch, steps = self.state, len(self.state.history), self.steps
        batches = self.train_loader.shuffled(self.recipe.batch, self.settings.seed, epoch)
        done = state.step - epoch * steps
        loss_sums = torch.tensor(state.epoch_loss_sums, dtype=torch.float64, device=self.distributed.device)
        seconds_before, images = state.epoch_seconds, 0
        started_s = saved_s = time.monotonic()
        for number, rows in enumerate(batches[done:], start=done + 1):
            loss_sums += step(rows, epoch + (number - 1) / steps)
            images += len(rows)
            state.epoch_seconds = seconds_before + time.monotonic() - started_s
            is_cancelled = self.job.cancelled()
            saves = is_cancelled or time.monotonic() - saved_s >= checkpoint_every_s
            if saves or number % READ_LOSS_EVERY_STEPS == 0 or number == steps:
                state.epoch_loss_sums = self._finite(loss_sums.tolist(), epoch + 1, number)
                images_per_s = images / (time.monotonic() - started_s)
                self._emit(epoch + 1, number, state.epoch_loss_sums[0] / number, images_per_s)
            if saves or number == steps:
                # The losses may not show it yet, and a checkpoint may follow.
                self._check_weights(epoch + 1, number)
            if saves:
                self._save()
                saved_s = time.monotonic()
            if is_cancelled:
                raise Cancelled

    def _validate_epoch(self) -> None:
        """Validate, add a row to the history, and keep the weights if they are the best so far."""
        state, started_s = self.state, time.monotonic()
        weights = state.evaluated_weights
        logits, embeddings = self._predict_validation(weights)
        summary = binary_summary(logits, self.data.labels[self.val_rows], self.positive_rates)
        epoch, steps = len(state.history) + 1, self.steps
        self._finite([summary.loss], epoch, steps)
        identities = self.data.identities[self.val_rows]
        tells_people = embeddings.shape[1] > 0
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
                identity_loss=state.epoch_loss_sums[1] / steps if state.memory_bank else None,
                true_accept_rate=true_accept_rate(embeddings, identities, FALSE_ACCEPT_RATE)
                if tells_people
                else None,
                teacher_loss=state.epoch_loss_sums[2] / steps if self.teachers else None,
            )
        )
        state.epoch_loss_sums, state.epoch_seconds = [0.0, 0.0, 0.0], 0.0
        if state.best_epoch == epoch:
            state.best_weights = {name: value.detach().clone() for name, value in weights.items()}

    def _predict_validation(
        self, weights: Weights
    ) -> tuple[Float32[np.ndarray, "n 40"], Float32[np.ndarray, "n d"]]:
        """Logits and unit embeddings of the validation images, by all processes, with `weights`.

        With teachers, the embeddings are those that are drawn to theirs. Where neither teachers nor people
        teach them they have no columns: nothing is measured on them.
        """
        self.ema_model.load(weights)
        size = self.state.model.compared_size if self.targets is not None or self.state.memory_bank else 0
        logits, embeddings = (
            torch.zeros(len(self.val_loader), columns, device=self.distributed.device)
            for columns in (self.data.labels.shape[1], size)
        )
        for rows, pixels in self.val_loader.sequential():
            if self.job.cancelled():
                self._save()
                raise Cancelled
            at = rows.to(logits.device)
            logits[at], unit = self.ema_model(pixels)
            if size:
                embeddings[at] = self.state.model.compared(unit)
        both = [self.distributed.all_reduce(each).cpu().numpy() for each in (logits, embeddings)]
        return both[0], both[1]

    def _finalize(self) -> None:
        """Write the bundle of the best epoch."""
        best = self.recipe.network(self.settings.side_px)
        best.load_state_dict({name: value.cpu() for name, value in self.state.best_weights.items()})
        result = TrainingResult(
            best,
            self.recipe,
            self.settings,
            tuple(self.state.history),
            self.data,
            self.positive_rates,
            self.distributed,
            self.teachers,
            self.targets,
        )
        finalize(result, self.crops, self.out, self.purpose, self.job)

    def _emit(self, epoch: int, step: int, loss: float, images_per_s: float) -> None:
        history = tuple(self.state.history)
        self.job.emit(Epoch(epoch, self.settings.epochs, step, self.steps, loss, images_per_s, history))

    def _save(self) -> None:
        if self.distributed.is_main:
            self.state.save(self.out, self.purpose)

    def _finite(self, values: list[float], epoch: int, step: int) -> list[float]:
        if not all(map(math.isfinite, values)):
            raise TrainingDiverged("training_diverged", epoch=epoch, step=step, path=self.out)
        return values

    def _check_weights(self, epoch: int, step: int) -> None:
        """Raise `TrainingDiverged` where a weight, or a statistic of the batches, is no longer a number."""
        self._finite([float(value.sum()) for value in self.state.model.state_dict().values()], epoch, step)


def _fresh_state(recipe: Recipe, settings: Settings, loader: DataLoader) -> TrainingState:
    """The state before the first step, which the seed decides."""
    distributed = loader.distributed
    torch.manual_seed(derived_seed(settings.seed))
    network = _new_network(recipe, settings, distributed)
    ema_weights: Weights = {}
    if recipe.ema_decay:
        ema_weights = {name: value.clone() for name, value in network.state_dict().items()}
    memory_bank = None
    if recipe.identity and loader.person_count > 1:  # One person alone cannot be told from others.
        people = loader.people.to(distributed.device)
        memory_bank = MemoryBank(people, loader.person_count, network.embedding_size)
    identity = recipe.identity if memory_bank else None
    distillation = None
    if recipe.distillation and loader.targets:
        images = torch.from_numpy(loader.targets.images)
        anchors = anchors_of(images, loader.people[: len(images)].cpu())
        distillation = Distillation(recipe.distillation, network.embedding_size, anchors)
    model = Objective(network, identity, distillation).to(distributed.device)
    optimizer = recipe.optimizer(model, recipe.learning_rate)
    return TrainingState(model, optimizer, ema_weights, best_weights={}, memory_bank=memory_bank)


def _new_network(recipe: Recipe, settings: Settings, distributed: Distributed) -> AttributeNetwork:
    network = recipe.network(settings.side_px)
    return network.to(distributed.device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]
