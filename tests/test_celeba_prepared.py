"""A prepared set summed up, and its contact sheet."""

import json
from pathlib import Path

import numpy as np
import pytest
from celeba_tiny import NAMES, labels, write_official

from semblante.celeba import PhotosPerPerson, PreparedSet, contact_sheet, prepare, summarise
from semblante.i18n import describe, speaking
from semblante.labels import ATTRIBUTES


@pytest.fixture
def prepared(tmp_path: Path) -> PreparedSet:
    source = write_official(tmp_path / "source")
    (source / "img_align_celeba" / NAMES[-1]).unlink()
    return prepare(source, tmp_path / "out", 32)


def test_the_figures(prepared: PreparedSet) -> None:
    summary = summarise(prepared)
    assert summary.images == 11
    assert summary.images_by_split == {"train": 3, "val": 5, "test": 3}
    assert summary.people == 4
    assert summary.people_by_split == {"train": 1, "val": 2, "test": 1}
    assert summary.photos_per_person == PhotosPerPerson(least=2, median=3.0, most=3)
    assert summary.skipped == {"row_without_image": 1}
    share = np.mean([labels(number)[7] for number in (6, 7, 8)])
    assert summary.attribute_shares[ATTRIBUTES[7]]["train"] == pytest.approx(share)
    assert json.loads(json.dumps(summary.as_json()))["photos_per_person"]["median"] == 3.0


def test_without_people_or_a_split_there_is_no_figure(tmp_path: Path) -> None:
    source = write_official(tmp_path / "source", NAMES[:2])
    (source / "identity_CelebA.txt").unlink()
    summary = summarise(prepare(source, tmp_path / "out", 32))
    assert (summary.people, summary.people_by_split, summary.photos_per_person) == (None, None, None)
    assert summary.attribute_shares["Young"]["train"] is None
    with speaking("es"):
        assert "no hay ninguna imagen en train" in map(describe, summary.notes)


def test_the_contact_sheet_shows_the_images(prepared: PreparedSet) -> None:
    sheet = contact_sheet(prepared, rows=2, columns=4, seed=5)
    assert sheet.shape == (2 * (109 + 4) + 4, 4 * (89 + 4) + 4, 3)
    np.testing.assert_array_equal(sheet, contact_sheet(prepared, rows=2, columns=4, seed=5))
    assert (sheet != contact_sheet(prepared, rows=2, columns=4, seed=6)).any()
    # Pictures of a few colours: the sheet's tiles must come from the set, whatever the order.
    tile = sheet[4:113, 4:93].reshape(-1, 3).mean(axis=0)
    assert np.abs(np.asarray(prepared.images).mean(axis=(1, 2)) - tile).max(axis=1).min() < 3


def test_everybody_is_shown_before_anybody_is_shown_twice(prepared: PreparedSet) -> None:
    sheet = contact_sheet(prepared, rows=1, columns=4)
    tiles = [sheet[4:113, 4 + at * 93 : 93 + at * 93].reshape(-1, 3).mean(axis=0) for at in range(4)]
    means = np.asarray(prepared.images).mean(axis=(1, 2))
    rows = [int(np.abs(means - tile).max(axis=1).argmin()) for tile in tiles]
    assert len(set(prepared.identities[rows].tolist())) == 4


def test_few_images_give_a_small_sheet(prepared: PreparedSet) -> None:
    assert contact_sheet(prepared, rows=6, columns=10).shape == (2 * 113 + 4, 10 * 93 + 4, 3)
