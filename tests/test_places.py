"""Looking for a folder, in the library and by HTTP."""

from pathlib import Path

import pytest
from api_client import asking, settings_for
from sentences import raises

from semblante.api import Engine
from semblante.errors import InvalidOption
from semblante.pipeline import look_into


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder with photos, folders, a hidden one, and something else."""
    for name in ("b", "A", ".hidden"):
        (tmp_path / "Pictures" / name).mkdir(parents=True)
    for name in ("1.jpg", "2.HEIC", "notes.txt", ".3.jpg"):
        (tmp_path / "Pictures" / name).touch()
    return tmp_path / "Pictures"


def test_folders_are_shown_by_name_and_photos_counted(pictures: Path) -> None:
    view = look_into(pictures)
    assert (view.path, view.above) == (pictures, pictures.parent)
    assert [each.name for each in view.folders] == ["A", "b"]
    assert view.photos == 2


def test_it_begins_in_the_user_s_own_folder_and_ends_at_the_top(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(pictures))
    assert look_into().path == pictures
    assert look_into(Path(pictures.anchor)).above is None


def test_what_is_no_folder_is_refused(pictures: Path) -> None:
    with raises(InvalidOption, match="cannot be added as a folder"):
        look_into(pictures / "1.jpg")
    with raises(InvalidOption, match="there is no such file or folder"):
        look_into(pictures / "nowhere")


def test_a_key_that_may_only_write_sees_no_folders(pictures: Path, tmp_path: Path) -> None:
    with Engine(settings_for(tmp_path / "data")) as engine, asking(engine) as page:
        shown = page.get("/places", params={"path": str(pictures)}).json()
        assert [each["name"] for each in shown["folders"]] == ["A", "b"] and shown["photos"] == 2
        key = page.post("/keys", json={"name": "a program", "scope": "write"}).json()["secret"]
        with asking(engine, signed_in=False) as program:
            answer = program.get("/places", headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 403
