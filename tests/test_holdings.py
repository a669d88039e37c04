"""What is held of each person and by file, and all of it erased: by library, command line and HTTP."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from api_client import asking, settings_for
from conftest import Cli
from encrypted_store import (
    PASSPHRASE,
    cheap_scrypt,  # noqa: F401 (a fixture)
    fill,
)
from fake_photos import BASE, WIDTH, FakeReader, Shown, direction, embeddings_of, write_photo
from sentences import raises

from semblante.api import Engine
from semblante.errors import Locked
from semblante.files import REPORT_MARK
from semblante.labels import ATTRIBUTES
from semblante.library import WHOLE_PHOTO, SqliteStore, Taught, scan
from semblante.metrics.results import Reliability, RocCurve
from semblante.organize.journal import Step, journal
from semblante.person import DecisionRule, HeldOutEvaluation, Neuron, Person, person_as_json, save
from semblante.pipeline import Library
from semblante.types import DESCRIPTOR_SIZE, Consent, FaceRef

NOTHING = HeldOutEvaluation(
    "validation", 5, 5, None, None, RocCurve((), (), 0.5), Reliability((), (), (), 0.0)
)
ANA = Person(
    "Ana", BASE, Neuron(10 * direction(1), -5.0, 0.0), DecisionRule(2.2, 0.0, 0.5, 0.1), 5, 5, 5, NOTHING
)
TAUGHT = "ab" * 32


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Three photos of Ana and one of somebody else; a sort, a report and a person file; a file of others."""
    data = tmp_path / "data"
    for number in range(4):
        write_photo(tmp_path / "photos" / f"{number}.jpg", Shown(1 if number < 3 else 2), salt=number)
    with Library(data, create=True) as opened:
        scan(opened.store, [tmp_path / "photos"], FakeReader(), BASE)
        own, other = embeddings_of(1, 1, seed=99)[0], embeddings_of(5, 1)[0]
        taught = [Taught("positive", FaceRef(TAUGHT, 0), own), Taught("negative", FaceRef(TAUGHT, 1), other)]
        opened.store.keep_person(person_as_json(ANA), "Ana", taught)
        opened._thumbnails.keep(TAUGHT, {0: b"a face", WHOLE_PHOTO: b"a photo"})
        with journal(data, "ana", "copy") as run:
            run.done(run.intend(Step("folder", tmp_path / "out")))
        save(ANA, data / "ana.json")
        (data / "report.html").write_text(f"<html><head>{REPORT_MARK}</head><body>Ana</body></html>")
        (data / "notes.txt").write_text("somebody else's file about Ana")
        yield opened


def test_everything_of_a_person_is_listed(library: Library) -> None:
    held = library.holdings()
    assert (held.photos, held.faces) == (4, 4)
    (ana,) = held.people
    kept = {each.kind: (each.count, each.size) for each in ana.kept}
    of_face = 2 * (WIDTH + len(ATTRIBUTES)) + DESCRIPTOR_SIZE
    path = library.folder / "ana.json"
    assert kept.pop("held_journals")[0] == 1
    assert kept == {
        "held_details": (1, len("Ana")),
        "held_neuron": (1, len(person_as_json(ANA))),
        "held_faces_taught": (1, 2 * WIDTH),
        "held_faces_of_others": (1, 2 * WIDTH),
        "held_faces_found": (3, 3 * of_face),
        "held_thumbnails": (2, len(b"a facea photo")),
        "held_person_files": (1, path.stat().st_size),
        "held_reports": (1, (library.folder / "report.html").stat().st_size),
    }
    assert ana.size == sum(each.size for each in ana.kept)
    assert all(
        each.since for each in ana.kept if each.kind in ("held_neuron", "held_journals", "held_reports")
    )


def test_every_file_is_listed(library: Library) -> None:
    held = library.holdings()
    kinds = {each.path.name: each.kind for each in held.files}
    assert kinds["library.sqlite"] == "file_of_index" and kinds["thumbnails.sqlite"] == "file_of_thumbnails"
    assert (kinds["ana.json"], kinds["report.html"]) == ("file_of_person", "file_of_report")
    assert kinds["notes.txt"] == "file_of_others" and "file_of_journals" in kinds.values()
    of_others = (library.folder / "notes.txt").stat().st_size
    assert held.size == sum(each.size for each in held.files) - of_others


def test_one_who_is_only_added_is_listed(tmp_path: Path) -> None:
    with Library(tmp_path, create=True) as library:
        consent = Consent("told", date(2026, 11, 1), "at dinner")
        library.store.set_person_details("Bo", consent, date(2001, 2, 3))
        (bo,) = library.holdings().people
        (details,) = bo.kept
        assert (bo.person.name, details.kind, details.count) == ("Bo", "held_details", 1)
        assert bo.size == details.size == len("Bo" + "told" + "2026-11-01" + "at dinner" + "2001-02-03")


@pytest.mark.parametrize("kind", ["plain", "encrypted", "locked"])
def test_everything_is_erased(kind: str, library: Library) -> None:
    if kind != "plain":
        library.vault.encrypt(PASSPHRASE)
    if kind == "locked":
        library.vault.lock()
    erased = {each.path.name for each in library.erase_everything()}
    assert {"ana.json", "report.html"} < erased and "notes.txt" not in erased
    assert not library.vault.is_encrypted and library.names() == () and library.is_empty
    held = library.holdings()
    assert held.people == () and {each.kind for each in held.files if each.path.parent == library.folder} == {
        *("file_of_index", "file_of_thumbnails", "file_of_others")
    }
    assert not any(b"a face" in each.path.read_bytes() for each in held.files)


def test_nothing_is_erased_while_another_run_uses_it(library: Library) -> None:
    with SqliteStore(library.folder), raises(Locked, match="another run is using the index"):
        library.erase_everything()
    assert library.names() == ("Ana",) and (library.folder / "ana.json").exists()


def test_the_commands(cli: Cli, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = library.folder
    library.close()
    said = cli("holdings", "--library", folder)
    assert said.code == 0 and "  own faces that taught: 1" in said.out and "4 photos and 4 faces" in said.out
    assert (
        "  caras propias con que se aprendió: 1" in cli("holdings", "--library", folder, "--lang", "es").out
    )
    held = json.loads(cli("holdings", "--json", "--library", folder).out)
    assert held["people"][0]["name"] == "Ana" and held["photos"] == 4
    for arguments in ([], ["Ana", "--everything"]):
        assert "Name a person, or say --everything" in cli("forget", *arguments, "--library", folder).err
    monkeypatch.setattr("builtins.input", lambda _: "no")
    said = cli("forget", "--everything", "--library", folder)
    assert said.code == 2 and "Nothing was forgotten" in said.err and (folder / "ana.json").exists()
    said = cli("forget", "--everything", "--yes", "--library", folder)
    assert said.code == 0 and "Everything is erased: " in said.out and f"{folder / 'ana.json'}" in said.out
    assert cli("people", "--known", "--library", folder).out == ""


def test_by_http(tmp_path: Path) -> None:
    with SqliteStore(tmp_path) as store:
        fill(store)
    with Engine(settings_for(tmp_path)) as engine, asking(engine) as client:
        engine.keys.create("a program", "read")
        held = client.get("/holdings", params={"lang": "es"}).json()
        (person,) = held["people"]
        assert person["name"] == "Ana Ruiz"
        assert person["bytes"] == len("Ana Ruiz") + len("{}") + 2 * WIDTH
        titles = [each["title"] for each in person["kept"]]
        assert titles == [
            *("ficha con nombre, consentimiento y fecha de nacimiento", "neurona y sus cifras"),
            "caras propias con que se aprendió",
        ]
        assert held["folder"] == str(tmp_path)
        program = {"Authorization": f"Bearer {engine.keys.create_for_this_run('another', 'admin')}"}
        assert client.get("/holdings", headers=program).json()["folder"] is None, "only the page is told"
        assert (held["photos"], held["faces"]) == (1, 0) and held["total_bytes"] > 4096
        assert {"library.sqlite", "service-keys.json"} <= {each["name"] for each in held["files"]}
        erased = client.delete("/holdings").json()["erased"]
        assert "library.sqlite" in {each["name"] for each in erased}
        assert client.get("/people").json()["people"] == [] and client.get("/keys").json() == []
        assert client.get("/holdings").json()["people"] == []
