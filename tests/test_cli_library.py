"""Scan, find, people and forget on the command line, on made-up photos."""

import csv
import io
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import Cli
from fake_photos import BASE, WIDTH, NoNetwork, Shown, direction, embeddings_of, write_photo

from semblante.cli import run
from semblante.files import sha256_of
from semblante.library import SqliteStore, Taught
from semblante.metrics.results import Reliability, RocCurve
from semblante.model.bundle import Bundle
from semblante.person import DecisionRule, HeldOutEvaluation, Neuron, Person, person_as_json
from semblante.pipeline import find_photos_of, known_person
from semblante.types import Embeddings, FaceRef

NOTHING = HeldOutEvaluation(
    "validation", 5, 5, None, None, RocCurve((), (), 0.5), Reliability((), (), (), 0.0)
)


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    """A bundle in name only: nothing here runs its network."""
    return Bundle(tmp_path / "base", {"weights": {"sha256": BASE, "embedding_size": WIDTH}})


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bundle: Bundle, cli: Cli) -> None:
    """Photos are read without a network, strangers are made up, and the data folder is a new one."""

    def background(_bundle: Bundle) -> Embeddings:
        return np.concatenate([embeddings_of(5000 + who, 1) for who in range(200)])

    monkeypatch.setattr("semblante.pipeline.FaceAnalyzer", NoNetwork)
    monkeypatch.setattr(Bundle, "background", background)
    monkeypatch.setattr("semblante.pipeline.open_base", lambda folder=None, person=None: bundle)
    monkeypatch.setenv("SEMBLANTE_HOME", str(tmp_path / "data"))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Five photos of Ana's (1), four of somebody else's (2), and one of a stranger, with glasses."""
    for number in range(5):
        write_photo(tmp_path / "photos" / f"ana-{number}.jpg", Shown(1), salt=number)
    for number in range(3):
        write_photo(tmp_path / "photos" / f"bo-{number}.jpg", Shown(2), salt=number)
    write_photo(tmp_path / "photos" / "bo-3.jpg", Shown(2, ("small",)), salt=3)
    write_photo(tmp_path / "photos" / "glasses.jpg", Shown(3, with_=("Eyeglasses",)), salt=10)
    return tmp_path / "photos"


def keep_ana(data: Path, bundle: Bundle, name: str = "Ana") -> Person:
    """Ana in the library: yes above a cosine of 0.6, no below 0.4."""
    neuron = Neuron(10 * direction(1), -5.0, 0.0)
    person = Person(name, bundle.network_sha256, neuron, DecisionRule(2.2, 0.0, 0.5, 0.1), 5, 5, 5, NOTHING)
    with SqliteStore(data) as library:
        taught = [
            Taught("positive", FaceRef(f"{number:064x}", 0), row)
            for number, row in enumerate(embeddings_of(1, 3))
        ]
        library.keep_person(person_as_json(person), name, taught)
    return person


def test_a_scan_counts_and_names(cli: Cli, photos: Path) -> None:
    (photos / "broken.jpg").write_bytes(b"\xff\xd8")
    said = cli("scan", photos)
    assert said.code == 0
    assert said.out.splitlines() == ["11 photos", "10 read", "10 faces in them", "1 that could not be read"]
    assert said.err.splitlines() == [f"{photos / 'broken.jpg'}: it is damaged"]
    again = cli("scan", photos, "--json")
    counts = json.loads(again.out)
    assert (counts["unchanged"], counts["broken"]) == (10, 1)
    assert again.err == said.err, "named by every scan"
    assert cli("scan", photos, "--lang", "es").out.splitlines() == [
        "11 fotos",
        "10 sin cambios",
        "1 que no se pudo leer",
    ]


def test_exact_copies_are_one_photo_for_every_command(
    cli: Cli, photos: Path, tmp_path: Path, bundle: Bundle
) -> None:
    first = photos / "ana-0.jpg"
    for name in ("ana-0 (1).jpg", "z/ana-0.jpg", "z/other-name.jpg"):
        (photos / name).parent.mkdir(exist_ok=True)
        (photos / name).write_bytes(first.read_bytes())
    copies = "3 in the index that are exact copies of others: each counts as one photo with them"
    assert cli("scan", photos).out.splitlines()[-1] == copies
    assert json.loads(cli("scan", photos, "--json").out)["copies"] == 3
    keep_ana(tmp_path / "data", bundle)
    said = cli("find", "Ana")
    assert len(said.out.splitlines()) == 5
    assert said.err.splitlines()[:2] == [
        "5 photos found, 0 unsure; 10 faces were looked at",
        "3 further files hold one of these photos, byte for byte (to list them: --copies)",
    ]
    listed = cli("find", "Ana", "--copies")
    assert len(listed.out.splitlines()) == 8 and "--copies" not in listed.err
    matches = json.loads(cli("find", "Ana", "--json").out)["matches"]
    assert sorted(len(match["copies"]) for match in matches) == [0, 0, 0, 0, 3]
    assert len(cli("find", "Ana", "--csv").out.splitlines()) == 6
    assert [len(group["photos"]) for group in json.loads(cli("people", "--json").out)["groups"]] == [5, 3]
    said = cli("sort", "Ana", "--to", tmp_path / "out")
    assert "made: 5 copies; there already: 0;" in said.err
    assert len(list((tmp_path / "out").iterdir())) == 5
    assert "made: 0 copies; there already: 5;" in cli("sort", "Ana", "--to", tmp_path / "out").err
    assert "made: 8 sidecars; there already: 0;" in cli("sort", "Ana", "--xmp", "--dry-run").err, "one a file"


def test_a_scan_of_nothing_is_a_mistake(cli: Cli, tmp_path: Path) -> None:
    said = cli("scan", tmp_path / "nowhere")
    assert (said.code, said.out) == (2, "")
    assert "there is no such file or folder" in said.err


def test_find_prints_paths_the_surest_first(cli: Cli, photos: Path, tmp_path: Path, bundle: Bundle) -> None:
    cli("scan", photos)
    keep_ana(tmp_path / "data", bundle)
    said = cli("find", "ana")
    assert said.code == 0
    assert sorted(said.out.splitlines()) == [str(photos / f"ana-{number}.jpg") for number in range(5)]
    assert "5 photos found, 0 unsure; 10 faces were looked at" in said.err
    listed = json.loads(cli("find", "Ana", "--json").out)
    probabilities = [match["probability"] for match in listed["matches"]]
    assert probabilities == sorted(probabilities, reverse=True)
    assert [match["path"] for match in listed["matches"]] == said.out.splitlines()
    rows = list(csv.DictReader(io.StringIO(cli("find", "Ana", "--csv").out)))
    assert [row["path"] for row in rows] == said.out.splitlines()
    assert float(rows[0]["probability"]) == probabilities[0]


def test_unsure_photos_are_listed_apart(cli: Cli, photos: Path, tmp_path: Path, bundle: Bundle) -> None:
    write_photo(photos / "poor.jpg", Shown(1, ("small",)), salt=77)
    cli("scan", photos)
    keep_ana(tmp_path / "data", bundle)
    said = cli("find", "Ana", "--unsure")
    assert [Path(line).name[:3] for line in said.out.splitlines()] == ["ana"] * 5 + ["poo"]
    assert said.err.splitlines()[0] == "Unsure:"
    assert "5 photos found, 1 unsure; 11 faces" in said.err
    write_photo(photos / "twins.jpg", Shown(1), Shown(1, ("small",)), salt=78)
    cli("scan", photos)
    both = cli("find", "Ana", "--unsure", "--several").out.splitlines()
    assert both.count(str(photos / "twins.jpg")) == 1


def test_find_says_about_how_many_review_asks(
    cli: Cli, photos: Path, tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its count and that of review are the same, or it says why they are not."""
    vague = next(salt for salt in range(50) if 0.45 < embeddings_of(1, 1, 1.6, salt)[0] @ direction(1) < 0.55)
    write_photo(photos / "vague.jpg", Shown(1, noise=1.6), salt=vague)
    cli("scan", photos)
    keep_ana(tmp_path / "data", bundle)
    said = cli("find", "Ana")
    assert "5 photos found, 1 unsure" in said.err and "asks about" not in said.err
    write_photo(photos / "copy.jpg", Shown(1, noise=1.6), salt=vague)
    write_photo(photos / "poor.jpg", Shown(1, ("hidden",)), salt=77)
    cli("scan", photos)
    said = cli("find", "Ana")
    assert "5 photos found, 2 unsure" in said.err
    assert "semblante review Ana asks about 1 of the unsure ones" in said.err
    for reply in ("skip", "quit"):
        monkeypatch.setattr("builtins.input", lambda _question, reply=reply: reply)
        said = cli("review", "Ana")
        assert said.out.count("(1 to ask about)") == 1 and "unsure" not in said.err
    for name in ("copy.jpg", "vague.jpg"):
        (photos / name).unlink()
    cli("scan", photos)
    said = cli("review", "Ana")
    assert "No photo is left to ask about." in said.out
    assert "1 photo is unsure, but its face is too small, blurred, turned or hidden to teach" in said.err
    assert "asks about" not in cli("find", "Ana", "--without", "Smiling").err


def test_an_index_without_photos_says_so(cli: Cli, tmp_path: Path, bundle: Bundle) -> None:
    keep_ana(tmp_path / "data", bundle)
    for command in (
        ["find", "Ana"],
        ["people"],
        ["review", "Ana"],
        ["sort", "Ana", "--to", tmp_path / "out"],
    ):
        assert "No photos are in the index yet; first: semblante scan" in cli(*command).err, command


def test_a_mistyped_place_is_not_made_into_an_index(cli: Cli, tmp_path: Path) -> None:
    for command in (["find", "Ana"], ["people"], ["review", "Ana"], ["forget", "Ana", "--yes"]):
        said = cli(*command, "--library", tmp_path / "typo")
        assert said.code == 2 and "no index is here; check --library" in said.err, command
        assert cli(*command, "--library", "n" * 300).code == 2, command
    assert (
        "there is no such folder, and so nothing that was sorted"
        in cli("undo", "--library", tmp_path / "typo").err
    )
    assert not (tmp_path / "typo").exists()
    (tmp_path / "file").touch()
    said = cli("scan", tmp_path, "--library", tmp_path / "file")
    assert said.code == 2 and "a file, where a folder is expected" in said.err


def test_a_name_with_a_line_break_is_one_line(cli: Cli, tmp_path: Path) -> None:
    write_photo(tmp_path / "odd" / "a\nb.jpg", Shown(1, with_=("Smiling",)))
    cli("scan", tmp_path / "odd")
    assert cli("find", "--with", "Smiling").out.splitlines() == [str(tmp_path / "odd" / "a\ufffdb.jpg")]


def test_find_by_attributes(cli: Cli, photos: Path) -> None:
    cli("scan", photos)
    assert cli("find", "--with", "gafas").out == f"{photos / 'glasses.jpg'}\n"
    assert len(cli("find", "--without", "Eyeglasses").out.splitlines()) == 8
    assert len(cli("find", "--without", "Eyeglasses", "--unsure").out.splitlines()) == 9
    nothing = cli("find", "--with", "Eyeglasses", "--without", "eyeglasses")
    assert (nothing.code, nothing.out) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("find",), "Say whom to find"),
        (("find", "Bo"), r"Bo is not known here (known: nobody yet)"),
        (("find", "--with", "Glases"), "there is no attribute Glases"),
        (("find", "--with", "Smiling", "--json", "--csv"), "Choose one of --json, --csv and --print0"),
        (("find", " "), "The name is empty"),
        (("people", "--group", "9"), "--group 9: there are 0"),
        (("forget", "Bo", "--yes"), "Bo is not known here"),
    ],
)
def test_mistakes_are_said(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    answer = cli(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_any_bytes_come_out_between_zeros(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [b"new\nline.jpg", b"\xff\xfe.jpg", "🙂.jpg".encode()]
    folder = os.fsencode(tmp_path / "odd")
    for number, name in enumerate(names):
        write_photo(Path(os.fsdecode(folder + b"/" + name)), Shown(1, with_=("Smiling",)), salt=number)
    assert cli("scan", os.fsdecode(folder)).code == 0
    # What pytest captures it also decodes, which these names do not bear.
    printed = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(printed, write_through=True))
    assert run(["find", "--with", "Smiling", "--print0"]) == 0
    assert sorted(printed.getvalue().split(b"\0")[:-1]) == sorted(folder + b"/" + name for name in names)


def test_people_of_an_empty_index_are_none(cli: Cli, tmp_path: Path, bundle: Bundle) -> None:
    keep_ana(tmp_path / "data", bundle)
    said = cli("people", "--json")
    assert (said.code, json.loads(said.out)["groups"]) == (0, [])


def test_one_group_for_programs(cli: Cli, photos: Path) -> None:
    cli("scan", photos)
    listed = json.loads(cli("people", "--group", 2, "--json").out)
    assert sorted(listed.pop("photos")) == [str(photos / f"bo-{number}.jpg") for number in range(3)]
    assert listed == {"name": None, "doubtful": [], "is_certain": True}


def test_a_person_of_another_network_is_to_be_learnt_again(
    cli: Cli, photos: Path, tmp_path: Path, bundle: Bundle
) -> None:
    cli("scan", photos)
    other = Bundle(tmp_path / "other", {"weights": {"sha256": "cd" * 32}})
    keep_ana(tmp_path / "data", other)
    for command in (["find", "Ana"], ["sort", "Ana", "--to", tmp_path / "out"]):
        said = cli(*command)
        assert said.code == 0 and "learn Ana again from photos" in said.err, command
        assert "undo" not in said.err, "nothing was made"


def test_photos_that_are_gone_are_in_no_group(cli: Cli, photos: Path) -> None:
    cli("scan", photos)
    for number in range(3):
        (photos / f"ana-{number}.jpg").unlink()
    cli("scan", photos)
    counts = [line.split(",")[0] for line in cli("people").out.splitlines()]
    assert counts == ["1. unknown: 3 photos", "2. unknown: 2 photos"]


def test_the_next_command_is_told_which_index_and_network(
    cli: Cli, photos: Path, tmp_path: Path, bundle: Bundle
) -> None:
    elsewhere = tmp_path / "my index"
    cli("scan", photos, "--library", elsewhere)
    said = cli("people", "--library", elsewhere, "--base", bundle.folder)
    options = f"--library '{elsewhere}' --base {bundle.folder}"
    assert (
        f"(semblante people --group 1 --sheet faces.html {options}): "
        f"semblante people --group 1 --name NAME {options}" in said.err
    )


def test_a_folder_that_is_gone_for_good_is_taken_out(cli: Cli, photos: Path) -> None:
    cli("scan", photos)
    photos.rename(photos.with_name("away"))
    said = cli("scan", photos)
    assert said.code == 2 and "(gone for good: --gone)" in said.err
    said = cli("scan", photos, "--gone")
    assert said.out.splitlines() == [
        "0 photos",
        "10 out of the index, since they are no longer there or are left out",
    ]
    assert cli("find", "--with", "Smiling").out == ""


def test_a_group_gets_a_name(cli: Cli, photos: Path, tmp_path: Path) -> None:
    """A couple in five photos: they alone would not tell who is meant; the group says whose face it is."""
    for number in range(5):
        write_photo(photos / "couple" / f"{number}.jpg", Shown(8), Shown(9), salt=number)
    cli("scan", photos)
    said = cli("people", "--group", 2, "--name", "Zoë")
    assert said.code == 0 and f"group in {photos / 'couple'}{os.sep}" in said.out
    assert "faces that taught: 5." in said.out and "other numbers now" in said.err
    assert "semblante find 'Zoë'" in said.out
    assert len(cli("find", "Zoë").out.splitlines()) == 5
    groups = json.loads(cli("people", "--json").out)["groups"]
    assert [(group["name"], len(group["photos"])) for group in groups] == [
        ("Zoë", 5),
        (None, 5),
        (None, 5),
        (None, 3),
    ]
    # A second group that is unlike is taught beside the first only where the user says that it is one person;
    # the name stays as it was written.
    number = next(
        n for n, group in enumerate(groups, 1) if group["photos"][0] in map(str, photos.glob("ana*"))
    )
    refused = cli("people", "--group", number, "--name", "zoë")
    assert (refused.code, refused.out) == (2, "")
    assert "of these 5 faces, 0 may be Zoë's; choose another name, or say with --merge" in refused.err
    said = cli("people", "--group", number, "--name", "zoë", "--merge")
    assert "faces that taught: 10." in said.out and said.out.count("Zoë is in the library") == 1
    assert "Zoë and the Zoë of before are one person now; answers that taught: 5" in said.err
    with SqliteStore(tmp_path / "data") as library:
        kinds = [(each.kind, each.confirmed_by_user) for each in library.taught("Zoë")]
    assert kinds.count(("positive", True)) == 10
    assert kinds.count(("negative", False)) == 5, "whoever stands beside is somebody else"


def test_a_name_for_a_group_keeps_what_was_known(
    cli: Cli, photos: Path, tmp_path: Path, bundle: Bundle
) -> None:
    """The rate asked for, and what was answered about a face that stands beside one of the group's."""
    for number in range(5):
        write_photo(photos / "couple" / f"{number}.jpg", Shown(8), Shown(9), salt=number)
    cli("scan", photos)
    keep_ana(tmp_path / "data", bundle)
    with SqliteStore(tmp_path / "data") as library:
        ana, taught = known_person(library, "Ana"), library.taught("Ana")
        beside = Taught(
            "positive", FaceRef(sha256_of(photos / "couple" / "0.jpg"), 1), embeddings_of(9, 1)[0], True
        )
        loose = replace(ana, rule=replace(ana.rule, false_match_rate=0.01))
        library.keep_person(person_as_json(loose), "Ana", [*taught, beside])
    # The first group is Ana's by now.
    assert cli("people", "--group", 2, "--name", "ANA", "--merge").code == 0
    with SqliteStore(tmp_path / "data") as library:
        assert known_person(library, "Ana").rule.false_match_rate == 0.01
        kinds = {each.face: each.kind for each in library.taught("Ana")}
    assert kinds[beside.face] == "positive"
    assert list(kinds.values()).count("positive") == 3 + 1 + 5


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--name", "Zoë"), "with --group"),
        (("--group", 2, "--name", "Zoë"), "3 usable photos, 5 needed; add 2"),
        (("--group", 1, "--name", "  "), "name"),
        (("--group", 1, "--name", "Zoë", "--json"), "Choose one of"),
        (("--group", 1, "--name", "Bo"), "Bo was learnt on another network"),
    ],
)
def test_a_group_that_cannot_be_named(
    options: tuple[str, ...], problem: str, cli: Cli, photos: Path, tmp_path: Path
) -> None:
    cli("scan", photos)
    other = Bundle(tmp_path / "other", {"weights": {"sha256": "cd" * 32}})
    keep_ana(tmp_path / "data", other, "Bo")
    said = cli("people", *options)
    assert (said.code, said.out) == (2, "") and problem in said.err
    assert "Zoë" not in cli("people").out


def test_people_are_grouped_and_the_known_named(
    cli: Cli, photos: Path, tmp_path: Path, bundle: Bundle
) -> None:
    cli("scan", photos)
    said = cli("people")
    assert [line.split(",")[0] for line in said.out.splitlines()] == [
        "1. unknown: 5 photos",
        "2. unknown: 3 photos",
    ]
    assert all(str(photos / "bo-") not in line for line in said.out.splitlines()[:1])
    assert "Faces like no other's: 1; faces that cannot be relied on: 1" in said.err
    assert "semblante people --group 1 --name NAME" in said.err
    keep_ana(tmp_path / "data", bundle)
    assert "--name" not in cli("people").err, "those whom nobody knows are in too few photos"
    groups = json.loads(cli("people", "--json").out)["groups"]
    assert [(group["name"], len(group["photos"])) for group in groups] == [("Ana", 5), (None, 3)]
    paths = cli("people", "--group", 2).out.splitlines()
    assert sorted(paths) == [str(photos / f"bo-{number}.jpg") for number in range(3)]
    assert "and 1 more" in cli("people", "--most", 1).out


def test_forgetting_asks_first(
    cli: Cli, photos: Path, tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    from semblante.person import save

    cli("scan", photos)
    data = tmp_path / "data"
    ana = keep_ana(data, bundle)
    save(ana, data / "people" / "a.json")
    save(Person(**{**vars(ana), "name": "Bo"}), data / "people" / "b.json")
    monkeypatch.setattr("builtins.input", lambda _question: "no")
    said = cli("forget", "Ana")
    assert said.code == 2 and "semblante rename Ana NEW_NAME" in said.err
    assert said.err.splitlines()[-1] == "Nothing was forgotten."
    assert cli("find", "Ana").code == 0

    def nobody(_question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    assert (cli("forget", "Ana").code, "--yes" in cli("forget", "Ana").err) == (2, True)
    assert cli("find", "Ana").code == 0
    monkeypatch.setattr("builtins.input", lambda _question: "Sí")
    said = cli("forget", "Ana")
    assert said.code == 0
    assert f"deleted: {data / 'people' / 'a.json'}" in said.out
    assert "3 faces it was taught with, 5 faces of the index" in said.out
    assert (data / "people" / "b.json").exists()
    assert cli("find", "Ana").code == 2
    contents = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    for number in range(5):
        assert embeddings_of(1, 1, seed=number)[0].astype("<f2").tobytes() not in contents
    assert embeddings_of(2, 1, seed=0)[0].astype("<f2").tobytes() in contents
    assert len(direction(1)) == WIDTH
    assert json.loads(cli("scan", photos, "--json").out)["read"] == 0


def test_faces_that_did_not_teach_may_be_kept(cli: Cli, photos: Path, tmp_path: Path, bundle: Bundle) -> None:
    cli("scan", photos)
    keep_ana(tmp_path / "data", bundle)
    said = cli("forget", "Ana", "--keep-faces", "--yes")
    assert said.code == 0 and "3 faces it was taught with, and 0 journals" in said.out
    assert "1. unknown: 5 photos" in cli("people").out


def test_a_person_whose_neuron_cannot_be_read_is_forgotten(
    cli: Cli, photos: Path, tmp_path: Path, bundle: Bundle
) -> None:
    cli("scan", photos)
    keep_ana(tmp_path / "data", bundle)
    with SqliteStore(tmp_path / "data") as library, library.writing() as connection:
        connection.execute("UPDATE people SET person = '{}'")
    said = cli("forget", "Ana", "--yes")
    assert said.code == 0 and "faces that did not teach could not be found" in said.err
    assert cli("find", "Ana").code == 2


def test_forgetting_leaves_what_is_somebody_elses(
    cli: Cli, photos: Path, tmp_path: Path, bundle: Bundle
) -> None:
    """Of faces like Ana's, one taught somebody else, one was said not to be hers, and one is blurred.

    Those that are found to be her twin's, too, stay.
    """
    for number in range(5):
        shown = Shown(1, ("blurred",)) if number == 2 else Shown(1)
        write_photo(photos / f"ana-{number}.jpg", shown, salt=number)
    cli("scan", photos)
    keep_ana(tmp_path / "data", bundle)
    with SqliteStore(tmp_path / "data") as library:
        found = [match.content_sha256 for match in find_photos_of(library, "Ana").matches]
        ana = known_person(library, "Ana")
        twin = replace(ana, name="Twin", neuron=Neuron(10 * direction(7), -5.0, 0.0))
        taught = [Taught("positive", FaceRef(found[0], 0), embeddings_of(1, 1)[0], True)]
        library.keep_person(person_as_json(twin), "Twin", taught)
        hers = [
            *library.taught("Ana"),
            Taught("negative", FaceRef(found[1], 0), embeddings_of(1, 1)[0], True),
        ]
        library.keep_person(person_as_json(known_person(library, "Ana")), "Ana", hers)
    said = cli("forget", "Ana", "--yes")
    assert "4 faces it was taught with, 2 faces of the index" in said.out
    with SqliteStore(tmp_path / "data") as library:
        assert len(library.taught("Twin")) == 1


def test_forgetting_somebody_misnamed_leaves_the_others_faces(
    cli: Cli, photos: Path, tmp_path: Path, bundle: Bundle
) -> None:
    """Ana's group was also given the name of somebody else."""
    cli("scan", photos)
    keep_ana(tmp_path / "data", bundle)
    keep_ana(tmp_path / "data", bundle, "Misnamed")
    said = cli("forget", "Misnamed", "--yes")
    assert "3 faces it was taught with, 0 faces of the index" in said.out
    assert "they are found to be another person's too: 5" in said.err
    assert len(cli("find", "Ana").out.splitlines()) == 5
    with SqliteStore(tmp_path / "data") as library:
        assert len(library.taught("Ana")) == 3


def test_the_faces_of_somebody_misnamed_may_stay(cli: Cli, photos: Path) -> None:
    cli("scan", photos)
    cli("people", "--group", 1, "--name", "Misnamed")
    said = cli("forget", "Misnamed", "--keep-faces", "--yes")
    assert said.code == 0 and "The faces are somebody unknown's in the index" in said.out
    assert "1. unknown: 5 photos" in cli("people").out
    assert cli("people", "--group", 1, "--name", "Ana").code == 0
    assert len(cli("find", "Ana").out.splitlines()) == 5


def test_a_damaged_index_is_said_and_work_goes_on(cli: Cli, photos: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "library.sqlite").write_bytes(b"\0no index" * 900)
    said = cli("scan", photos, "--library", data)
    assert said.code == 0
    assert "is kept as library.sqlite.corrupt-1" in said.err
    assert "10 read" in said.out
