"""How the aligner is trained: what it is shown, what is asked of it, and that it learns."""

import math

import numpy as np
import pytest
import torch

from semblante.celeba import PreparedSet
from semblante.errors import Cancelled
from semblante.faces.aligner import WINDOW_PX, move_of, window
from semblante.generate.drawn_face import draw_picture
from semblante.geometry import FRAME_HEIGHT_PX, FRAME_WIDTH_PX, SimilarityTransform, resize_to_square
from semblante.jobs import Event, JobContext, Progress
from semblante.train import aligner
from semblante.train.aligner import (
    degrade,
    disk,
    distances_px,
    matrices,
    random_matrices,
    sample_windows,
    train_aligner,
)


def _crops(count: int, side_px: int) -> torch.Tensor:
    crops = np.stack(
        [resize_to_square(draw_picture(1, person, 0).pixels, side_px) for person in range(count)]
    )
    return torch.from_numpy(crops).permute(0, 3, 1, 2).float()


def test_serving_samples_the_windows_that_training_showed() -> None:
    """One picture, its frame moved alike: a window of the crop, and one of the photo."""
    frame = draw_picture(1, 0, 0).pixels
    move = [0.1, 0.2, 0.05, -0.1]
    a, b, x, y = (torch.tensor([value]) for value in (1 + move[0], *move[1:]))
    shown = sample_windows(_crops(1, 192), matrices(a, b, torch.stack([x, y], 1)))[0].permute(1, 2, 0).numpy()
    served = window(frame, move_of(move))
    assert served.shape == (WINDOW_PX, WINDOW_PX, 3)
    assert np.abs(shown - served)[4:-4, 4:-4].mean() < 4
    unmoved = window(frame, SimilarityTransform(1.0, 0.0, 0.0, 0.0))
    assert np.abs(shown - unmoved)[4:-4, 4:-4].mean() > 10


def test_undoing_the_move_leaves_no_distance() -> None:
    applied = random_matrices(50, torch.Generator().manual_seed(0))
    back = torch.linalg.inv(applied)
    undone = torch.stack([back[:, 0, 0] - 1, back[:, 1, 0], back[:, 0, 2], back[:, 1, 2]], dim=1)
    assert float(distances_px(undone, applied).max()) < 1e-3
    assert float(distances_px(torch.zeros(50, 4), applied).mean()) > 10


def test_windows_hardly_leave_the_picture() -> None:
    """What lies beside a crop would tell where it is, and no photo has that."""
    corners = torch.tensor([[math.cos(t), math.sin(t), 1.0] for t in np.linspace(0, 2 * math.pi, 60)])
    applied = random_matrices(500, torch.Generator().manual_seed(1))
    there = (corners @ applied.transpose(1, 2))[..., :2] * 56 + torch.tensor([89.0, 126.0])
    inside = (there >= 0).all(-1) & (there[..., 0] <= FRAME_WIDTH_PX) & (there[..., 1] <= FRAME_HEIGHT_PX)
    assert float(inside.float().mean()) > 0.98


def test_a_disk_is_seen() -> None:
    seen = disk()[0, 0]
    assert float(seen.mean()) == pytest.approx(math.pi / 4, abs=0.01)
    assert float(seen[0, 0]) == 0 and float(seen[24, 24]) == 1


def test_degraded_windows_stay_pictures() -> None:
    windows = torch.rand(20, 3, WINDOW_PX, WINDOW_PX) * 255
    changed = degrade(windows, torch.Generator().manual_seed(2))
    assert changed.shape == windows.shape
    assert float(changed.min()) >= 0 and float(changed.max()) <= 255
    assert float((changed - windows).abs().mean()) > 5


@pytest.mark.slow
def test_it_learns(prepared: PreparedSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aligner, "BATCH", 12)
    before = distances_px(torch.zeros(200, 4), random_matrices(200, torch.Generator().manual_seed(3))).mean()
    network, apart = train_aligner(prepared, epochs=30)
    assert apart[-1] < 0.85 * float(before)
    assert len(apart) == aligner.ITERATIONS
    assert not network.training


def test_a_cancelled_training_of_the_aligner_ends_after_the_step(prepared: PreparedSet) -> None:
    stages: list[Event] = []
    with pytest.raises(Cancelled):
        train_aligner(prepared, job=JobContext(stages.append, cancelled=lambda: True))
    assert stages == [Progress("training_aligner", 1, aligner.EPOCHS)], "one batch holds them all"
