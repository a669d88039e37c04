"""Faces before the user's eyes: cut out of their photos, on a contact sheet, marked, and in the terminal."""

import base64
import errno
import io
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import Cli
from fake_photos import BASE, WIDTH, NoNetwork, Shown, direction, embeddings_of, write_photo
from heard import Heard
from PIL import Image, ImageDraw
from sentences import raises

from semblante.errors import FileAccessError, Reason
from semblante.files import sha256_of
from semblante.i18n import LANGUAGES, Language, speaking
from semblante.library import FaceInPhoto, SqliteStore, Taught
from semblante.metrics.results import Reliability, RocCurve
from semblante.model.bundle import Bundle
from semblante.person import DecisionRule, HeldOutEvaluation, Neuron, Person, person_as_json
from semblante.pipeline import cut_out_faces, photo_of
from semblante.pipeline.face_pictures import face_picture
from semblante.report import ContactSheet, SheetFace, SheetGroup, write_contact_sheet
from semblante.report.faces import mark_face
from semblante.types import Box, Embeddings, FaceRef, Photo

RED, BLUE = (220, 20, 20), (20, 20, 220)
BOX: Box = (900.0, 300.0, 1100.0, 500.0)


def written(path: Path, box: Box = BOX, colour: tuple[int, int, int] = RED) -> FaceInPhoto:
    """A blue photo of 2400 x 1600 pixels with a face in it, a box of one colour."""
    picture = Image.new("RGB", (2400, 1600), BLUE)
    ImageDraw.Draw(picture).rectangle(box, fill=colour)
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, quality=95)
    return FaceInPhoto(1, path, FaceRef(sha256_of(path), 0), box, 2400, 1600)


def pictures_of(page: str) -> list[Image.Image]:
    sources = re.findall(r'src="data:image/webp;base64,([^"]+)"', page)
    return [Image.open(io.BytesIO(base64.b64decode(source))).convert("RGB") for source in sources]


def article(page: str, language: str) -> str:
    return page.partition(f'<article lang="{language}">')[2].partition("</article>")[0]


def someone(name: str) -> Person:
    """A person who is found where faces are much like the first made-up ones."""
    nothing = HeldOutEvaluation(
        "validation", 5, 5, None, None, RocCurve((), (), 0.5), Reliability((), (), (), 0.0)
    )
    neuron = Neuron(10 * direction(1), -5.0, 0.0)
    return Person(name, BASE, neuron, DecisionRule(1.0, -1.3, 0.5, 0.09), 5, 5, 5, nothing)


class TestCuttingOut:
    @pytest.mark.parametrize("suffix", [".jpg", ".png"])
    def test_the_face_fills_most_of_its_picture(self, suffix: str, tmp_path: Path) -> None:
        pixels = face_picture(written(tmp_path / f"a{suffix}"), 168)
        assert pixels.shape == (168, 168, 3)
        inside, corner = pixels[40:128, 40:128].reshape(-1, 3), pixels[:20, :20].reshape(-1, 3)
        assert np.abs(inside.mean(axis=0) - RED).max() < 12 and np.abs(corner.mean(axis=0) - BLUE).max() < 12

    @pytest.mark.parametrize(
        "box", [(-50.0, -20.0, 80.0, 100.0), (2350.0, 1550.0, 2500.0, 1700.0), (10.0, 10.0, 10.2, 10.2)]
    )
    def test_a_face_at_the_edge_is_a_picture_too(self, box: Box, tmp_path: Path) -> None:
        assert min(face_picture(written(tmp_path / "a.jpg", box), 168).shape[:2]) >= 1

    def test_what_cannot_be_shown_is_said(self, tmp_path: Path) -> None:
        faces = [written(tmp_path / f"{name}.jpg") for name in ("good", "gone", "changed", "broken")]
        (tmp_path / "gone.jpg").unlink()
        (tmp_path / "changed.jpg").write_bytes((tmp_path / "good.jpg").read_bytes() + b"\0")
        (tmp_path / "broken.jpg").write_bytes(b"no picture")
        faces[3] = replace(faces[3], face=FaceRef(sha256_of(tmp_path / "broken.jpg"), 0))
        heard = Heard()
        found = list(cut_out_faces(faces, 168, heard.job))
        assert [each.code if isinstance(each, Reason) else "" for each in found] == [
            "", "gone_since_scan", "changed_since_scan", "not_a_picture",
        ]  # fmt: skip
        assert [path.stem for path, _ in heard.skipped] == ["gone", "changed", "broken"]
        assert heard.skipped[0][1] == "it is gone since the scan; scan again"
        assert heard.progress[-1].done == heard.progress[-1].total == 4
        with raises(FileAccessError, "it has changed since the scan"):
            photo_of(faces[2])

    def test_a_photo_is_only_read(self, tmp_path: Path) -> None:
        face = written(tmp_path / "a.jpg")
        before = face.path.stat()
        face_picture(face, 168)
        after = face.path.stat()
        assert (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size)
        assert list(tmp_path.iterdir()) == [face.path]

    def test_the_marked_face_is_framed_and_seen(self, tmp_path: Path) -> None:
        photo = photo_of(written(tmp_path / "a.jpg"), 1200)
        marked = mark_face(photo.pixels, BOX, photo.full_width_px)
        changed = np.flatnonzero((marked != photo.pixels).any(axis=(1, 2)))
        assert 140 <= changed[0] < 150 and 250 < changed[-1] <= 262
        assert np.array_equal(marked[155:245, 455:545], photo.pixels[155:245, 455:545])


class TestTheSheet:
    def write(self, tmp_path: Path, sheet: ContactSheet) -> str:
        write_contact_sheet(tmp_path / "sheet.html", sheet)
        return (tmp_path / "sheet.html").read_text(encoding="utf-8")

    def test_is_one_page_in_two_languages_that_loads_nothing(self, tmp_path: Path) -> None:
        yes, unsure = (
            written(tmp_path / "photos" / "<b>a.jpg"),
            written(tmp_path / "b.jpg", colour=(20, 200, 20)),
        )
        groups = [
            SheetGroup([SheetFace(yes, "yes", 0.983)], "yes"),
            SheetGroup([SheetFace(unsure, "unsure", 0.51)], "unsure"),
        ]
        page = self.write(tmp_path, ContactSheet("found", groups, someone("李雷 <Ana>")))
        assert "<script" not in page and "http:" not in page and "https:" not in page
        assert "default-src &#39;none&#39;" in page
        assert "<b>a.jpg" not in page and "&lt;b&gt;a.jpg" in page
        said: dict[Language, list[str]] = {
            "en": [
                "Photos that show 李雷 &lt;Ana&gt;",
                "yes, 98.3%",
                "unsure, 51.0%",
                "b.jpg",
                "Faces: 2",
                "The probability supposes that 50% of the faces are of 李雷 &lt;Ana&gt;: above 90% the",
            ],
            "es": ["Fotos que muestran a 李雷", "sí, 98,3\N{NO-BREAK SPACE}%", ", 51,0", "Caras: 2"],
        }
        for language, texts in said.items():
            assert all(text in article(page, language) for text in texts), language
            assert yes.path.absolute().as_uri() in article(page, language), "a picture leads to its photo"
        colours = [np.asarray(each)[60:100, 60:100].reshape(-1, 3).mean(axis=0) for each in pictures_of(page)]
        assert len(colours) == 2 * len(LANGUAGES)
        assert np.abs(colours[0] - RED).max() < 15 and np.abs(colours[1] - (20, 200, 20)).max() < 15

    def test_groups_have_their_numbers_and_doubtful_faces_are_marked(self, tmp_path: Path) -> None:
        face = written(tmp_path / "a.jpg")
        groups = [
            SheetGroup([SheetFace(face), SheetFace(face, doubtful=True)], number=3, more=1500),
            SheetGroup([SheetFace(face)], number=7, name="Ana"),
        ]
        page = self.write(tmp_path, ContactSheet("people", groups))
        english, spanish = article(page, "en"), article(page, "es")
        assert "3. unknown: 1,502 faces" in english and "7. Ana: 1 faces" not in english
        assert "7. Ana: 1 face<" in english and "7. Ana: 1 cara<" in spanish and "1502 caras" in spanish
        assert english.count("perhaps somebody else") == spanish.count("quizá otra persona") == 1
        assert "and 1,500 more" in english

    def test_photos_that_are_gone_are_named_on_it(self, tmp_path: Path) -> None:
        here, gone = written(tmp_path / "a.jpg"), written(tmp_path / "gone.jpg")
        gone.path.unlink()
        page = self.write(
            tmp_path,
            ContactSheet("questions", [SheetGroup([SheetFace(gone), SheetFace(here)])], someone("A")),
        )
        assert "gone.jpg: it is gone since the scan; scan again" in article(page, "en")
        assert "gone.jpg: ya no está desde el escaneo" in article(page, "es")
        assert len(pictures_of(page)) == 2

    def test_a_page_of_very_many_faces_stays_small(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(0)
        noise = np.asarray(Image.fromarray(rng.integers(0, 255, (16, 16, 3), np.uint8)).resize((400, 400)))
        path = tmp_path / "a.png"
        Image.fromarray(noise).save(path)
        face = FaceInPhoto(1, path, FaceRef(sha256_of(path), 0), (50.0, 50.0, 350.0, 350.0), 400, 400)
        page = self.write(tmp_path, ContactSheet("people", [SheetGroup([SheetFace(face)] * 100, number=1)]))
        assert len(page) < 100 * 15_000 and page.count('loading="lazy"') == 200


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cli: Cli) -> Path:
    """Scanned photos: five of Ana, one that may show her, three of Bo; the files stand for pictures."""
    bundle = Bundle(tmp_path / "base", {"weights": {"sha256": BASE, "embedding_size": WIDTH}})

    def background(_bundle: Bundle) -> Embeddings:
        return np.concatenate([embeddings_of(5000 + who, 1) for who in range(200)])

    def load(path: Path, _max_side_px: int | None = None) -> Photo:
        colour = RED if path.name.startswith("ana") else BLUE
        return Photo(np.full((480, 640, 3), colour, np.uint8), str(path), 640, 480)

    monkeypatch.setattr("semblante.pipeline.FaceAnalyzer", NoNetwork)
    monkeypatch.setattr("semblante.pipeline.face_pictures.load", load)
    monkeypatch.setattr(Bundle, "background", background)
    monkeypatch.setattr("semblante.pipeline.open_base", lambda folder=None, person=None: bundle)
    monkeypatch.setenv("SEMBLANTE_HOME", str(tmp_path / "data"))
    photos = tmp_path / "photos"
    for number in range(5):
        write_photo(photos / f"ana-{number}.jpg", Shown(1), salt=number)
    for number in range(3):
        write_photo(photos / f"bo-{number}.jpg", Shown(2), salt=number)
    write_photo(photos / "perhaps.jpg", Shown(1, noise=1.2), salt=50)
    assert cli("scan", photos).code == 0
    person = someone("Ana")
    taught = [
        Taught("positive", FaceRef(f"{number:064x}", 0), row)
        for number, row in enumerate(embeddings_of(1, 3))
    ]
    with SqliteStore(tmp_path / "data") as store:
        store.keep_person(person_as_json(person), "Ana", taught)
    return photos


def names_on(page: Path, language: str = "en") -> list[str]:
    return re.findall(r'<bdi class="source">([^<]*)', article(page.read_text(encoding="utf-8"), language))


class TestOnTheCommandLine:
    def test_find_writes_one_of_what_it_finds(self, library: Path, cli: Cli, tmp_path: Path) -> None:
        said = cli("find", "Ana", "--unsure", "--sheet", tmp_path / "sheet.html")
        assert said.code == 0 and f"Contact sheet: {tmp_path / 'sheet.html'}" in said.err
        assert names_on(tmp_path / "sheet.html") == [Path(line).name for line in said.out.splitlines()]
        as_json = cli("find", "Ana", "--json", "--sheet", tmp_path / "sheet.html")
        assert as_json.code == 0 and as_json.out.startswith("{"), "its own page is written anew"

    def test_people_write_one_of_the_groups(self, library: Path, cli: Cli, tmp_path: Path) -> None:
        assert cli("people", "--sheet", tmp_path / "all.html", "--lang", "es").code == 0
        page = (tmp_path / "all.html").read_text(encoding="utf-8")
        assert "1. Ana: " in page and "2. desconocida: 3 caras" in page
        assert cli("people", "--group", "2", "--sheet", tmp_path / "two.html").code == 0
        assert sorted(names_on(tmp_path / "two.html")) == [f"bo-{number}.jpg" for number in range(3)]

    def test_review_writes_one_of_its_questions(
        self, library: Path, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("builtins.input", lambda _question: "q")
        said = cli("review", "Ana", "--sheet", tmp_path / "sheet.html")
        assert said.code == 0 and "perhaps.jpg: the face at" in said.out
        assert names_on(tmp_path / "sheet.html") == ["perhaps.jpg"]

    def test_where_no_face_is_seen_the_way_to_see_it_is_named(
        self, library: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO())
        monkeypatch.setattr("webbrowser.open", lambda _address: True)
        assert "--open, or --sheet FILE.html" in cli("review", "Ana").err
        assert "--open o --sheet ARCHIVO.html" in cli("review", "Ana", "--lang", "es").err
        for seen in (["--open"], ["--sheet", tmp_path / "sheet.html"]):
            assert "To see the faces" not in cli("review", "Ana", *seen).err

    @pytest.mark.parametrize("command", [["find", "Ana"], ["people"], ["review", "Ana"]])
    def test_another_file_is_never_written_over(
        self, command: list[str], library: Path, cli: Cli, tmp_path: Path
    ) -> None:
        (tmp_path / "theirs.html").write_text("<html>")
        for name, problem in (("theirs.html", "did not write it"), ("sheet.pdf", "ends with .html")):
            said = cli(*command, "--sheet", tmp_path / name)
            assert said.code == 2 and problem in said.err and said.out == ""
        assert (tmp_path / "theirs.html").read_text() == "<html>"

    def test_review_opens_the_photo_with_the_face_marked(
        self, library: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        opened: list[Path] = []

        def look(address: str) -> bool:
            opened.append(Path(address.removeprefix("file://")))
            picture = np.asarray(Image.open(opened[-1]).convert("RGB"))
            assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 1, "a mark on a picture of one colour"
            assert opened[-1].parent.stat().st_mode & 0o077 == 0, "nobody else's business"
            return True

        monkeypatch.setattr("webbrowser.open", look)
        monkeypatch.setattr("builtins.input", lambda _question: "s")
        said = cli("review", "Ana", "--open")
        assert said.code == 0 and len(opened) == 1
        assert library not in opened[0].parents and not opened[0].parent.exists(), "nothing is left behind"

    def test_where_no_program_shows_pictures_that_is_said(
        self, library: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As over SSH, without a display."""
        monkeypatch.setattr("webbrowser.open", lambda _address: False)
        monkeypatch.setattr("sys.stdin", io.StringIO())
        assert "could be started; try --sheet FILE.html" in cli("review", "Ana", "--open").err
        assert "pruebe --sheet ARCHIVO.html" in cli("review", "Ana", "--open", "--lang", "es").err

    def test_review_says_that_a_photo_is_gone_and_asks_all_the_same(
        self, library: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (library / "perhaps.jpg").unlink()
        monkeypatch.setattr("webbrowser.open", lambda _address: pytest.fail("there is nothing to open"))
        monkeypatch.setattr("builtins.input", lambda _question: "s")
        said = cli("review", "Ana", "--open")
        assert said.code == 0 and "perhaps.jpg: it is gone since the scan; scan again" in said.err


def test_a_sheet_in_the_data_folder_is_forgotten_with_the_name_and_not_by_chance(
    library: Path, cli: Cli, tmp_path: Path
) -> None:
    """A picture is written in letters, digits, + and /, which may spell a short name."""
    data = tmp_path / "data"
    assert cli("find", "Ana", "--sheet", data / "ana.html").code == 0
    of_others = (data / "ana.html").read_text().replace("Ana", "Eva").replace("ana-", "eva-")
    (data / "eva.html").write_text(of_others.replace("base64,", "base64,+ana/", 1))
    assert cli("forget", "Ana", "--yes").code == 0
    assert not (data / "ana.html").exists() and (data / "eva.html").exists()


OPENED = """
import signal, time
from semblante.cli.pictures import marked_photos
signal.signal(signal.SIGINT, signal.default_int_handler)  # Ignored where the tests run in the background.
with marked_photos() as photos:
    (photos._folder / "1.jpg").write_bytes(b"a face")
    print(photos._folder, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_no_marked_photo_is_left_behind_by_a_process_that_is_ended(number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", OPENED], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    folder = Path(os.fsdecode(process.stdout.readline().strip()))
    assert folder.is_dir() and folder.parent == Path(tempfile.gettempdir())
    process.send_signal(number)
    assert process.wait(20) != 0
    process.stdout.close()
    assert not folder.exists()


SHOWN = """
import sys
from pathlib import Path
from semblante.cli import pictures
from semblante.library import FaceInPhoto
from semblante.types import FaceRef
path, sha256 = sys.argv[1:]
face = FaceInPhoto(1, Path(path), FaceRef(sha256, 0), (900.0, 300.0, 1100.0, 500.0), 2400, 1600)
pictures.show_in_terminal([face, face])
print("the end")
"""


def in_terminal(command: list[str], answers: Callable[[bytes], bytes], **environment: str) -> bytes:
    """What a process writes to a terminal that answers it."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 1000, 800))
    known = os.environ | {"TERM": "xterm-256color"} | environment
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, env=known)
    os.close(theirs)
    written, answered, until = b"", 0, time.monotonic() + 60
    while time.monotonic() < until:
        try:
            piece = os.read(ours, 65536)
        except OSError as error:
            assert error.errno == errno.EIO  # The other end is closed.
            break
        if not piece:
            break
        written += piece
        if answer := answers(written[answered:]):
            answered = len(written)
            os.write(ours, answer)
    os.close(ours)
    assert process.stderr is not None
    with process.stderr:
        problem = process.stderr.read()
    assert process.wait(20) == 0, problem.decode()
    return written


def sixel(asked: bytes) -> bytes:
    return b"\x1b[?62;4;22c" if b"\x1b[c" in asked else b""


def kitty(asked: bytes) -> bytes:
    if question := re.search(rb"\x1b_Gi=(\d+),s=1,v=1,a=q", asked):
        return b"\x1b_Gi=" + question[1] + b";OK\x1b\\"
    return b"\x1b[?62;22c" if b"\x1b[c" in asked else b""


def neither(asked: bytes) -> bytes:
    return b"\x1b[?62;22c" if b"\x1b[c" in asked else b""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="terminals of POSIX")
@pytest.mark.parametrize(
    ("answers", "environment", "shown"),
    [
        pytest.param(sixel, {}, b"\x1bP", id="Sixel, which iTerm2 knows too"),
        pytest.param(kitty, {}, b"a=p", id="Kitty"),
        pytest.param(neither, {}, b"", id="a terminal that shows text alone"),
        pytest.param(sixel, {"TERM": "dumb"}, b"", id="a dumb terminal is not even asked"),
    ],
)
def test_a_terminal_that_shows_pictures_shows_the_faces(
    answers: Callable[[bytes], bytes], environment: dict[str, str], shown: bytes, tmp_path: Path
) -> None:
    face = written(tmp_path / "a.jpg")
    command = [sys.executable, "-c", SHOWN, str(face.path), face.face.photo]
    said = in_terminal(command, answers, **environment)
    assert said.rstrip().endswith(b"the end")
    if shown:
        assert shown in said and len(said) > 1000
    else:
        assert b"\x1bP" not in said and b"a=p" not in said and len(said) < 200
    if environment:
        assert said.strip() == b"the end"


@pytest.mark.parametrize("command", [["people"], ["people", "--json"], ["find", "Ana"]])
def test_nothing_of_a_picture_is_in_a_pipe(command: list[str], library: Path, cli: Cli) -> None:
    said = cli(*command)
    assert said.code == 0 and "\x1b" not in said.out + said.err
    with speaking("es"):
        assert "\x1b" not in cli(*command, "--lang", "es").out
