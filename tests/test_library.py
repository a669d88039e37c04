"""The index itself: where it lies, who is in it, what becomes of a damaged one, what forgetting leaves."""

import base64
import contextlib
import gc
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_photos import BASE, FakeReader, Shown, embeddings_of, write_photo
from platformdirs import PlatformDirs
from platformdirs.macos import MacOS
from platformdirs.unix import Unix
from sentences import raises

from semblante.errors import Locked, NotALibrary, UnknownPerson
from semblante.files import REPORT_MARK
from semblante.library import (
    Query,
    SqliteStore,
    Taught,
    data_folder,
    erase,
    mentions_name,
    scan,
    search,
    sqlite_schema,
    sqlite_store,
)
from semblante.library.sqlite_damage import identity_of, keep_aside
from semblante.library.sqlite_driver import sqlite3
from semblante.organize.journal import journal
from semblante.pipeline.erasure import forget_person
from semblante.types import FaceRef

HOME = Path.home()
FILE_NAME = "library.sqlite"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path / "data") as opened:
        yield opened


def taught_of(who: int, count: int = 4) -> list[Taught]:
    """Faces of the person, the last of them not hers."""
    return [
        Taught(
            "negative" if place == count - 1 else "positive", FaceRef(f"{who * 100 + place:064x}", place), row
        )
        for place, row in enumerate(embeddings_of(who, count))
    ]


@pytest.mark.parametrize(
    ("environment", "system", "expected"),
    [
        ({"SEMBLANTE_HOME": "/somewhere"}, Unix, Path("/somewhere")),
        ({"SEMBLANTE_HOME": ""}, Unix, HOME / ".local/share/semblante"),
        ({"XDG_DATA_HOME": "/data"}, Unix, Path("/data/semblante")),
        ({}, MacOS, HOME / "Library/Application Support/semblante"),
    ],
)
def test_where_the_data_folder_is(
    environment: dict[str, str], system: type[PlatformDirs], expected: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SEMBLANTE_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("platformdirs.PlatformDirs", system)
    assert data_folder() == expected
    assert data_folder(Path("chosen")) == Path("chosen")


def test_people_are_kept_by_any_spelling_of_their_name(library: SqliteStore) -> None:
    library.keep_person('{"name": "Zoë"}', "Zoë", taught_of(1))
    library.keep_person('{"name": "Ana"}', "Ana", [])
    assert library.names() == ("Ana", "Zoë")
    assert library.person(" ZOE\u0308 ") == '{"name": "Zoë"}'
    kept = library.taught("zoë")
    assert [(each.kind, each.face.index) for each in kept] == [
        ("positive", 0),
        ("positive", 1),
        ("positive", 2),
        ("negative", 3),
    ]
    np.testing.assert_allclose(kept[1].embedding, embeddings_of(1, 4)[1], atol=1e-3)
    assert kept[0].face.photo == f"{100:064x}"


def test_a_person_learnt_again_takes_the_old_ones_place(library: SqliteStore) -> None:
    library.keep_person("old", "Ana", taught_of(1))
    library.keep_person("new", "ANA", taught_of(2, 2))
    assert (library.names(), library.person("ana")) == (("ANA",), "new")
    assert len(library.taught("Ana")) == 2


def test_an_unknown_person_is_said_with_those_who_are_known(library: SqliteStore) -> None:
    with raises(UnknownPerson, match=r"Bo is not known here \(known: nobody yet\)"):
        library.person("Bo")
    library.keep_person("{}", "Ana", [])
    with raises(UnknownPerson, match=r"\(known: Ana\)"):
        library.taught("Bo")
    with raises(UnknownPerson):
        erase(library, "Bo")


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("Aan", ["Ana"]),
        ("zoe", ["Zoë"]),
        ("Garcia", ["Begoña García"]),
        ("Ana María", ["Ana"]),
        ("Begona Garci", ["Begoña García"]),
        ("Wolfgang", []),
    ],
)
def test_who_may_be_meant_is_said(asked: str, meant: list[str], library: SqliteStore) -> None:
    for name in ("Ana", "Zoë", "Begoña García", "Xu"):
        library.keep_person("{}", name, [])
    with raises(UnknownPerson) as caught:
        library.person(asked)
    assert caught.value.params.get("similar", []) == meant


def test_settings_that_keep_data_safe(library: SqliteStore) -> None:
    with library.asking() as connection:
        values = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "secure_delete", "foreign_keys", "user_version", "application_id")
        }
    assert values == {
        "journal_mode": "wal",
        "secure_delete": 1,
        "foreign_keys": 1,
        "user_version": sqlite_schema.INDEX.version,
        "application_id": sqlite_schema.APPLICATION,
    }
    assert library.folder.stat().st_mode & 0o077 == 0


def test_a_damaged_page_costs_no_more_than_what_is_on_it(tmp_path: Path) -> None:
    with SqliteStore(tmp_path) as library:
        for number in range(12):
            library.keep_person(f"<{number}>" * 3000, f"person {number:02}", taught_of(number))
    path = tmp_path / FILE_NAME
    content = path.read_bytes()
    at = content.index(b"<5>" * 1300) // 4096 * 4096
    path.write_bytes(content[:at] + b"\xff" * 4096 + content[at + 4096 :])
    with SqliteStore(tmp_path) as library, raises(NotALibrary, match="corrupt-1"):
        library.person("person 05")
    with SqliteStore(tmp_path) as library:
        names = library.names()
        assert set(names) >= {f"person {number:02}" for number in range(12) if number != 5}
        assert len(library.taught("person 11")) == 4
        assert library.person("person 11") == "<11>" * 3000


@pytest.mark.parametrize("content", [b"no database at all" * 500, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_index_is_kept_aside(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    (tmp_path / f"{FILE_NAME}.corrupt-1").write_bytes(b"an older one")
    with SqliteStore(tmp_path) as library:
        assert library.set_aside == tmp_path / f"{FILE_NAME}.corrupt-2"
        assert library.set_aside.read_bytes() == content
        assert library.names() == ()
    with SqliteStore(tmp_path) as library:
        assert library.set_aside is None


def test_damage_met_later_is_kept_aside_and_people_are_saved(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    for number in range(60):
        write_photo(photos / f"{number}.jpg", Shown(1), Shown(2), salt=number)
    with SqliteStore(tmp_path / "data") as library:
        library.keep_person("ana's file", "Ana", taught_of(1))
        scan(library, [photos], FakeReader(), BASE)
        with library.asking() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'faces'").fetchone()
    path = tmp_path / "data" / FILE_NAME
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xee" * 4096
    path.write_bytes(content)
    with (
        SqliteStore(tmp_path / "data") as library,
        raises(NotALibrary, match=r"corrupt-1; scan the photos again"),
        library.asking() as connection,
    ):
        connection.execute("SELECT sum(score) FROM faces").fetchall()
    assert path.with_name(f"{FILE_NAME}.corrupt-1").read_bytes()[:4000] == bytes(content[:4000])
    with SqliteStore(tmp_path / "data") as library:
        assert library.person("Ana") == "ana's file"
        assert len(library.taught("Ana")) == 4
        assert scan(library, [photos], FakeReader(), BASE).read == 60


def bent(path: Path, *statements: str, bend: Callable[[bytes], bytes | str] = bytes) -> None:
    """Change the index as no run would; the statements may call `bend`."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.create_function("bend", 1, bend)
        for statement in statements:
            connection.execute(statement)


def half(packed: bytes) -> bytes:
    return packed[:-1]


def short(packed: bytes) -> bytes:
    return packed[:-2]


def empty(_packed: bytes) -> bytes:
    return b""


def text(packed: bytes) -> str:
    return "x" * len(packed)


def no_number(packed: bytes) -> bytes:
    return packed[2:] + np.float16(np.nan).tobytes()


def infinite(packed: bytes) -> bytes:
    return np.float16(-np.inf).tobytes() + packed[2:]


BENDS = (half, short, empty, text, no_number, infinite)


@pytest.mark.parametrize("bend", BENDS)
@pytest.mark.parametrize("column", ["embedding", "logits"])
@pytest.mark.parametrize("part", [1, 8192])
def test_numbers_that_no_run_wrote_are_damage(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    column: str,
    bend: Callable[[bytes], bytes | str],
    part: int,
) -> None:
    monkeypatch.setattr(sqlite_store, "PART", part)
    photos = tmp_path / "photos"
    for number in range(3):
        write_photo(photos / f"{number}.jpg", Shown(1), salt=number)
    smiling = Query(with_=("Smiling",))
    with SqliteStore(tmp_path) as library:
        library.keep_person("ana's file", "Ana", taught_of(1))
        scan(library, [photos], FakeReader(), BASE)
        assert search(library, BASE, smiling).faces == 3
    bent(tmp_path / FILE_NAME, f"UPDATE faces SET {column} = bend({column}) WHERE id = 2", bend=bend)
    with (
        SqliteStore(tmp_path) as library,
        raises(NotALibrary, match="corrupt-1; scan the photos again"),
    ):
        search(library, BASE, smiling)
    with SqliteStore(tmp_path) as library:
        assert (library.person("Ana"), len(library.taught("Ana"))) == ("ana's file", 4)
        assert scan(library, [photos], FakeReader(), BASE).read == 3
        assert search(library, BASE, smiling).faces == 3


@pytest.mark.parametrize("bend", BENDS)
def test_damage_in_what_taught_costs_no_more_than_that(
    tmp_path: Path, bend: Callable[[bytes], bytes | str]
) -> None:
    with SqliteStore(tmp_path) as library:
        library.keep_person("ana's file", "Ana", taught_of(1))
        library.keep_person("bo's file", "Bo", taught_of(2))
    hers = "person = (SELECT id FROM people WHERE key = 'ana') AND place = 2"
    bent(tmp_path / FILE_NAME, f"UPDATE taught SET embedding = bend(embedding) WHERE {hers}", bend=bend)
    with SqliteStore(tmp_path) as library, raises(NotALibrary, match="corrupt-1"):
        library.taught("Ana")
    with SqliteStore(tmp_path) as library:
        assert library.person("Ana") == "ana's file"
        assert [each.face.index for each in library.taught("Ana")] == [0, 1, 3]
        assert len(library.taught("Bo")) == 4


@pytest.mark.parametrize("table", sorted(sqlite_schema.TABLES))
def test_an_index_without_one_of_its_tables_is_kept_aside(tmp_path: Path, table: str) -> None:
    with SqliteStore(tmp_path) as library:
        library.keep_person("ana's file", "Ana", taught_of(1))
    bent(tmp_path / FILE_NAME, f"DROP TABLE {table}")
    with SqliteStore(tmp_path) as library:
        assert library.set_aside == tmp_path / f"{FILE_NAME}.corrupt-1"
        assert library.names() == (() if table == "people" else ("Ana",))
        if library.names():
            assert len(library.taught("Ana")) == (0 if table == "taught" else 4)
    with SqliteStore(tmp_path) as library:
        assert library.set_aside is None


def test_a_table_that_goes_while_the_index_is_open_is_said(tmp_path: Path) -> None:
    with SqliteStore(tmp_path) as library:
        library.keep_person("ana's file", "Ana", taught_of(1))
        bent(library.path, "DROP TABLE taught")
        with raises(NotALibrary, match="corrupt-1"):
            library.taught("Ana")
    with SqliteStore(tmp_path) as library:
        assert (library.names(), library.taught("Ana")) == (("Ana",), ())


def test_people_of_whom_something_is_missing_do_not_cost_the_others(tmp_path: Path) -> None:
    with SqliteStore(tmp_path) as library:
        library.keep_person("ana's file", "Ana", taught_of(1))
        library.keep_person("bo's file", "Bo", taught_of(2))
    bent(
        tmp_path / FILE_NAME,
        "CREATE TABLE loose AS SELECT * FROM people",
        "UPDATE loose SET person = NULL WHERE name = 'Ana'",
        "DROP TABLE people",
        "ALTER TABLE loose RENAME TO people",
        "DROP TABLE faces",
    )
    with SqliteStore(tmp_path) as library:
        assert library.set_aside is not None
        assert (library.names(), len(library.taught("Bo"))) == (("Bo",), 4)


def test_foreign_and_newer_files_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    foreign = sqlite3.connect(path)
    foreign.execute("CREATE TABLE theirs (x)")
    foreign.close()
    before = path.read_bytes()
    with raises(NotALibrary, match="a database of another program"):
        SqliteStore(tmp_path)
    assert path.read_bytes() == before
    path.unlink()
    SqliteStore(tmp_path).close()
    newer = sqlite3.connect(path)
    newer.execute(f"PRAGMA user_version = {sqlite_schema.INDEX.version + 1}")
    newer.close()
    with raises(NotALibrary, match="written by a newer Semblante"):
        SqliteStore(tmp_path)
    assert path.exists()


def test_an_index_of_each_earlier_version_is_migrated(tmp_path: Path) -> None:
    for version in range(min(sqlite_schema.MIGRATIONS), sqlite_schema.INDEX.version):
        folder = tmp_path / str(version)
        folder.mkdir()
        path = folder / FILE_NAME
        with contextlib.closing(sqlite3.connect(path)) as older, older:
            sqlite_schema.migrate(older, path, sqlite_schema.INDEX, version)
            older.execute("INSERT INTO people (key, name, person) VALUES ('ana', 'Ana', 'her file')")
            older.execute("INSERT INTO bases VALUES (1, ?)", (BASE,))
            older.execute("INSERT INTO contents VALUES (1, ?, 1, 640, 480, NULL)", (bytes(32),))
            older.execute(
                "INSERT INTO photos (path, size, mtime_ns, content) VALUES (?, 1, 1, 1)", (b"/p/a.jpg",)
            )
            embedding = embeddings_of(1, 1)[0].astype("<f2").tobytes()
            columns = "id, content, place, is_good, embedding, logits, issues"
            row = (1, 1, 0, 1, embedding, bytes(80), "")
            older.execute(f"INSERT INTO faces ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        with SqliteStore(folder) as library:
            assert library.set_aside is None
            assert (library.person("Ana"), library.bases(), library.face_count()) == ("her file", (BASE,), 1)
            assert [(each.name, each.changed) for each in library.known_people()] == [("Ana", None)]
            before = library.generation()
            assert library.erase_person("Ana", [1]) == (0, 1)
            assert library.generation() != before
            with library.asking() as connection:
                assert connection.execute("PRAGMA user_version").fetchone() == (sqlite_schema.INDEX.version,)
        with (
            contextlib.closing(sqlite3.connect(path)) as migrated,
            contextlib.closing(sqlite3.connect(":memory:")) as new,
        ):
            sqlite_schema.migrate(new, path, sqlite_schema.INDEX)
            schema = "SELECT type, name, sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY name"
            assert migrated.execute(schema).fetchall() == new.execute(schema).fetchall()


def test_an_index_that_is_too_old_is_said_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    with contextlib.closing(sqlite3.connect(path)) as older, older:
        older.execute("CREATE TABLE faces (flaws TEXT)")
        older.execute(f"PRAGMA application_id = {sqlite_schema.APPLICATION}")
        older.execute("PRAGMA user_version = 1")
    before = path.read_bytes()
    with raises(NotALibrary, match="an older Semblante") as caught:
        SqliteStore(tmp_path)
    assert caught.value.code == "index_too_old"
    assert path.read_bytes() == before


def test_an_index_that_nobody_holds_any_more_is_closed(tmp_path: Path) -> None:
    library = SqliteStore(tmp_path)
    with library.asking() as connection:
        pass
    del library
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def test_two_that_open_a_new_index_at_once_agree(tmp_path: Path) -> None:
    with SqliteStore(tmp_path) as one, SqliteStore(tmp_path) as other:
        one.keep_person("{}", "Ana", [])
        assert other.names() == ("Ana",)


def secrets(
    name: str, weights: np.ndarray[tuple[int], np.dtype[np.float32]], rows: list[Taught]
) -> list[bytes]:
    """All byte strings that must be nowhere once the person is forgotten."""
    raw = weights.astype("<f4").tobytes()
    encoded = base64.b64encode(raw)
    # A page may end anywhere, so pieces of what is long must be gone too.
    pieces = [encoded[start : start + 32] for start in range(0, len(encoded), 32)]
    pieces += [raw[start : start + 16] for start in range(0, len(raw), 16)]
    embeddings = [each.embedding.astype(kind).tobytes() for each in rows for kind in ("<f2", "<f4")]
    spelt = [name.encode(), name.encode("utf-16-le"), name.encode("utf-16-be"), name.casefold().encode()]
    escaped = json.dumps(name)[1:-1].encode()
    return [*spelt, escaped, *pieces, *embeddings, *(each[:24] for each in embeddings)]


def found_in(folder: Path, wanted: list[bytes]) -> set[str]:
    """The files that hold any of the byte strings, in their names or contents."""
    return {
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(each in path.read_bytes() or each in bytes(path) for each in wanted)
    }


def test_forgetting_leaves_no_byte(tmp_path: Path) -> None:
    weights = np.random.default_rng(5).normal(size=600).astype(np.float32)
    person = json.dumps(
        {"name": "Begoña", "weights": base64.b64encode(weights.astype("<f4").tobytes()).decode()}
    )
    photos, data = tmp_path / "photos", tmp_path / "data"
    for number in range(150):
        write_photo(photos / f"{number}.jpg", Shown(number), salt=number)
    with SqliteStore(data) as library:
        scan(library, [photos], FakeReader(), BASE)
        with library.asking() as connection:
            rows = connection.execute(
                "SELECT hex(sha256), place, embedding FROM faces "
                "JOIN contents ON contents.id = content LIMIT 5"
            ).fetchall()
        mine = [
            Taught(
                "positive",
                FaceRef(sha256.lower(), place),
                np.frombuffer(embeddings, "<f2").astype(np.float32),
            )
            for sha256, place, embeddings in rows
        ]
        library.keep_person(
            "{}" * 3000, "begoña", taught_of(3)
        )  # An earlier one, in pages that are free now.
        library.keep_person("{}", "Begoña la otra", mine[:2])
        library.keep_person(person, "Begoña", [*mine, *taught_of(7)], "merge", ["Begoña la otra"])
        library.keep_person(person, "Begoña", mine, "answer")
        library.keep_person(person, "Begoña", [*mine, *taught_of(7)], "answer")
        library.undo_changes([each.number for each in library.changes()[:2]])
        library.keep_person('{"other": 1}', "Ana", [*taught_of(8), *mine[:1]])
        library.keep_person('{"other": 1}', "Ana", taught_of(8))
        report = data / "reports" / "x.html"
        report.parent.mkdir()
        report.write_text(f"{REPORT_MARK}<p>Bego&ntilde;a &amp; Ana</p>", encoding="utf-8")
        (data / "reports" / "ana.html").write_text(f"{REPORT_MARK}<p>Ana, Begoñas</p>", encoding="utf-8")
        (data / f"{FILE_NAME}.corrupt-1").write_bytes("Begoña".encode())
        wanted = secrets("Begoña", weights, [*mine, *taught_of(7)])
        assert found_in(data, wanted) >= {f"{FILE_NAME}-wal", f"{FILE_NAME}.corrupt-1"}
        gone = erase(library, "BEGOÑA", person_files=[])
        assert (gone.taught, gone.faces) == (9, 5)
        assert {path.name for path in gone.files} == {"x.html", f"{FILE_NAME}.corrupt-1"}
        # "Begoñas" is somebody else.
        (data / "reports" / "ana.html").unlink()
        assert found_in(data, wanted) == set()
        assert (data / f"{FILE_NAME}-wal").stat().st_size == 0
        assert library.names() == ("Ana",)
        assert len(library.taught("Ana")) == 4
        report_of_scan = scan(library, [photos], FakeReader(), BASE)
        assert (report_of_scan.unchanged, report_of_scan.read) == (150, 0)
    assert found_in(data, wanted) == set()


def test_a_new_index_in_the_place_of_a_damaged_one_has_what_a_user_said(library: SqliteStore) -> None:
    stranger, other = FaceRef("ab" * 32, 0), FaceRef("cd" * 32, 1)
    library.keep_person("{}", "Ana", [replace(each, confirmed_by_user=True) for each in taught_of(1)])
    library.ignore_faces([stranger])
    library.ignore_folder(Path("/p"))
    library.keep_groups([[stranger, other]], "merge_groups")
    said = library.rejected_faces("Ana")
    library.close()
    assert keep_aside(library.path, None, identity_of(library.path)) is not None
    with SqliteStore(library.folder) as new:
        assert new.names() == ("Ana",) and new.rejected_faces("Ana") == said != set()
        assert (new.ignored_faces(), new.ignored_folders()) == ((stranger,), (Path("/p"),))
        with new.asking() as connection:
            kept = connection.execute("SELECT count(DISTINCT label), count(*) FROM grouped").fetchone()
        assert kept == (1, 2)


def test_pages_of_others_are_nobodys_to_delete(library: SqliteStore) -> None:
    page = library.folder / "recipe.html"
    page.write_text("<p>A recipe from Li</p>", encoding="utf-8")
    library.keep_person("{}", "Li", taught_of(1))
    assert erase(library, "Li").files == ()
    assert page.exists()


@pytest.mark.parametrize(
    ("markup", "is_named"),
    [
        ("<rdf:li>Carla</rdf:li>", False),
        ("<rdf:li>Carla &amp; LI</rdf:li>", True),
        ("<rdf:li>People|Li</rdf:li>", True),
        ('<a mwg-rs:Name="Li"/>', True),
        ("<a li='Carla'/>", False),
        ("<b>Lia, Ali, l&#237;</b>", False),
        ("<!-- Li -->", True),
        ("a < li and b > c", True),
    ],
)
def test_who_is_named_in_a_file(markup: str, is_named: bool) -> None:
    assert mentions_name(markup, "Li") == is_named


def test_forgetting_that_was_stopped_can_go_on(library: SqliteStore) -> None:
    library.keep_person("{}", "Ana", taught_of(1))
    with journal(library.folder, "Ana", "copy") as written:
        written.done(0)
        with raises(Locked):
            forget_person(library, "Ana")
        assert len(library.taught("Ana")) == 4, "still known, so that the same command goes on"
    gone = forget_person(library, "Ana")
    assert (gone.taught, gone.journals) == (4, 1)
    assert library.names() == ()
    assert not list((library.folder / "journal").glob("*.jsonl"))


def test_a_face_that_others_were_taught_with_goes_too(library: SqliteStore) -> None:
    hers = taught_of(1)[:3]
    library.keep_person("{}", "Ana", hers)
    shown = [Taught("negative", each.face, each.embedding) for each in hers]
    library.keep_person("{}", "Bea", [*taught_of(2), *shown])
    secrets_of_ana = [each.embedding.astype("<f2").tobytes() for each in hers]
    assert found_in(library.folder, secrets_of_ana)
    erase(library, "Ana")
    assert found_in(library.folder, secrets_of_ana) == set()
    assert len(library.taught("Bea")) == 4


def test_faces_that_are_named_go_too(library: SqliteStore, tmp_path: Path) -> None:
    for number in range(6):
        write_photo(tmp_path / "photos" / f"{number}.jpg", Shown(number), salt=number)
    scan(library, [tmp_path / "photos"], FakeReader(), BASE)
    with library.asking() as connection:
        embeddings = [row[0] for row in connection.execute("SELECT embedding FROM faces ORDER BY id")]
    library.keep_person("{}", "Ana", [])
    assert erase(library, "Ana", faces=[2, 4]).faces == 2
    assert found_in(library.folder, [embeddings[1], embeddings[3]]) == set()
    assert found_in(library.folder, [embeddings[0]]) == {FILE_NAME}


def test_what_another_run_still_reads_is_said(library: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_schema, "WAIT_S", 0.05)
    with SqliteStore(library.folder) as impatient:
        impatient.keep_person("{}", "Ana", taught_of(1))
        reader = sqlite3.connect(library.path)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM people").fetchall()
        impatient.keep_person("{}", "Bo", [])
        with raises(Locked, match=r"deleted pages may still be|another run is using the index"):
            erase(impatient, "Ana")
        reader.close()
        assert impatient.names() == ("Bo",)
        impatient.compact()
        assert found_in(library.folder, [b"Ana"]) == set()


def test_what_a_killed_run_still_read_is_gone_once_the_index_was_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_schema, "WAIT_S", 0.05)
    with SqliteStore(tmp_path) as store:
        store.keep_person("{}", "Ana", taught_of(1))
        with contextlib.closing(sqlite3.connect(store.path)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM people").fetchall()
            with raises(Locked):
                erase(store, "Ana")
            assert found_in(tmp_path, [b"Ana"])
            for path in list(tmp_path.iterdir()):  # What is on disk when all runs are killed now.
                (tmp_path / "killed").mkdir(exist_ok=True)
                shutil.copy(path, tmp_path / "killed")
    assert found_in(tmp_path / "killed", [b"Ana"])
    SqliteStore(tmp_path / "killed").close()
    assert found_in(tmp_path / "killed", [b"Ana"]) == set()
