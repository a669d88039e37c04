"""What a long job tells its user: what was skipped, and advice on the photos once it is over."""

from pathlib import Path

import pytest

from semblante.cli.progress import job_context
from semblante.errors import Reason
from semblante.i18n import speaking
from semblante.jobs import Advice


def test_skipped_files_are_named_and_advice_comes_last(capsys: pytest.CaptureFixture[str]) -> None:
    with speaking("es"), job_context("reading_photos", name="Ana") as job:
        job.emit(Advice("advice_hat", ()))
        job.progress("reading_photos", 0, 2)
        job.skipped(Path("a[bold]\n.jpg"), Reason("empty_file"))
        job.progress("reading_photos", 2, 2)
    said = capsys.readouterr()
    assert said.out == ""
    skipped, advice = said.err.splitlines()
    assert skipped == "a[bold]�.jpg: el archivo está vacío"
    assert advice.startswith("Ana ")


def test_a_failed_job_still_gives_its_advice(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt), job_context("reading_photos", name="Ana") as job:
        job.emit(Advice("advice_hat", ()))
        raise KeyboardInterrupt
    assert "Ana seems to wear a hat in all photos" in capsys.readouterr().err
