"""The real CelebA, where it is at hand: both layouts, and rows whose image is absent."""

import subprocess
import sys
from pathlib import Path

import pytest

from semblante.celeba import prepare, summarise
from semblante.labels import ATTRIBUTES

pytestmark = [pytest.mark.data, pytest.mark.slow]

COUNT = 40


def _unpack(shared: Path, out: Path, *options: str) -> Path:
    tool = shared / "tools" / "unpack_celeba.py"
    command = [sys.executable, str(tool), str(out), "--split", "val", "--limit", str(COUNT), *options]
    subprocess.run(command, check=True, capture_output=True)
    return out


@pytest.fixture(scope="module")
def official(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _unpack(shared, tmp_path_factory.mktemp("real") / "official", "--all-rows")


def test_real_celeba_is_prepared_with_its_gaps_named(official: Path, tmp_path: Path) -> None:
    data = prepare(official, tmp_path / "set", 32)
    summary = summarise(data)
    assert summary.images_by_split == {"train": 0, "val": COUNT, "test": 0}
    assert summary.terms == "celeba"
    assert summary.skipped == {"row_without_image": 202_599 - COUNT}
    assert summary.people is not None and 1 < summary.people <= COUNT
    # Of the first validation faces most are not bald, and not all are of one sex.
    shares = data.labels.mean(axis=0)
    assert shares[ATTRIBUTES.index("Bald")] < 0.2
    assert 0.1 < shares[ATTRIBUTES.index("Male")] < 0.9


def test_both_layouts_give_the_same_images(official: Path, shared: Path, tmp_path: Path) -> None:
    kaggle = _unpack(shared, tmp_path / "kaggle", "--layout", "kaggle")
    sets = [prepare(source, tmp_path / f"set-{source.name}", 32) for source in (official, kaggle)]
    assert (sets[0].images == sets[1].images).all()
    assert (sets[0].labels == sets[1].labels).all()
    assert sets[0].names == sets[1].names
    assert (sets[1].identities == -1).all(), "Kaggle's layout does not say who is in a picture"
