"""The public interface: what `dir` shows is there, under its own name, and no submodule is hidden by it."""

import ast
import importlib
import importlib.metadata
import importlib.util
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import semblante

PACKAGES = [
    "semblante",
    *(
        found.name
        for found in pkgutil.walk_packages(semblante.__path__, "semblante.")
        if found.ispkg and found.name != "semblante.pretrained"
    ),
]


def test_dir_shows_the_whole_interface() -> None:
    assert dir(semblante) == sorted(semblante.__all__)
    expected = {
        "FaceAnalyzer",
        "Library",
        "Person",
        "Verification",
        "Detector",
        "prepare",
        "train",
        "evaluate",
    }
    assert expected <= set(dir(semblante))
    for name in dir(semblante):
        assert getattr(semblante, name) is not None


def test_type_checkers_see_what_is_loaded() -> None:
    """The imports for type checkers name the same homes as the table that loads lazily."""
    tree = ast.parse(Path(semblante.__file__).read_text(encoding="utf-8"))
    shown = {
        alias.name: f"semblante.{alias.name}" if node.module == "semblante" else node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module not in ("typing", "semblante.lazy")
        for alias in node.names
    }
    assert shown == semblante._HOME


@pytest.mark.parametrize("package", PACKAGES)
def test_no_submodule_is_hidden_by_a_name_of_its_package(package: str) -> None:
    module = importlib.import_module(package)
    for name in getattr(module, "__all__", ()):
        if importlib.util.find_spec(f"{package}.{name}") is not None:
            assert isinstance(getattr(module, name), ModuleType), f"{package}.{name}"


AS_A_NEWCOMER = """
from pathlib import Path

import semblante
from semblante import generate, jobs

generate.write_person(Path("photos/ana"), "ana", seed=1, person=0, count=9)
analyzer = semblante.FaceAnalyzer()
person = analyzer.learn("Ana", "photos/ana")
photo = Path("photos/ana/ana-02.jpg")
Path("text.jpg").write_text("no picture")
Path("sea.png").write_bytes(photo.read_bytes()[:0])


def detecting(found):
    return semblante.FaceAnalyzer(detector=lambda pixels: found).analyze(photo)


library = semblante.Library("index", create=True)
tried = {
    "a name where a person is needed": lambda: list(analyzer.recognise("Ana", [photo])),
    "a name to the function": lambda: list(semblante.recognise("Ana", [photo], analyzer)),
    "a number is found": lambda: library.find(5),
    "a person alone is kept": lambda: library.keep(person),
    "a detector gives tuples": lambda: detecting([(1, 2, 30, 40)]),
    "a detector gives nothing": lambda: detecting(None),
    "an attribute that there is none of": lambda: library.find(with_=["Foo"]),
    "one that is misspelt": lambda: library.find(without="Smilling"),
    "a folder that holds no index": lambda: semblante.Library("typo"),
    "a number for a name": lambda: analyzer.learn(5, "photos/ana"),
    "photos and name in the wrong order": lambda: analyzer.learn([photo], "Ana"),
    "None for a name to be forgotten": lambda: library.forget(None),
    "a number for a new name": lambda: library.rename("Ana", 5),
    "a number where a path is needed": lambda: analyzer.learn("Ana", [photo, 5]),
    "the content where a path is needed": lambda: library.scan(photo.read_bytes(), analyzer),
    "None where a path is needed": lambda: next(iter(analyzer.analyze_many([None]))),
    "a path read letter by letter": lambda: analyzer.learn("Ana", "photos/nobody"),
    "name and photos swapped": lambda: analyzer.learn(["photos/ana"], "Ana"),
    "a rate as text": lambda: analyzer.learn("Ana", photo, false_match_rate="0.01"),
    "a list of crops": lambda: analyzer.embed([[1]]),
    "no model": lambda: semblante.FaceAnalyzer(5),
    "no analyzer": lambda: library.scan("photos", None),
    "a path where a model is needed": lambda: library.people("model"),
    "a name where a group is needed": lambda: library.name_group("Ana", "Eva", analyzer),
    "a name is saved": lambda: semblante.save("Ana", "ana.json"),
    "a path is evaluated": lambda: semblante.evaluate("model", "prepared"),
    "no prepared set": lambda: semblante.open_prepared("nowhere"),
}
for what, attempt in tried.items():
    try:
        attempt()
    except semblante.UserError as error:
        print(error.code, "|", what, "|", semblante.describe(error))
    else:
        print("no error |", what, "|")
assert not Path("typo").exists()

generate.write_celeba("drawn", people=6, pictures_each=2)
semblante.prepare("drawn", "prepared", 32)
assert semblante.summarise(semblante.open_prepared("prepared")).images == 12
semblante.write_explanation("smile.png", analyzer.explain(str(photo), "Smiling"))
readings = list(analyzer.analyze_many(str(photo)))
assert [reading.source for reading in readings] == [str(photo)]
assert library.scan("photos", analyzer).photos == 9
assert len(list(analyzer.recognise(person, "photos/ana"))) == 9
assert library.find(with_="Male").faces == library.find(with_=["hombre"]).faces
for photos in ("photos/ana", semblante.TrainingPhotos("photos/ana")):
    library.keep(semblante.learn("Ana", photos, analyzer), analyzer.bundle.background())
assert semblante.Library("index").names() == ("Ana",)
for path in ("text.jpg", "sea.png"):
    (decision,) = analyzer.recognise(person, path)
    assert decision.verdict is None and decision.probability is None, decision
    print(decision.reason.code, "| no verdict |")
print(semblante.__version__)
"""
"""Run without the checks of types that the tests add: so it is for those who use the package."""

EXPECTED = {
    "a name where a person is needed": "not_a_person",
    "a name to the function": "not_a_person",
    "a number is found": "not_a_person",
    "a person alone is kept": "not_a_learn_result",
    "a detector gives tuples": "not_detections",
    "a detector gives nothing": "not_detections",
    "an attribute that there is none of": "unknown_attribute",
    "one that is misspelt": "misspelt_attribute",
    "a folder that holds no index": "index_missing",
    "a number for a name": "name_not_text",
    "photos and name in the wrong order": "name_not_text",
    "None for a name to be forgotten": "name_not_text",
    "a number for a new name": "nobody_known",
    "a number where a path is needed": "not_a_path",
    "the content where a path is needed": "not_a_path",
    "None where a path is needed": "not_a_path",
    "a path read letter by letter": "file_missing",
    "name and photos swapped": "name_not_text",
    "a rate as text": "wrong_type",
    "a list of crops": "wrong_type",
    "no model": "wrong_type",
    "no analyzer": "wrong_type",
    "a path where a model is needed": "wrong_type",
    "a name where a group is needed": "wrong_type",
    "a name is saved": "not_a_person",
    "a path is evaluated": "wrong_type",
    "no prepared set": "prepared_set_missing",
}


def test_a_newcomers_mistakes_are_named_or_simply_work(tmp_path: Path) -> None:
    command = [sys.executable, "-c", AS_A_NEWCOMER]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    *lines, version = done.stdout.splitlines()
    said = [line.split(" | ") for line in lines]
    assert {what: code for code, what, *_ in said if what in EXPECTED} == EXPECTED
    assert all(len(sentence) > 20 for _, what, *sentences in said for sentence in sentences if sentence)
    unjudged = [code for code, what, *_ in said if what.startswith("no verdict")]
    assert unjudged == ["not_a_picture", "empty_file"]
    assert re.fullmatch(r"\d+\.\d+.*", version)


def test_the_version_is_that_of_the_package() -> None:
    assert semblante.__version__ == importlib.metadata.version("semblante")
