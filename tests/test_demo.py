"""The demo: who its person is, and the whole path made small."""

from pathlib import Path

import numpy as np
import pytest
from conftest import Cli

from semblante.cli import demo
from semblante.generate import draw_picture, sample_identity
from semblante.labels import ATTRIBUTES
from semblante.pipeline import Library


def test_the_texts_say_her_and_the_pictures_show_a_woman() -> None:
    assert not sample_identity(demo.OTHER_CROWD, demo.PERSON).male
    shown = np.array([draw_picture(demo.OTHER_CROWD, demo.PERSON, at).attributes for at in range(4)])
    named = dict(zip(ATTRIBUTES, shown.T, strict=True))
    assert not named["Male"].any() and named["No_Beard"].all()


@pytest.mark.slow
def test_the_whole_path_ends_with_a_report_and_what_to_try_next(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # Else the demo would leave it so.
    small = {"PEOPLE": 12, "PICTURES_EACH": 6, "SHOWN_SIDE_PX": 32, "TRAINED_SIDE_PX": 24, "EPOCHS": 1}
    small |= {"PHOTOS_OF_PERSON": 6, "NEW_PHOTOS_OF_PERSON": 2, "STRANGERS": 20, "NEW_STRANGERS": 4}
    for name, value in small.items():
        monkeypatch.setattr(demo, name, value)
    said = cli("demo", tmp_path / "demo")
    assert said.code == 0, said.err
    assert (tmp_path / "demo/report.html").is_file()
    report, page, following = said.out.strip().splitlines()[-3:]
    assert report == f"The report: {tmp_path / 'demo/report.html'}"
    folders = f"--library {tmp_path / 'demo/library'} --base {tmp_path / 'demo/network'}"
    assert page.endswith(f"app {folders}")
    with Library(tmp_path / "demo" / "library") as library:
        assert library.names() == (demo.PERSON_NAME,) and not library.is_empty
    assert "semblante learn NAME PHOTOS" in following
    for untrue in ("opinion", "close to random", "thought they saw, not facts"):
        assert untrue not in said.out
    again = cli("demo", tmp_path / "demo", "--lang", "es")
    assert again.code == 0 and "Siguiente paso" in again.out.splitlines()[-2]
