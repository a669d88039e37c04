"""The demo: who its person is, and the whole path made small."""

from pathlib import Path

import numpy as np
import pytest
from api_client import asking, settings_for
from conftest import Cli

from semblante.api import Engine
from semblante.cli import demo
from semblante.generate import draw_picture, sample_identity
from semblante.labels import ATTRIBUTES


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
    _ask_what_the_page_asks(tmp_path / "demo")
    assert "semblante learn NAME PHOTOS" in following
    for untrue in ("opinion", "close to random", "thought they saw, not facts"):
        assert untrue not in said.out
    again = cli("demo", tmp_path / "demo", "--lang", "es")
    assert again.code == 0 and "Siguiente paso" in again.out.splitlines()[-2]


def _ask_what_the_page_asks(made: Path) -> None:
    """Ask a service on the folders that the demo names for what the page shows of them."""
    settings = settings_for(made / demo.LIBRARY, base=made / demo.NETWORK)
    with Engine(settings) as engine, asking(engine) as client:
        (person,) = client.get("/people").json()["people"]
        assert person["name"] == demo.PERSON_NAME and person["is_learnt"]
        photos = client.get("/photos").json()
        assert photos["total"] == 32 and photos["photos"][0]["faces"]
        shown = client.get(f"/photos/{photos['photos'][0]['id']}/picture").content
        answers = client.post("/recognitions", files={"image": shown}).json()
        assert answers["faces"] == 1 and answers["answers"][0]["person"] == person["id"]
        about = f"/people/{person['id']}"
        for path in ("/ready", "/model", "/groups", "/holdings", f"{about}/questions", f"{about}/neuron"):
            assert client.get(path).status_code == 200, path
        assert client.post("/feature-maps", files={"image": shown}).status_code == 200
