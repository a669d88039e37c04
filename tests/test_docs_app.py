"""What docs/app.md and the READMEs show of the page: their commands run, and their pictures are current."""

import re
import shutil
from pathlib import Path

import pytest
from page_pictures import MAX_BYTES, page_can_say, texts_of
from PIL import Image
from shell import a_shell

from semblante.pipeline import Library

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/app.md"
SHOWN = re.compile(r"^!\[(.+)\]\((?:docs/)?(images/[\w.]+)\)$", re.M)
PICTURES = sorted((ROOT / "docs/images").glob("*"))


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_the_commands_run_as_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEMBLANTE_HOME", str(tmp_path / "home"))
    Path("passphrase.txt").write_text("a long line that only you know\n")
    Library(tmp_path / "home", create=True).close()
    (commands,) = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.M)
    with a_shell() as shell:
        printed = shell.run(commands)
    assert "encrypted now" in printed and "library.key" in printed
    assert (tmp_path / "home/library.sqlite").is_file()


def test_each_picture_is_shown_with_words_for_who_cannot_see_it() -> None:
    shown = SHOWN.findall(PAGE.read_text(encoding="utf-8"))
    assert sorted(name for _, name in shown) == [f"images/{each.name}" for each in PICTURES]
    assert len(PICTURES) == 6 and all(len(words) > 20 for words, _ in shown)
    for readme in ("README.md", "README.es.md"):
        of_readme = {name for _, name in SHOWN.findall((ROOT / readme).read_text(encoding="utf-8"))}
        assert 2 <= len(of_readme) <= 3 and of_readme <= {name for _, name in shown}


@pytest.mark.parametrize("picture", PICTURES, ids=lambda each: each.stem)
def test_a_picture_shows_the_page_as_it_is(picture: Path) -> None:
    texts = texts_of(picture)
    assert len(texts) > 5
    stale = [each for each in texts if not page_can_say(each)]
    assert stale == [], "the page says it in other words now: python scripts/write_screenshots.py docs"
    with Image.open(picture) as opened:
        assert opened.format == "PNG" and opened.width == 1280
    assert picture.stat().st_size <= MAX_BYTES
