"""`semblante sort` and `semblante undo` as they are typed."""

from pathlib import Path

import pytest
from conftest import Cli
from sorted_photos import match, put, tree

from semblante.errors import UnknownPerson
from semblante.library import Match, SearchResult, SqliteStore, key_of
from semblante.pipeline import Library


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Match]:
    """Three photos that the index says show Ana; nobody else is known."""
    matches = put(tmp_path / "photos", {"a/1.jpg": b"first", "b/1.jpg": b"second", "b/2.jpg": b"third"})

    def find(_library: Library, name: str, several: bool = False) -> SearchResult:
        if key_of(name) != "ana":
            raise UnknownPerson("nobody")
        twice = [match(matches[0].path, left_px=60.0)] if several else []
        return SearchResult((*matches, *twice), 3, 0)

    with SqliteStore(tmp_path / "data") as library:
        library.keep_person("{}", "Ana", [])
    monkeypatch.setattr("semblante.pipeline.Library.find", find)
    monkeypatch.setenv("SEMBLANTE_HOME", str(tmp_path / "data"))
    return matches


def test_sort_and_undo(cli: Cli, found: list[Match], tmp_path: Path) -> None:
    before = tree(tmp_path / "photos")
    assert cli("undo", "--list").err == "Nothing was sorted yet.\n"
    said = cli("sort", "Ana", "--to", tmp_path / "out")
    assert (said.code, said.out.split()[-1]) == (0, str(tmp_path / "out" / "2.jpg"))
    assert said.err == "made: 3 copies; there already: 0; photos skipped: 0; semblante undo takes it back\n"
    listed = cli("undo", "--list").out
    assert "Ana: copies; files: 3" in listed
    assert "undone" not in listed
    rehearsed = cli("undo", "--dry-run")
    assert "3 would be removed, 0 restored, 0 left; nothing was changed" in rehearsed.err
    assert rehearsed.out.count("would be removed: ") == 4
    assert len(tree(tmp_path / "out")) == 3
    undone = cli("undo", listed.split()[0])
    assert undone.code == 0
    assert f"removed: {tmp_path / 'out'}\n" in undone.out
    assert cli("undo", "--list").out.endswith("copies; files: 3; undone\n")
    assert tree(tmp_path / "photos") == before
    assert not (tmp_path / "out").exists()
    assert cli("undo").code == 2


def test_forgetting_says_what_can_then_no_longer_be_undone(
    cli: Cli, found: list[Match], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda _question: "no")
    cli("sort", "Ana", "--to", tmp_path / "out")
    run = cli("undo", "--list").out.split()[0]
    said = cli("forget", "ana")
    assert said.code == 2 and f"Sorted and not undone: {run}." in said.err, "before it is asked"
    cli("undo")
    assert "Sorted and not undone" not in cli("forget", "Ana", "--yes").err


@pytest.mark.parametrize("option", ["--hardlink", "--symlink"])
def test_links(option: str, cli: Cli, found: list[Match], tmp_path: Path) -> None:
    assert cli("sort", "Ana", "--to", tmp_path / "out", option).code == 0
    assert (tmp_path / "out" / "1.jpg").samefile(found[0].path)


def test_a_sidecar_has_the_name_as_it_is_known(cli: Cli, found: list[Match], tmp_path: Path) -> None:
    assert cli("sort", " ana ", "--xmp").code == 0
    assert b"<mwg-rs:Name>Ana<" in (tmp_path / "photos" / "a" / "1.jpg.xmp").read_bytes()


def test_sidecars(cli: Cli, found: list[Match], tmp_path: Path) -> None:
    assert cli("sort", "Ana", "--xmp", "--several").code == 0
    content = (tmp_path / "photos" / "a" / "1.jpg.xmp").read_bytes()
    assert content.count(b"<mwg-rs:Name>Ana<") == 2
    assert (tmp_path / "photos" / "b" / "2.jpg.xmp").read_bytes().count(b"<mwg-rs:Name>Ana<") == 1


def test_a_rehearsal(cli: Cli, found: list[Match], tmp_path: Path) -> None:
    found[1].path.write_bytes(b"changed")
    before = {name for name in tree(tmp_path) if not name.startswith("data")}
    said = cli("sort", "Ana", "--to", tmp_path / "out", "--dry-run", "--lang", "es")
    assert f"con {found[0].path} se haría {tmp_path / 'out' / '1.jpg'}\n" in said.out
    assert f"{found[1].path}: ha cambiado desde el escaneo" in said.err
    assert "se haría: 2 copias; ya estaban: 0; fotos omitidas: 1; no se ha cambiado nada" in said.err
    assert {name for name in tree(tmp_path) if not name.startswith("data")} == before
    assert not (tmp_path / "data" / "journal").exists()


def test_a_target_among_the_photos_is_said(cli: Cli, found: list[Match], tmp_path: Path) -> None:
    said = cli("sort", "Ana", "--to", tmp_path / "photos" / "ana")
    assert said.code == 0
    assert "a scan of all around finds what is put there" in said.err


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["sort", "Ana"], "Name the folder with --to"),
        (["sort", "Ana", "--xmp", "--to", "out"], "leave out --to"),
        (["sort", "Ana", "--to", "out", "--hardlink", "--symlink"], "Choose one of"),
        (["sort", "Bea", "--to", "out"], "nobody"),
        (["undo", "7"], "No run is called 7"),
        (["undo"], "There is nothing to undo"),
    ],
)
def test_mistakes(arguments: list[str], advice: str, cli: Cli, found: list[Match], tmp_path: Path) -> None:
    said = cli(*arguments)
    assert said.code == 2
    assert advice in said.err
    assert not (tmp_path / "data" / "journal").exists()


def test_a_target_that_cannot_be_written(cli: Cli, found: list[Match], tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    said = cli("sort", "Ana", "--to", tmp_path / "file" / "out")
    assert said.code == 2
    assert str(tmp_path / "file") in said.err
    assert "Traceback" not in said.err
