"""Work in processes: in order, in the caller's language, ended with the caller, and going on after a kill."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import pytest

from semblante import process_pool as workers
from semblante.errors import SemblanteError
from semblante.i18n import speaking, tr
from semblante.process_pool import in_processes


def adder(what: int) -> Callable[[int], int]:
    return lambda item: item + what


def speaker() -> Callable[[str], str]:
    from semblante.i18n import tr

    return lambda sentence: tr(sentence)


def number_giver() -> Callable[[int], int]:
    return lambda _: os.getpid()


def quitter() -> Callable[[int], int]:
    def quit_at(item: int) -> int:
        if item == 3:
            os._exit(1)
        return item

    return quit_at


def stopper(fatal: Collection[int]) -> Callable[[int], int]:
    """Kills its process, as the system does where memory runs out, at the `fatal` items."""

    def stop_at(item: int) -> int:
        if item in fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    return stop_at


def stopped_once(mark: Path) -> Callable[[int], int]:
    """Kills its process at item 3, but only the first time."""

    def stop_at(item: int) -> int:
        if item == 3 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    return stop_at


def never_ready(starts: Path) -> Callable[[int], int]:
    (starts / str(os.getpid())).touch()
    os.kill(os.getpid(), signal.SIGKILL)
    return abs


def ready_once(mark: Path) -> Callable[[int], int]:
    """Starts once; then kills its process at each item, and no other can start."""
    mark.touch(exist_ok=False)
    return stopper(range(100))


def sleeper(long: Collection[int]) -> Callable[[int], int]:
    """Takes a minute for each of the `long` items."""

    def sleep_at(item: int) -> int:
        time.sleep(60 if item in long else 0)
        return item

    return sleep_at


def minus(item: int) -> int:
    """What the tests put in place of a fatal item, to be told from its result."""
    return -item


@pytest.mark.parametrize("chunk", [1, 7, 100])
def test_results_come_in_the_order_of_the_items(chunk: int) -> None:
    assert list(in_processes(adder, (10,), range(50), 2, chunk)) == list(range(10, 60))


def test_as_many_processes_as_asked_for_share_the_work() -> None:
    helping = set(in_processes(number_giver, (), range(40), 2, 1))
    assert len(helping) == 2
    assert os.getpid() not in helping


def test_they_speak_the_callers_language() -> None:
    with speaking("es"):
        assert list(in_processes(speaker, (), ["yes"], 1, 1)) == ["sí"]


def test_items_are_read_only_as_they_are_needed() -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for item in range(1000):
            taken += 1
            yield item

    results = in_processes(adder, (0,), items(), 2, 2)
    assert next(results) == 0
    assert taken <= 12
    results.close()


def test_a_process_that_ends_early_is_said() -> None:
    with pytest.raises(SemblanteError, match="a helping process has ended"):
        list(in_processes(quitter, (), range(10), 2, 1))


@pytest.mark.parametrize(
    ("chunk", "fatal", "reason"),
    [
        (5, {7}, "amid a chunk"),
        (5, {5}, "first of a chunk"),
        (5, {9}, "last of a chunk"),
        (5, {6, 8}, "two in one chunk"),
        (5, {5, 6, 7, 8, 9}, "a whole chunk"),
        (5, {3, 4, 5, 11}, "in several chunks, one after another"),
        (5, {1}, "in the first chunk"),
        (1, {1}, "alone, before any other was answered"),
        (5, {19}, "the last of all"),
        (100, {1, 19}, "all in one chunk"),
    ],
)
def test_an_item_that_kills_its_process_costs_only_itself(chunk: int, fatal: set[int], reason: str) -> None:
    expected = [-item if item in fatal else item for item in range(1, 20)]
    assert list(in_processes(stopper, (fatal,), range(1, 20), 2, chunk, minus)) == expected, reason


def test_an_item_whose_process_is_killed_by_chance_is_answered(tmp_path: Path) -> None:
    assert list(in_processes(stopped_once, (tmp_path / "mark",), range(10), 1, 4, minus)) == list(range(10))


def test_a_process_that_is_killed_between_two_items_is_replaced() -> None:
    results = in_processes(number_giver, (), iter(range(40)), 1, 1, minus)
    first = next(results)
    os.kill(first, signal.SIGKILL)
    rest = list(results)
    assert len(rest) == 39 and len({first, *rest}) == 2


def test_what_is_put_instead_speaks_the_callers_language() -> None:
    def said(_item: int) -> str:
        return tr("yes")

    with speaking("es"):
        assert list(in_processes(stopper, ({2},), range(1, 4), 1, 2, said)) == [1, "sí", 3]


def test_processes_that_end_as_they_start_are_said(tmp_path: Path) -> None:
    with pytest.raises(SemblanteError, match="a helping process has ended"):
        list(in_processes(never_ready, (tmp_path,), range(100), 2, 3, minus))
    assert len(list(tmp_path.iterdir())) <= 2, "no other is started"


def test_a_process_that_cannot_be_replaced_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SemblanteError, match="a helping process has ended"):
        list(in_processes(ready_once, (tmp_path / "mark",), range(100), 1, 3, minus))
    assert "FileExistsError" in capfd.readouterr().err


def test_where_all_items_end_their_process_none_is_to_blame(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[int] = []
    monkeypatch.setattr(workers, "MOST_IN_A_ROW", 4)
    with pytest.raises(SemblanteError, match="a helping process has ended"):
        given.extend(in_processes(stopper, (range(1, 1000),), range(1, 1000), 2, 2, minus))
    with pytest.raises(SemblanteError, match="a helping process has ended"):
        given.extend(in_processes(stopper, ({1, 2},), (1, 2), 2, 1, minus))
    assert given == []
    results = in_processes(stopper, (range(4, 1000),), range(1, 1000), 2, 2, minus)
    with pytest.raises(SemblanteError, match="a helping process has ended"):
        given.extend(results)
    assert given == [1, 2, 3], "what was answered before is given"


@pytest.mark.parametrize("maker", [sleeper, stopper])
def test_who_stops_early_leaves_no_process(
    maker: Callable[..., Callable[[int], int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither one that is long at work, nor one that is about to take the place of another."""
    started: list[subprocess.Popen[bytes]] = []
    start = workers._started

    def watched() -> subprocess.Popen[bytes]:
        started.append(start())
        return started[-1]

    monkeypatch.setattr(workers, "_started", watched)
    results = in_processes(maker, (range(1, 100),), range(100), 2, 1, minus)
    assert next(results) == 0
    began_s = time.monotonic()
    results.close()
    assert time.monotonic() - began_s < 10
    assert all(process.returncode is not None for process in started)
