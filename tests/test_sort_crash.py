"""Sorting and undoing, killed at every step: photos stay whole, and what was done can be taken back."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from sorted_photos import match, put, tree

from semblante.organize.journal import How, append_line, sort_runs
from semblante.organize.sort import Sorting, sort_photos
from semblante.organize.undo import undo_sort

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is copied for every step")

DRIVER = """
import os, sys
from pathlib import Path

sys.path.insert(0, str(Path(sys.argv[1])))
from killing import kill_at
from sorted_photos import match, put, tree
from semblante.organize.journal import sort_runs
from semblante.organize.undo import undo_sort
from semblante.organize.sort import Sorting, sort_photos

SIDECAR = b"<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'></r:RDF>"


def check_whole(place, before, about):
    after = tree(place)
    for name, was in before.items():
        held = after[name]
        whole = name.endswith(".xmp") and held.startswith(b"<r:RDF") and held.endswith(b"</r:RDF>")
        assert held == was or whole, (about, name)
    for name in after:
        if name.endswith(".jpg") and name not in before:
            assert place.joinpath(name).read_bytes() in (b"first" * 1000, b"second"), (about, name)


def killed_at(wanted, place, how, what):
    about = how, what, wanted
    matches = put(place / "photos", {"a/1.jpg": b"first" * 1000, "b/1.jpg": b"second"})
    (place / "photos/b/1.jpg.xmp").write_bytes(SIDECAR)
    before = tree(place)

    def sort():
        to = None if how == "xmp" else place / "out" / "deep"
        list(sort_photos(matches, Sorting("Ana", how, to), place / "data"))

    if what == "undo":
        sort()
    child = os.fork()
    if child == 0:
        kill_at(wanted)
        sort() if what == "sort" else undo_sort(place / "data")
        os._exit(0)
    killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
    check_whole(place, before, about)
    if any(not run.undone for run in sort_runs(place / "data")):
        undo_sort(place / "data")
    left = {name: held for name, held in tree(place).items() if name.partition("/")[0] != "data"}
    assert left == before, (about, sorted(left.keys() ^ before.keys()))
    return killed


for how in ("copy", "hardlink", "symlink", "xmp"):
    for what in ("sort", "undo"):
        steps = 0
        while killed_at(steps, Path(sys.argv[2], how, what, str(steps)), how, what):
            steps += 1
        print(how, what, steps)
"""


@pytest.mark.slow
def test_killed_at_every_step(tmp_path: Path) -> None:
    """A process is really killed before each change to the disk; then its run is undone."""
    command = [sys.executable, "-c", DRIVER, str(Path(__file__).parent), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    steps = {(how, what): int(count) for how, what, count in map(str.split, done.stdout.splitlines())}
    assert len(steps) == 8
    assert min(count for (_, what), count in steps.items() if what == "sort") > 10, steps
    assert min(count for (_, what), count in steps.items() if what == "undo") > 3, steps


@pytest.mark.parametrize("how", get_args(How))
def test_a_journal_torn_at_any_byte_of_its_last_lines(how: How, tmp_path: Path) -> None:
    """After a power cut the last line may be there in part: not yet acted on, or about what was done."""
    found = put(tmp_path / "photos", {"1.jpg": b"first"})
    before = tree(tmp_path)
    list(
        sort_photos(found, Sorting("Ana", how, None if how == "xmp" else tmp_path / "out"), tmp_path / "data")
    )
    (run,) = sort_runs(tmp_path / "data")
    whole = run.path.read_bytes()
    last_step, done = whole.splitlines(keepends=True)[-2:]
    assert json.loads(done) == {"done": max(run.steps)}
    for cut in range(1, len(done) + 1):
        run.path.write_bytes(whole[:-cut])
        rehearsed = undo_sort(tmp_path / "data", dry_run=True)[1]
        assert {each.outcome for each in rehearsed} == {"removed"}, cut
    undo_sort(tmp_path / "data")
    assert {name: held for name, held in tree(tmp_path).items() if not name.startswith("data")} == before
    assert sort_runs(tmp_path / "data")[0].undone, "what is appended after a torn line counts"
    run.path.write_bytes(whole[: -len(done) - len(last_step) // 2])
    assert sum(len(each.steps) for each in sort_runs(tmp_path / "data")) == len(run.steps) - 1


def test_lines_of_no_use_are_passed_over(tmp_path: Path) -> None:
    found = put(tmp_path / "photos", {"1.jpg": b"first"})
    list(sort_photos(found, Sorting("Ana", "copy", tmp_path / "out"), tmp_path / "data"))
    (run,) = sort_runs(tmp_path / "data")
    for text in (b"[]\n", b"\n", b"\xff{\n", b'"x"\n', b"12"):
        with run.path.open("ab") as lines:
            lines.write(text)
    append_line(run.path, {"undone": "now"})
    assert sort_runs(tmp_path / "data")[0].steps == run.steps
    assert sort_runs(tmp_path / "data")[0].undone
    (run.path.parent / "other.jsonl").write_bytes(b"{}\n")
    assert len(sort_runs(tmp_path / "data")) == 1


def test_a_killed_run_goes_on_with_the_same_command(tmp_path: Path) -> None:
    found = put(tmp_path / "photos", {"1.jpg": b"first", "2.jpg": b"second"})
    sorting = Sorting("Ana", "copy", tmp_path / "out")
    going = sort_photos(found, sorting, tmp_path / "data")
    next(going)
    del going
    assert [each.outcome for each in sort_photos(found, sorting, tmp_path / "data")] == ["already", "made"]
    assert match(tmp_path / "out" / "2.jpg").content_sha256 == found[1].content_sha256
