"""The receipt of forgetting: what was searched, and that nothing was left; or what was left where."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from conftest import Cli
from encrypted_store import (
    PASSPHRASE,
    cheap_scrypt,  # noqa: F401 (a fixture)
    fill,
    row,
)
from fake_photos import BASE, FakeReader, Shown, direction, embeddings_of, write_photo

from semblante.library import SqliteStore, Taught, scan
from semblante.library.byte_search import PIECE_BYTES, ByteSearch, pieces_of
from semblante.library.encrypted_pages import decrypted_pages
from semblante.metrics.results import Reliability, RocCurve
from semblante.person import DecisionRule, HeldOutEvaluation, Neuron, Person, person_as_json
from semblante.pipeline import Library, PersonDetails
from semblante.types import Consent, FaceRef

NOTHING = HeldOutEvaluation(
    "validation", 5, 5, None, None, RocCurve((), (), 0.5), Reliability((), (), (), 0.0)
)


@pytest.fixture(params=["plain", "encrypted"])
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Library]:
    """Four photos of Íñigo (1), of which one taught, and two of Bo (2), in an index."""
    for number in range(6):
        write_photo(tmp_path / "photos" / f"{number}.jpg", Shown(1 if number < 4 else 2), salt=number)
    with Library(tmp_path / "data", create=True) as opened:
        if request.param == "encrypted":
            opened.vault.encrypt(PASSPHRASE)
        scan(opened.store, [tmp_path / "photos"], FakeReader(), BASE)
        for who, name in ((1, "Íñigo"), (2, "Bo")):
            neuron = Neuron(10 * direction(who), -5.0, 0.0)
            person = Person(name, BASE, neuron, DecisionRule(2.2, 0.0, 0.5, 0.1), 5, 5, 5, NOTHING)
            taught = Taught("positive", FaceRef(f"{who:064x}", 0), embeddings_of(who, 1, seed=99)[0])
            opened.store.keep_person(person_as_json(person), name, [taught])
        yield opened


def test_nothing_was_left(library: Library) -> None:
    receipt = library.forget("íñigo").receipt
    assert (receipt.left, receipt.names, receipt.neuron, receipt.faces) == (0, 1, True, 5)
    searched = {each.path.name: each.size for each in receipt.files}
    assert searched[library.store.path.name] == library.store.path.stat().st_size > 10_000
    decrypted = {each.path.name for each in receipt.files if each.decrypted}
    assert (library.store.path.name in decrypted) is library.vault.is_encrypted
    assert library.names() == ("Bo",) and not library.vault.is_locked
    assert library.forget("Bo").receipt.left == 0


def test_what_was_left_is_told(library: Library) -> None:
    taught = library.store.taught("Íñigo")[0].embedding
    found = next(library.store.faces(BASE)).embeddings[0]
    notes = library.folder / "notes"
    notes.mkdir()
    notes.joinpath("name.txt").write_text('{"name": "\\u00cd\\u00f1igo", "Íñigo": ["Íñigo"]}')
    notes.joinpath("matrix").write_bytes(b"\0" * 5 + taught.astype("<f4").tobytes() + b"\0")
    notes.joinpath("row").write_bytes(found.astype("<f2").tobytes()[40:])
    notes.joinpath("another.txt").write_text('"Íñigo and others", Íñigo')
    receipt = library.forget("Íñigo").receipt
    left = {each.path.name: each.found for each in receipt.files if each.found}
    assert left == {"name.txt": 3, "matrix": 4, "row": left["row"]} and left["row"] >= 1
    assert receipt.left == sum(left.values())


def test_a_name_that_is_left_in_the_index_is_told(library: Library) -> None:
    """It stands there as it is, not as in JSON, and in whatever spelling it was typed."""
    with library.store.writing() as connection:  # type: ignore[attr-defined]
        connection.execute("CREATE TABLE mislaid (id INTEGER PRIMARY KEY, name TEXT, other TEXT)")
        connection.executemany(
            "INSERT INTO mislaid (name, other) VALUES (?, ?)",
            [("Íñigo", "x"), ("ÍÑIGO ", None), ("Íñigo and others", "íñigo")],
        )
    receipt = library.forget("Íñigo").receipt
    assert {each.path.name: each.found for each in receipt.files if each.found} == {
        library.store.path.name: 3
    }


def test_paths_and_notes_that_name_the_person_are_counted_and_stay(library: Library) -> None:
    """They are the user's own; a receipt that said that no byte names the person would not be true."""
    for number, folder in enumerate(("Íñigo", "with ÍÑIGO 2019", "Íñigosson")):
        write_photo(library.folder.parent / folder / "1.jpg", Shown(2), salt=20 + number)
        scan(library.store, [library.folder.parent / folder], FakeReader(), BASE)
    note = Consent("told", date(2026, 1, 2), "Íñigo, her father, told me")
    library.add_person(PersonDetails("Noa", note, None))
    receipt = library.forget("Íñigo").receipt
    assert (receipt.left, receipt.paths, receipt.notes) == (0, 2, 1)
    assert (library.forget("Bo").receipt.paths, library.forget("Noa").receipt.notes) == (0, 0)


def test_faces_that_stay_are_not_looked_for(library: Library) -> None:
    receipt = library.forget("Íñigo", keep_faces=True).receipt
    assert (receipt.left, receipt.faces) == (0, 1), (
        "only the one that taught, whose photo is not in the index"
    )


def test_without_erasing_it_is_found(tmp_path: Path) -> None:
    """The search itself, in an index that still holds the person."""
    with SqliteStore(tmp_path) as store:
        fill(store)
        store.vault.encrypt(PASSPHRASE)
        path, key = store.path, store.vault.key
        assert key is not None
    search = ByteSearch([b"Ana Ruiz"], [row().astype("<f2").tobytes()])
    assert search.count([path.read_bytes()]) == 0
    pages = list(decrypted_pages(path, key))
    assert len(pages) == path.stat().st_size // 4096
    assert search.count(pages) >= 5 and b"CREATE TABLE" in b"".join(pages)


@pytest.mark.parametrize("width", [1, 2, 15, 16, 17, 1000])
def test_what_lies_across_parts_is_counted_once(width: int) -> None:
    rng = np.random.default_rng(5)
    blob, noise = rng.bytes(200), rng.bytes(3000)
    data = b"Ana" + noise[:700] + blob + noise[700:] + b"Ana" + blob[-90:] + b"AnaAna"
    parts = [data[start : start + width] for start in range(0, len(data), width)]
    pieces = pieces_of(blob)
    expected = 4 + sum(data.count(piece) for piece in pieces)
    assert len(pieces) == 4 and ByteSearch([b"Ana"], [blob]).count(parts) == expected
    assert expected > 8


def test_pieces_that_may_stand_anywhere_are_left_out() -> None:
    assert pieces_of(bytes(4000)) == [] and pieces_of(b"short") == []
    assert all(len(piece) == PIECE_BYTES for piece in pieces_of(bytes(range(256)) * 3))
    assert ByteSearch([], []).count([b"anything", b"", bytes(100)]) == 0


def test_the_command_does_not_say_nothing_where_paths_name_the_person(cli: Cli, tmp_path: Path) -> None:
    write_photo(tmp_path / "Ana Ruiz" / "1.jpg", Shown(2))
    with SqliteStore(tmp_path / "data") as store:
        fill(store)
        scan(store, [tmp_path / "Ana Ruiz"], FakeReader(), BASE)
    said = cli("forget", "Ana Ruiz", "--yes", "--library", tmp_path / "data").out
    assert "The name stands in 1 path" in said and "Nothing was left." not in said
    assert said.endswith("Nothing else was left.\n")


def test_the_command_shows_it(cli: Cli, tmp_path: Path) -> None:
    with SqliteStore(tmp_path) as store:
        fill(store)
    (tmp_path / "notes.json").write_text(json.dumps({"name": "Ana Ruiz"}))
    said = cli("forget", "Ana Ruiz", "--yes", "--library", tmp_path)
    assert (
        said.code == 0 and "searched byte for byte. Searched for: names: 1, neurons: 0, faces: 1," in said.out
    )
    assert f"left in {tmp_path / 'notes.json'}: 1" in said.out and "Nothing was left" not in said.out
    (tmp_path / "notes.json").unlink()
    with SqliteStore(tmp_path) as store:
        fill(store)
    said = cli("forget", "Ana Ruiz", "--yes", "--library", tmp_path, "--lang", "es")
    assert "se buscó byte a byte" in said.out and said.out.endswith("No quedó nada.\n")
