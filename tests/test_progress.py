"""What a long job tells its user: what was skipped, and advice on the photos once it is over."""

from pathlib import Path

import pytest
from conftest import Cli

from semblante.cli.progress import job_context
from semblante.errors import Reason, TooFewPhotos
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


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (KeyboardInterrupt(), "Stopped. Nothing is lost"),
        (TooFewPhotos("no_photos", places="here"), "here: there are no photos here"),
    ],
)
def test_advice_of_a_failed_job_comes_after_what_is_wrong(
    error: BaseException, sentence: str, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        with job_context("reading_photos", name="Ana") as job:
            job.emit(Advice("advice_hat", ()))
            raise error

    monkeypatch.setattr("semblante.pipeline.open_prepared", fail)
    wrong, advice = cli("inspect", "x").err.splitlines()
    assert wrong.startswith(sentence)
    assert advice.startswith("Ana seems to wear a hat in all photos")
