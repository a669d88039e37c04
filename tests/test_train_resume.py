"""Trainings that are killed, cancelled or stopped and go on; trainings in several processes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from sentences import raises

from semblante.celeba import PreparedSet
from semblante.errors import (
    Cancelled,
    SettingsMismatch,
)
from semblante.files import sha256_of
from semblante.jobs import Epoch, Event, JobContext
from semblante.model.bundle import Bundle, open_bundle
from semblante.train import RECIPES, choose, train
from semblante.train.checkpoint import CHECKPOINT_NAME

pytestmark = pytest.mark.slow

SCRIPT = """
import sys
from pathlib import Path
from semblante.celeba import open_prepared
from semblante.train import choose, train

data, out, recipe, epochs, every_s = sys.argv[1:]
settings = choose(recipe, 24, int(epochs))
train(open_prepared(Path(data)), Path(out), settings, checkpoint_every_s=float(every_s))
"""


def _command(data: PreparedSet, out: Path, recipe: str, every_s: float = 1e9, epochs: int = 3) -> list[str]:
    return [sys.executable, "-c", SCRIPT, str(data.folder), str(out), recipe, str(epochs), str(every_s)]


def _environment() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1"}


@pytest.mark.parametrize("recipe", list(RECIPES))
def test_killed_and_resumed_ends_with_the_same_weights(
    recipe: str, prepared: PreparedSet, tmp_path: Path
) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    subprocess.run(_command(prepared, whole, recipe), env=_environment(), check=True)

    # A checkpoint after every step; the process is killed as soon as there is one.
    process = subprocess.Popen(_command(prepared, broken, recipe, every_s=0), env=_environment())
    while not (broken / CHECKPOINT_NAME).exists() and process.poll() is None:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (broken / CHECKPOINT_NAME).exists(), "killed too late to test anything"
    assert not (broken / "network.onnx").exists()
    subprocess.run(_command(prepared, broken, recipe), env=_environment(), check=True)

    assert sha256_of(broken / "network.onnx") == sha256_of(whole / "network.onnx")
    losses = [[(row.train_loss, row.val_loss) for row in open_bundle(out).history] for out in (whole, broken)]
    assert losses[0] == losses[1]


class _CancelledAt:
    """A caller who wants to stop from the `number`-th time on that the training asks."""

    def __init__(self, number: int) -> None:
        self.left, self.since_s = number, 0.0

    def __call__(self) -> bool:
        self.left -= 1
        if self.left == 0:
            self.since_s = time.process_time()
        return self.left <= 0


@pytest.fixture(scope="module")
def uninterrupted(prepared: PreparedSet, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """Two epochs of three steps, never cancelled."""
    return train(prepared, tmp_path_factory.mktemp("uninterrupted"), choose("modern", 24, 2))


@pytest.mark.parametrize(
    ("number", "epochs", "steps", "reason"),
    [
        (1, None, None, "while the crops are resized; the two chunks of them ask once each"),
        (4, 0, 2, "after the second step"),
        (6, 0, 3, "while the first epoch is validated"),
        (12, 2, 6, "while the bundle is written"),
        (60, 2, 6, "while the bundle is measured"),
    ],
)
def test_a_cancelled_training_ends_at_once_and_goes_on_where_it_was(
    number: int,
    epochs: int | None,
    steps: int | None,
    reason: str,
    prepared: PreparedSet,
    uninterrupted: Bundle,
    tmp_path: Path,
) -> None:
    settings, cancelled = choose("modern", 24, 2), _CancelledAt(number)
    with pytest.raises(Cancelled):
        train(prepared, tmp_path, settings, JobContext(cancelled=cancelled))
    assert time.process_time() - cancelled.since_s < 1, reason
    assert _counters(tmp_path) == (epochs, steps), reason
    assert not (tmp_path / "manifest.json").exists(), reason
    resumed = train(prepared, tmp_path, settings)
    assert resumed.network_sha256 == uninterrupted.network_sha256, reason


def _counters(folder: Path) -> tuple[int | None, int | None]:
    """The epochs and steps of the checkpoint in `folder`."""
    if not (folder / CHECKPOINT_NAME).exists():
        return None, None
    with safe_open(folder / CHECKPOINT_NAME, framework="pt") as saved:
        counters = json.loads(saved.metadata()["counters"])
    return len(counters["history"]), counters["step"]


def test_an_unfinished_training_with_other_settings_is_not_overwritten(
    prepared: PreparedSet, tmp_path: Path
) -> None:
    class StopHere(Exception):
        pass

    def stop(event: Event) -> None:
        if isinstance(event, Epoch) and event.history:
            raise StopHere

    with pytest.raises(StopHere):
        train(prepared, tmp_path, choose("modern", 24, 2), JobContext(stop))
    kept = sha256_of(tmp_path / CHECKPOINT_NAME)
    with raises(SettingsMismatch, match=r"settings.*\(seed: 0, asked for: 9\); repeat its settings"):
        train(prepared, tmp_path, choose("modern", 24, 2, seed=9))
    with raises(SettingsMismatch, match=r"epochs of the training here: 2, .* to finish .*: --epochs 2$"):
        train(prepared, tmp_path, choose("modern", 24, 3))
    assert sha256_of(tmp_path / CHECKPOINT_NAME) == kept


def test_epochs_are_added_to_a_training_without_a_schedule(prepared: PreparedSet, tmp_path: Path) -> None:
    """One epoch, finished, and two more are the same as three at once."""
    whole = train(prepared, tmp_path / "whole", choose("classic", 24, 3))
    first = train(prepared, tmp_path / "added", choose("classic", 24, 1))
    added = train(prepared, tmp_path / "added", choose("classic", 24, 3))
    assert added.network_sha256 == whole.network_sha256 != first.network_sha256
    assert [row.val_loss for row in added.history] == [row.val_loss for row in whole.history]
    assert added.manifest["purpose"] == whole.manifest["purpose"]
    with raises(SettingsMismatch, match=r"epochs trained here: 3, asked for: 2; ask for as many or more"):
        train(prepared, tmp_path / "added", choose("classic", 24, 2))
    (tmp_path / "added" / CHECKPOINT_NAME).unlink()
    assert train(prepared, tmp_path / "added", choose("classic", 24, 3)).history == added.history
    with raises(SettingsMismatch, match=r"no longer its checkpoint, so it cannot go on to 4"):
        train(prepared, tmp_path / "added", choose("classic", 24, 4))


def test_epochs_that_are_added_can_be_stopped_too(prepared: PreparedSet, tmp_path: Path) -> None:
    train(prepared, tmp_path / "whole", choose("classic", 24, 2))
    train(prepared, tmp_path / "added", choose("classic", 24, 1))
    with pytest.raises(Cancelled):
        train(
            prepared,
            tmp_path / "added",
            choose("classic", 24, 2),
            JobContext(cancelled=_CancelledAt(4)),
        )
    assert len(open_bundle(tmp_path / "added").history) == 1, "the network of before is whole until then"
    added = train(prepared, tmp_path / "added", choose("classic", 24, 2))
    assert added.network_sha256 == open_bundle(tmp_path / "whole").network_sha256
    assert not list((tmp_path / "added").glob("crops-*"))


TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]


def test_two_processes_train_together(prepared: PreparedSet, tmp_path: Path) -> None:
    arguments = ["-m", "semblante", "train", str(prepared.folder), str(tmp_path / "pair")]
    settings = ["--recipe", "modern", "--side", "24", "--epochs", "2"]
    command = [*TORCHRUN, *arguments, *settings]
    done = subprocess.run(command, env=_environment(), check=True, capture_output=True, text=True)
    assert done.stdout.count("accuracy") == 2, "one process speaks: accuracy, and balanced accuracy"
    pair = open_bundle(tmp_path / "pair")
    assert pair.manifest["training"]["processes"] == 2
    assert [row.epoch for row in pair.history] == [1, 2]
    alone = train(prepared, tmp_path / "alone", choose("modern", 24, 2))
    # Batch statistics are of half a batch each, so only alike, not the same.
    assert pair.history[-1].val_loss == pytest.approx(alone.history[-1].val_loss, rel=0.15)


def test_where_the_main_process_refuses_its_sentence_stays_in_sight(
    prepared: PreparedSet, tmp_path: Path
) -> None:
    command = [*TORCHRUN, "-m", "semblante", "train", str(prepared.folder), str(tmp_path), "--side", "48"]
    done = subprocess.run(command, env=_environment(), check=False, capture_output=True, text=True)
    assert done.returncode != 0
    assert done.stderr.count("holds crops of 32 pixels, and 48 are asked for") == 1
    assert "[rank1]" not in done.stderr


STOPPED = SCRIPT.replace(
    "train(open_prepared",
    """
from semblante.jobs import JobContext

def stop(event):
    if event.epoch == 2 and event.step > 2:
        raise SystemExit(3)

train(open_prepared""",
).replace("settings, checkpoint", "settings, JobContext(stop), checkpoint")


def test_two_processes_that_were_stopped_end_with_the_same_weights(
    prepared: PreparedSet, tmp_path: Path
) -> None:
    def run(script: str, out: Path) -> int:
        path = tmp_path / "script.py"
        path.write_text(script)
        arguments = [path, prepared.folder, out, "modern", "3", "0"]
        return subprocess.run(
            [*TORCHRUN, *map(str, arguments)], env=_environment(), check=False, capture_output=True
        ).returncode

    assert run(SCRIPT, tmp_path / "whole") == 0
    assert run(STOPPED, tmp_path / "broken") != 0
    assert (tmp_path / "broken" / CHECKPOINT_NAME).exists()
    assert run(SCRIPT, tmp_path / "broken") == 0
    assert sha256_of(tmp_path / "broken" / "network.onnx") == sha256_of(tmp_path / "whole" / "network.onnx")


def test_two_processes_train_without_known_people(prepared: PreparedSet, tmp_path: Path) -> None:
    nobody = np.full(len(prepared.identities), -1, np.int32)
    np.save(tmp_path / "nobody.npy", nobody)
    script = SCRIPT.replace(
        "train(open_prepared(Path(data))",
        f"""
import dataclasses
import numpy as np
unknown = dataclasses.replace(open_prepared(Path(data)), identities=np.load({str(tmp_path / "nobody.npy")!r}))
train(unknown""",
    )
    path = tmp_path / "script.py"
    path.write_text(script)
    arguments = [path, prepared.folder, tmp_path / "out", "modern", "1", "1e9"]
    subprocess.run(
        [*TORCHRUN, *map(str, arguments)], env=_environment(), check=True, capture_output=True, text=True
    )
    assert open_bundle(tmp_path / "out").history[0].identity_loss is None
