"""`scripts/messages`: the Spanish catalogue follows the sentences in the code."""

import subprocess
import sys
from pathlib import Path

import polib
import pytest

import semblante

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "write_messages.py"


@pytest.mark.slow
def test_new_sentences_come_in_empty_and_unused_ones_go(tmp_path: Path) -> None:
    catalogue = tmp_path / "es.po"
    file = polib.pofile(str(Path(semblante.__file__).parent / "i18n" / "es.po"))
    known = {entry.msgid: entry for entry in file}
    photos = next(entry for entry in file if entry.msgid_plural)
    file.remove(known["yes"])
    file.remove(photos)
    file.append(polib.POEntry(msgid="a sentence that nobody says", msgstr="una frase que nadie dice"))
    file.save(str(catalogue))

    done = subprocess.run(
        [sys.executable, SCRIPT, catalogue], check=True, capture_output=True, encoding="utf-8"
    )

    found = {entry.msgid: entry for entry in polib.pofile(str(catalogue))}
    assert list(found) == sorted(found)
    assert "a sentence that nobody says" not in found
    assert found["yes"].msgstr == "" and found["no"].msgstr == known["no"].msgstr
    assert found[photos.msgid].msgstr_plural == {0: "", 1: ""}
    assert sorted(done.stdout.splitlines()) == sorted(
        f"to be translated: {sentence}" for sentence in ("yes", photos.msgid)
    )
