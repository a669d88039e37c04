"""`semblante encrypt` and `decrypt`, and commands on an encrypted index."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Cli
from encrypted_store import (
    NAME,
    PASSPHRASE,
    cheap_scrypt,  # noqa: F401 (a fixture)
    fill,
    shows_traces,
)

from semblante.cli import passphrases
from semblante.library import SqliteStore


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a plain index; nobody is there to be asked."""
    for name in (passphrases.PASSPHRASE, passphrases.PASSPHRASE_FILE):
        monkeypatch.delenv(name, raising=False)
    with SqliteStore(tmp_path / "data") as store:
        fill(store)
    return tmp_path / "data"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is typed at the terminal, in order; empty again once all of it was asked for."""
    answers: list[str] = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(passphrases, "getpass", lambda prompt: answers.pop(0))
    passphrases._typed.cache_clear()
    yield answers
    assert answers == []
    passphrases._typed.cache_clear()


def in_file(folder: Path, passphrase: str) -> Path:
    path = folder.parent / "secret"
    path.write_text(f"{passphrase}\nand more\n")
    return path


def test_asked_at_the_terminal(cli: Cli, folder: Path, asked: list[str]) -> None:
    asked += [PASSPHRASE, "another one"]
    said = cli("encrypt", "--library", folder)
    assert (said.code, said.out) == (2, "") and "The two were not the same; nothing was changed" in said.err
    asked += [PASSPHRASE, PASSPHRASE]
    said = cli("encrypt", "--library", folder)
    assert said.code == 0 and f"{folder}: the index and its thumbnails are encrypted now" in said.out
    assert said.err.index("A lost passphrase loses the index") < said.err.index("Not encrypted are journals")
    assert shows_traces(folder) == []
    asked += [PASSPHRASE]
    assert NAME in cli("people", "--known", "--library", folder).out
    asked += ["another passphrase", "another passphrase"]
    assert "has another passphrase now" in cli("encrypt", "--library", folder).out, "the old one was typed"
    passphrases._typed.cache_clear()
    asked += [PASSPHRASE]
    said = cli("people", "--known", "--library", folder, "--lang", "es")
    assert said.code == 2 and "la contraseña no es correcta" in said.err
    passphrases._typed.cache_clear()
    asked += ["another passphrase"]
    assert "no longer encrypted" in cli("decrypt", "--library", folder).out
    assert NAME in cli("people", "--known", "--library", folder).out


def test_from_a_file_or_a_variable(cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = cli("encrypt", "--library", folder)
    assert said.code == 2 and "name a file that has it: --passphrase-file" in said.err
    assert cli("encrypt", "--passphrase-file", in_file(folder, PASSPHRASE), "--library", folder).code == 0
    for command in (["people", "--known"], ["find", "Ana"], ["forget", "Ana", "--yes"], ["decrypt"]):
        said = cli(*command, "--library", folder)
        assert (said.code, said.out) == (2, ""), command
        assert "the index is encrypted; its passphrase is asked for at a terminal, or read from" in said.err
    monkeypatch.setenv(passphrases.PASSPHRASE, "not the passphrase")
    said = cli("people", "--known", "--library", folder)
    assert (said.code, said.out) == (2, "") and "the passphrase is wrong" in said.err
    monkeypatch.setenv(passphrases.PASSPHRASE, PASSPHRASE)
    assert NAME in cli("people", "--known", "--library", folder).out
    monkeypatch.setenv(passphrases.PASSPHRASE, "this one is not read")
    monkeypatch.setenv(passphrases.PASSPHRASE_FILE, str(in_file(folder, PASSPHRASE)))
    assert cli("decrypt", "--library", folder).code == 0
    said = cli("decrypt", "--library", folder)
    assert said.code == 2 and "the index is not encrypted" in said.err
    monkeypatch.setenv(passphrases.PASSPHRASE_FILE, str(folder / "nowhere"))
    assert NAME in cli("people", "--known", "--library", folder).out, "a plain index needs no passphrase"


def test_a_passphrase_that_is_too_short(cli: Cli, folder: Path) -> None:
    said = cli("encrypt", "--passphrase-file", in_file(folder, "short"), "--library", folder)
    assert said.code == 2 and "a passphrase has at least 8 characters" in said.err
    assert (folder / "library.sqlite").exists()
