"""The command line: exit codes, what is printed for people and for programs, and hostile names."""

import csv
import io
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Cli, Said, copy_bundle
from PIL import Image

from semblante.celeba import PreparedSet, prepare
from semblante.cli import run
from semblante.cli.commands import COMMANDS
from semblante.cli.options import decimal_number
from semblante.errors import TrainingDiverged
from semblante.labels import ATTRIBUTES
from semblante.model.bundle import Bundle, write_bundle
from semblante.pipeline import Library


@pytest.fixture(scope="module")
def bundle(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The small network without strangers: here all others are given."""
    folder = tmp_path_factory.mktemp("bare") / "network"
    return write_bundle(folder, bundle.network_path.read_bytes(), bundle.manifest)


@dataclass(frozen=True)
class Photos:
    """Six drawn photos of one person, and forty of others."""

    me: Path
    others: Path


@pytest.fixture(scope="module")
def photos(drawn: Path, tmp_path_factory: pytest.TempPathFactory) -> Photos:
    folder = tmp_path_factory.mktemp("photos")
    sets = Photos(folder / "me", folder / "others")
    lines = (drawn / "identity_CelebA.txt").read_text().splitlines()
    first = lines[0].split()[1]
    for photo, person in map(str.split, lines[:46]):
        place = sets.me if person == first else sets.others
        place.mkdir(exist_ok=True)
        os.link(drawn / "img_align_celeba" / photo, place / photo)
    return sets


@pytest.fixture(scope="module")
def ana(photos: Photos, knowing: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person file."""
    path = tmp_path_factory.mktemp("person") / "ana.json"
    arguments = ["Ana", photos.me, "--not", photos.others, "--base", knowing.folder, "--out", path]
    assert run(["learn", "--aligned", *map(str, arguments)]) == 0
    return path


@pytest.mark.slow
def test_others_is_another_name_of_not(cli: Cli, photos: Photos, knowing: Bundle, tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.json" for name in ("not", "others")]
    for path in paths:
        others = [f"--{path.stem}", photos.others]
        assert (
            cli("learn", "--aligned", "Ana", photos.me, *others, "--base", knowing.folder, "--out", path).code
            == 0
        )
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, cli: Cli) -> None:
    said = cli(command, "--help")
    assert said.code == 0
    assert f"semblante {command}" in said.out
    assert cli(command, "-h") == said


def test_the_root_lists_the_commands(cli: Cli) -> None:
    said = cli("--help")
    assert said.code == 0
    for command in COMMANDS:
        assert f"  {command} " in said.out
    assert cli() == said, "no command at all gets help too"


@pytest.mark.parametrize(
    ("language", "headings"),
    [
        (
            "en",
            [
                "Faces in photos:",
                "One person:",
                "A collection of photos:",
                "A network of your own:",
                "To try it:",
            ],
        ),
        (
            "es",
            [
                "Caras en las fotos:",
                "Una persona:",
                "Una colección de fotos:",
                "Una red propia:",
                "Para probarlo:",
            ],
        ),
    ],
)
def test_the_root_groups_the_commands_by_task(language: str, headings: list[str], cli: Cli) -> None:
    lines = cli("--help", "--lang", language).out.splitlines()
    assert [line for line in lines if line in headings] == headings
    assert lines.index(headings[0]) < lines.index(next(line for line in lines if line.startswith("  faces ")))
    named = [line.split()[0] for line in lines if line.startswith("  ") and line.split()[0] in COMMANDS]
    assert named == list(COMMANDS) and len(set(named)) == len(COMMANDS)


def test_advice_names_the_library_that_was_asked(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "my index"
    for options in (("--library", folder), (f"--library={folder}",)):
        said = cli("find", "Ana", *options).err
        assert f"begin one with: semblante scan FOLDER… --library '{folder}'" in said
    with Library(folder, create=True):
        pass
    learn = f"semblante learn NAME PHOTO… --library '{folder}'\n"
    assert cli("find", "Ana", "--library", folder).err.endswith(learn)
    assert cli("people", "--known", "--library", folder).err.endswith(learn)
    assert cli("undo", "--people", "--library", folder).err.endswith(f"semblante undo --library '{folder}'\n")
    assert cli("find", "Ana", "--library").err.endswith("For help: semblante find --help\n")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_help_names_no_types_of_python(language: str, command: str, cli: Cli) -> None:
    said = cli(command, "--help", "--lang", language).out
    assert not re.search(r"<[a-z\[\]A-Z ]+>", said)
    assert not re.search(r"[{}]|\]\.\.\.", said), "brackets are for what may be left out, … for several"
    if language == "es":
        written = said.replace("127.0.0.1", "")
        assert not re.search(r"\d\.\d", written), "a number as English writes it"
        other = (
            r"  (?:En su lugar, |Solo )?(?:mira|deja|toma|enumera|muestra|dice|escribe|lee|quita|busca|usa) "
        )
        assert not re.search(other, said, re.IGNORECASE), "each option says in the infinitive what it does"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["recognize", "x"], "No such command: 'recognize'. Did you mean recognise?"),
        (["fnd", "--lang", "es"], "No existe la orden 'fnd'. ¿Quería decir find?"),
        (["people", "--fewst", "3"], "No such option: '--fewst'. Did you mean --fewest"),
        (["forget", "Ana", "--keep-face"], "Did you mean --keep-faces"),
        (["--versoin"], "No such option: '--versoin'. Did you mean --version?"),
        (["evaluate", "a", "b", "--split", "tset"], "choose one of train, val, test; did you mean test?"),
        (["find", "--with", "smilling"], "no attribute smilling; did you mean Smiling?"),
        (["find", "--with", "sonrissa", "--lang", "es"], "sonrissa; ¿quería decir sonrisa?"),
        (["qwertz"], "No such command: 'qwertz'. For help: semblante --help"),
    ],
)
def test_what_may_have_been_meant(
    arguments: list[str], sentence: str, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = cli(*arguments)
    assert (said.code, said.out) == (2, "")
    assert sentence in said.err


@pytest.mark.parametrize(
    ("typed", "number"), [("0.01", 0.01), ("0,01", 0.01), (",05", 0.05), ("1e-3", 0.001), (0.001, 0.001)]
)
def test_a_decimal_comma_is_understood(typed: str | float, number: float) -> None:
    assert decimal_number(typed) == number


@pytest.mark.parametrize("typed", ["", "x", "0.0.1", "1.000,5", "0,01,2", "-0,1", "1 %", "nan", ","])
def test_a_number_that_is_none_is_refused(typed: str, cli: Cli) -> None:
    said = cli("learn", "Ana", "photos", "--false-match-rate", typed, "--lang", "es")
    assert said.code == 2 and said.out == ""
    assert said.err.startswith("'--false-match-rate' pide un número.")


def test_the_version(cli: Cli) -> None:
    assert cli("--version") == Said(0, "0.1.0\n", "")


@pytest.mark.parametrize(
    ("arguments", "sentence", "reason"),
    [
        (["bogus"], "'bogus'", "unknown command"),
        (["--bogus"], "--bogus", "unknown option"),
        (["inspect", "--bogus", "x"], "--bogus", "unknown option of a command"),
        (["inspect"], "'DATA'", "missing argument"),
        (["inspect", "a", "b"], "b", "one argument too many"),
        (["train", "a", "b", "--epochs", "many"], "--epochs", "no number"),
        (
            ["people", "--fewest", "0", "--lang", "es"],
            "'--fewest' pide un número igual o mayor que 1",
            "too few",
        ),
        (["--lang", "fr", "inspect", "x"], "--lang fr: choose en or es", "a language that is not spoken"),
        (["evaluate", "a", "b", "--split", "all"], "--split all: choose one of train, val, test", "no split"),
        (["inspect", "none"], "none: no prepared set here", "no prepared set"),
        (["evaluate", "none", "x"], "none: no trained network here", "no bundle"),
        (["prepare", "none", "out"], "none", "no source"),
        (["recognise", "none.json", "x"], "none.json: there is no such file", "no person file"),
        (["recognise", "Ana", "x"], "Ana is not known here", "nobody of this name"),
        (["review", "Ana"], "Ana is not known here (known: nobody yet)", "nobody to ask about"),
        (["recognise", "x", "y", "--json", "--csv"], "--json or --csv, not both", "two formats"),
        (["learn", "Ana", "--base", "b", "--out", "o"], "perhaps of others with --not", "no photos"),
        (["learn", "Ana", "--base", "b", "--out", "o", "--not", "m"], "Name photos of", "no person"),
        (["learn", "Ana", "m", "--base", "b", "--out", "o", "--course", "c"], "--course", "both"),
        (["learn", "Ana", "m", "--false-match-rate", "2"], "choose more than 0 and at most 0.1", "no share"),
        (["learn", " ", "--base", "b", "--out", "o", "--course", "c"], "The name is empty", "no name"),
        (["learn", "a\nb", "--base", "b", "--out", "o", "--course", "c"], "line breaks", "two lines"),
        (["learn", "Ana", "--base", "b", "--out", "o", "--course", "c"], "no folder named Ana", "no course"),
        (["generate", "out", "--people", "2"], "2 people: at least 3", "too few to split"),
        (["attributes", "x", "--base", "none"], "none: no trained network here", "no bundle to read with"),
        (["attributes"], "'PHOTO…'", "no photos"),
        (["card", "--base", "none"], "none: no trained network here", "no bundle to show"),
    ],
)
def test_mistakes_of_the_users(
    arguments: list[str],
    sentence: str,
    reason: str,
    cli: Cli,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A sentence on standard error, code 2, no traceback, nothing written."""
    monkeypatch.chdir(tmp_path)
    said = cli(*arguments)
    assert said.code == 2, reason
    assert sentence in said.err
    assert said.out == "" and "Traceback" not in said.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (TrainingDiverged("the loss is gone"), 1, "the loss is gone"),
        (KeyboardInterrupt(), 130, "Stopped. Nothing is lost"),
    ],
)
def test_other_endings(
    error: BaseException, code: int, sentence: str, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("semblante.pipeline.open_prepared", fail)
    said = cli("inspect", "x")
    assert (said.code, said.out) == (code, "")
    assert said.err.startswith(sentence)


def test_a_bug_is_not_dressed_up_as_a_users_mistake(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("semblante.pipeline.open_prepared", lambda _: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        cli("inspect", "x")


def test_inspect(cli: Cli, prepared: PreparedSet) -> None:
    summary = json.loads(cli("inspect", prepared.folder, "--json").out)
    assert summary["images"] == 120 and summary["people"] == 20
    assert set(summary["attribute_shares"]) == set(ATTRIBUTES)
    said = cli("inspect", prepared.folder)
    assert (said.code, said.err) == (0, "")
    assert "smiling" in said.out.lower() and "People" in said.out
    assert (prepared.folder / "contact-sheet.png").is_file()


@pytest.fixture
def copied(bundle: Bundle, tmp_path: Path) -> Path:
    """A copy of the bundle that a command may write into."""
    return copy_bundle(bundle, tmp_path / "bundle")


@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_evaluate(split: str, cli: Cli, copied: Path, prepared: PreparedSet) -> None:
    said = cli("evaluate", copied, prepared.folder, "--split", split, "--json")
    evaluation = json.loads(said.out)
    assert said.code == 0 and evaluation["split"] == split
    assert [each["name"] for each in evaluation["attributes"]] == list(ATTRIBUTES)
    assert json.loads((copied / f"evaluation-{split}.json").read_text()) == evaluation
    assert "<html" in (copied / f"evaluation-{split}.html").read_text()


def test_evaluate_for_people(cli: Cli, copied: Path, prepared: PreparedSet) -> None:
    said = cli("evaluate", copied, prepared.folder, "--lang", "es")
    assert said.code == 0
    assert "Exactitud equilibrada" in said.out and "sonrisa" in said.out
    assert said.err == ""
    assert str(copied / "evaluation-val.html") in said.out


def test_evaluate_into_another_folder(cli: Cli, copied: Path, prepared: PreparedSet, tmp_path: Path) -> None:
    before = sorted(copied.iterdir())
    for _ in range(2):  # What it has written before, it writes anew.
        said = cli("evaluate", copied, prepared.folder, "--out", tmp_path / "new" / "there")
        assert said.code == 0
    written = [tmp_path / "new" / "there" / f"evaluation-val.{ending}" for ending in ("json", "html")]
    assert all(path.is_file() and str(path) in said.out for path in written)
    assert sorted(copied.iterdir()) == before


def test_evaluations_on_other_data_are_kept_side_by_side(
    cli: Cli, copied: Path, prepared: PreparedSet, drawn: Path, tmp_path: Path
) -> None:
    other = prepare(drawn, tmp_path / "other", 48)
    assert cli("evaluate", copied, prepared.folder).code == 0
    first = (copied / "evaluation-val.json").read_bytes()
    for _ in range(2):  # Again, its own is replaced, and no third one written.
        said = cli("evaluate", copied, other.folder)
        assert said.code == 0 and f"{copied / 'evaluation-val.json'} is of other data" in said.err
    assert (copied / "evaluation-val.json").read_bytes() == first
    (second,) = copied.glob("evaluation-val-????????.json")
    assert json.loads(second.read_text())["data_sha256"] == other.sha256
    assert second.name in said.err and str(second.with_suffix(".html")) in said.out
    assert cli("evaluate", copied, prepared.folder).err == ""


def test_evaluations_of_two_networks_in_one_folder_are_kept(
    cli: Cli, copied: Path, knowing: Bundle, prepared: PreparedSet, tmp_path: Path
) -> None:
    for network in (copied, knowing.folder):
        assert cli("evaluate", network, prepared.folder, "--out", tmp_path / "out").code == 0
    kept = [json.loads(path.read_text())["network_sha256"] for path in (tmp_path / "out").glob("*.json")]
    assert len(set(kept)) == 2


def test_pictures_of_the_data_set_never_get_into_the_package(
    cli: Cli, copied: Path, prepared: PreparedSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by the default, not by a link, not where it is asked for, not where the user happens to be."""
    monkeypatch.setattr("semblante.model.bundle.PRETRAINED", copied)
    monkeypatch.chdir(tmp_path)
    before = sorted(copied.iterdir())
    (tmp_path / "link").symlink_to(copied)
    said = cli("evaluate", "link", prepared.folder)
    assert said.code == 0 and "evaluation-val.html" in said.out
    assert (tmp_path / "evaluation-val.json").is_file() and (tmp_path / "evaluation-val.html").is_file()
    for out in (copied, tmp_path / "link", copied / "new"):
        refused = cli("evaluate", copied, prepared.folder, "--out", out)
        assert refused.code == 2 and "Semblante's own; name another one with --out" in refused.err
    monkeypatch.chdir(copied)
    assert cli("evaluate", copied, prepared.folder).code == 2
    assert sorted(copied.iterdir()) == before


@pytest.mark.parametrize("ending", ["json", "html"])
def test_evaluate_replaces_no_file_of_others(
    ending: str, cli: Cli, copied: Path, prepared: PreparedSet, tmp_path: Path
) -> None:
    theirs = tmp_path / f"evaluation-val.{ending}"
    theirs.write_text("{}")
    said = cli("evaluate", copied, prepared.folder, "--out", tmp_path)
    assert said.code == 2 and f"{theirs} exists already" in said.err
    assert theirs.read_text() == "{}"


@pytest.mark.parametrize(
    "name",
    [
        "María José",
        "李雷",
        "👩‍🎤",
        "a/b",
        "../x",
        "[red]x[/red]",
        "<script>alert(1)</script>",
        "--",
        "-x",
        "{0}",
        "%s",
    ],
)
@pytest.mark.slow
def test_hostile_names(name: str, cli: Cli, photos: Photos, knowing: Bundle, tmp_path: Path) -> None:
    """Any name is learnt, kept and shown as it is; it is never a path, an option or markup."""
    out, page = tmp_path / "person.json", tmp_path / "page.html"
    options = ["--not", photos.others, "--base", knowing.folder]
    learnt = cli("learn", "--aligned", *options, "--out", out, "--report", page, "--", name, photos.me)
    assert learnt.code == 0, learnt.err
    assert sorted(tmp_path.iterdir()) == [page, out], "nothing else is written"
    assert json.loads(out.read_text(encoding="utf-8"))["name"] == name
    assert "<script>alert" not in page.read_text(encoding="utf-8")
    said = cli("recognise", "--aligned", out, photos.me)
    assert said.code == 0
    assert f"{name}: " in said.out.splitlines()[-1]


def test_learn_says_how_good_it_is(cli: Cli, photos: Photos, knowing: Bundle, tmp_path: Path) -> None:
    broken = tmp_path / "[bold]\x1b[31m.jpg"
    broken.write_text("no picture")
    out = tmp_path / "[red]ana[/red].json"
    options = ["--not", photos.others, "--base", knowing.folder]
    said = cli("learn", "--aligned", "Ana", photos.me, broken, *options, "--out", out)
    assert said.code == 0
    assert "cross-validation on 6 photos of this person and 40 of others" in said.out
    assert str(out) in said.out, "a path is no markup"
    assert "[bold]\N{REPLACEMENT CHARACTER}[31m.jpg: not a picture" in said.err
    assert "\x1b" not in said.err, "nor does it command the terminal"
    assert "can be told from the other people given: of their 40 faces" in said.out
    assert "for non-commercial research only" in said.err


def test_answers_for_programs(cli: Cli, ana: Path, photos: Photos, tmp_path: Path) -> None:
    odd = tmp_path / 'quote"comma,\nline.jpg'
    odd.write_text("no picture")
    asked = ["recognise", "--aligned", ana, photos.me, odd]
    as_json = json.loads(cli(*asked, "--json").out)
    as_csv = list(csv.DictReader(io.StringIO(cli(*asked, "--csv").out)))
    assert (as_json["name"], as_json["yes_above"]) == ("Ana", 0.9)
    assert as_json["prior"] == pytest.approx(1 / 51) and as_json["no_below"] <= 0.1
    assert [answer["path"] for answer in as_json["answers"]] == [
        *map(str, sorted(photos.me.iterdir())),
        str(odd),
    ]
    for answer, row in zip(as_json["answers"], as_csv, strict=True):
        assert answer.pop("ages") is None, "this person has one neuron"
        face = answer.pop("face")
        box = face["box_xyxy"] if face else [None] * 4
        expected = {**answer, **dict(zip(("x0", "y0", "x1", "y1"), box, strict=True))}
        assert {key: str(value) if value is not None else "" for key, value in expected.items()} == row
    last = as_json["answers"][-1]
    assert (last["verdict"], last["probability"], last["reason_code"]) == (None, None, "not_a_picture")
    assert all(0 <= answer["probability"] <= 1 for answer in as_json["answers"][:-1])


def test_answers_in_spanish(cli: Cli, ana: Path, photos: Photos) -> None:
    said = cli("recognise", "--aligned", ana, photos.me, "--lang=es")
    assert "Probabilidad" in said.out and "en duda" in said.out
    assert "La probabilidad supone que el 2 % de las caras" in said.err.replace("\N{NO-BREAK SPACE}", " ")
    wrong = cli("recognise", "--aligned", ana, "ninguna.jpg", "--lang=es")
    assert (wrong.code, wrong.out) == (2, "")
    assert wrong.err == "ninguna.jpg: no existe ese archivo ni esa carpeta; compruebe la ruta\n"


def test_reasons_are_in_spanish_too(cli: Cli, ana: Path, tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("no picture")
    said = cli("recognise", "--aligned", ana, tmp_path, "--json", "--lang", "es")
    assert json.loads(said.out)["answers"][0]["reason"].startswith("no es una imagen")


@pytest.mark.parametrize("options", [[], ["--json"], ["--csv"]])
def test_only_unusable_photos_to_recognise(options: list[str], cli: Cli, ana: Path, tmp_path: Path) -> None:
    """All are named, as far as they are, and then it is a mistake; no face is an answer."""
    for name in ("text.jpg", "more.jpg"):
        (tmp_path / name).write_text("no picture")
    said = cli("recognise", ana, tmp_path, *options)
    assert said.code == 2 and said.err.splitlines()[-1] == "None of the 2 files could be used."
    assert "text.jpg" in said.out and "more.jpg" in said.out
    Image.new("RGB", (60, 40)).save(tmp_path / "sea.png")
    assert cli("recognise", ana, tmp_path, *options).code == 0


def test_a_moved_network_is_asked_for(cli: Cli, ana: Path, photos: Photos, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere" / ana.name
    moved.parent.mkdir()
    moved.write_bytes(ana.read_bytes())
    said = cli("recognise", "--aligned", moved, photos.me)
    assert said.code == 2
    assert "no longer there" in said.err and "--base" in said.err


def test_a_folder_without_photos_is_said(cli: Cli, ana: Path, tmp_path: Path) -> None:
    said = cli("recognise", "--aligned", ana, tmp_path)
    assert (said.code, said.err) == (2, f"{tmp_path}: there are no photos here\n")


def test_the_demo_stays_out_of_other_folders(cli: Cli, drawn: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    said = cli("demo", tmp_path)
    assert said.code == 2 and "not an empty folder" in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rename"], "Falta el argumento 'N"),  # Named in the language in which the command was imported.
        (["forget", "--nope"], "No existe la opción '--nope'."),
        (["nope"], "No existe la orden 'nope'."),
        (["forget", "Ana", "Bea"], "Sobran argumentos: 'Bea'."),
        (["people", "--group"], "La opción '--group' necesita un valor."),
        (["people", "--group", "x"], "'--group' pide un número entero."),
        (["learn", "Ana", ".", "--false-match-rate", "x"], "'--false-match-rate' pide un número."),
    ],
)
def test_what_is_wrong_with_a_command_line_is_said_in_spanish(
    arguments: list[str], said: str, cli: Cli
) -> None:
    wrong = cli(*arguments, "--lang", "es")
    assert wrong.code == 2
    assert wrong.err.startswith(said)


def test_photos_without_a_face_and_unreadable_ones_have_no_verdict(
    cli: Cli, ana: Path, photos: Photos, tmp_path: Path
) -> None:
    Image.new("RGB", (300, 200), (40, 90, 160)).save(tmp_path / "sea.png")
    (tmp_path / "text.jpg").write_text("no picture")
    asked = ["recognise", ana, tmp_path / "sea.png", tmp_path / "text.jpg"]
    said = cli(*asked)
    assert "Ana: 0 yes, 0 no, 0 unsure, 1 without a face, 1 that could not be used" in said.out
    assert "The probability supposes that 2% of the faces are of Ana: above 90%" in said.err
    answers = json.loads(cli(*asked, "--json").out)["answers"]
    assert [(each["verdict"], each["probability"]) for each in answers] == [(None, None)] * 2
    assert [each["reason_code"] for each in answers] == ["no_face_found", "not_a_picture"]
    rows = list(csv.DictReader(io.StringIO(cli(*asked, "--csv").out)))
    assert [(row["verdict"], row["probability"]) for row in rows] == [("", "")] * 2
    assert [row["reason_code"] for row in rows] == ["no_face_found", "not_a_picture"]
