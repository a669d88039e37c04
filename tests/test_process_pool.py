"""Work in processes: in order, ended with the pool, shared by threads, and going on after a kill."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sentences import raises

from semblante import process_pool
from semblante.errors import BadImage, Cancelled, NotABundle, SemblanteError
from semblante.process_pool import ProcessPool


def mapped(
    maker: Callable[..., Callable[[Any], Any]],
    settings: tuple[Any, ...],
    items: Iterable[Any],
    processes: int,
    chunk: int,
    instead: Callable[[Any], Any] | None = None,
) -> Generator[Any, None, None]:
    """The results of a pool of its own."""
    with ProcessPool(maker, settings, processes) as pool:
        yield from pool.map_in_order(items, chunk, instead)


def adder(what: int) -> Callable[[int], int]:
    return lambda item: item + what


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
    if mark.exists():
        os.kill(os.getpid(), signal.SIGKILL)
    mark.touch()
    return stopper(range(100))


class Unusual(Exception):
    """Cannot be pickled: its argument is none of its constructor."""

    def __init__(self) -> None:
        super().__init__("unusual")


def refuser(without: str) -> Callable[[int], int]:
    """Raises at the start, or at some items."""
    if without == "bundle":
        raise NotABundle("bundle_missing", path=Path("base"), manifest="a", network="b")

    def answer(item: int) -> int:
        if item == 3:
            raise {"key": KeyError("three"), "code": BadImage("damaged"), "pickle": Unusual()}[without]
        return item

    return answer


def memory_needer() -> Callable[[int], int]:
    def answer(item: int) -> int:
        if item == 3:
            raise MemoryError
        return item

    return answer


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
    assert list(mapped(adder, (10,), range(50), 2, chunk)) == list(range(10, 60))


def test_as_many_processes_as_asked_for_share_the_work() -> None:
    helping = set(mapped(number_giver, (), range(40), 2, 1))
    assert len(helping) == 2
    assert os.getpid() not in helping


def test_items_are_read_only_as_they_are_needed() -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for item in range(1000):
            taken += 1
            yield item

    results = mapped(adder, (0,), items(), 2, 2)
    assert next(results) == 0
    assert taken <= 12
    results.close()


def test_a_process_that_ends_early_is_said() -> None:
    with raises(SemblanteError, match="a helping process has ended"):
        list(mapped(quitter, (), range(10), 2, 1))


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
    assert list(mapped(stopper, (fatal,), range(1, 20), 2, chunk, minus)) == expected, reason


def test_an_item_whose_process_is_killed_by_chance_is_answered(tmp_path: Path) -> None:
    assert list(mapped(stopped_once, (tmp_path / "mark",), range(10), 1, 4, minus)) == list(range(10))


def test_a_process_that_is_killed_between_two_items_is_replaced() -> None:
    results = mapped(number_giver, (), iter(range(40)), 1, 1, minus)
    first = next(results)
    os.kill(first, signal.SIGKILL)
    rest = list(results)
    assert len(rest) == 39 and len({first, *rest}) == 2


def test_processes_that_end_as_they_start_are_said(tmp_path: Path) -> None:
    with raises(SemblanteError, match="a helping process has ended"):
        list(mapped(never_ready, (tmp_path,), range(100), 2, 3, minus))
    # Each of the two may have begun its next before the first end was known.
    assert len(list(tmp_path.iterdir())) <= 4, "none is started for each of the items"


def test_a_process_that_cannot_be_replaced_is_said(tmp_path: Path) -> None:
    with raises(SemblanteError, match="a helping process has ended"):
        list(mapped(ready_once, (tmp_path / "mark",), range(100), 1, 3, minus))


@pytest.mark.parametrize(
    ("without", "raised", "message"),
    [("key", KeyError, "three"), ("code", BadImage, "damaged"), ("pickle", RuntimeError, "unusual")],
)
@pytest.mark.parametrize("chunk", [1, 4])
def test_what_is_raised_for_an_item_is_raised_in_its_turn(
    chunk: int, without: str, raised: type[Exception], message: str
) -> None:
    given: list[int] = []
    with ProcessPool(refuser, (without,), 1) as pool:
        before = set(pool.map_in_order([0]))
        with pytest.raises(raised, match=message):
            given.extend(pool.map_in_order(range(9), chunk, minus))
        assert given == [0, 1, 2]
        assert before == set(pool.map_in_order([0])), "the process lives on"


def test_what_the_maker_raises_is_raised() -> None:
    with pytest.raises(NotABundle, match="bundle_missing"):
        list(mapped(refuser, ("bundle",), range(9), 2, 1, minus))


def test_an_item_that_takes_all_memory_costs_only_itself() -> None:
    assert list(mapped(memory_needer, (), range(6), 1, 4, minus)) == [0, 1, 2, -3, 4, 5]


@pytest.mark.parametrize("maker", [sleeper, stopper])
def test_who_waits_for_a_pool_that_is_closed_is_told(
    maker: Callable[..., Callable[[int], int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where items are asked one by one: a process that is ended so is no item's doing."""
    monkeypatch.setattr(process_pool, "MAX_FATAL_IN_A_ROW", 1000)
    pool = ProcessPool(maker, (range(1, 1000),), 2)
    results = pool.map_in_order(range(1000), 2, minus)
    threading.Timer(1, pool.close).start()
    with raises(SemblanteError, match="the helping processes were closed"):
        for _ in results:
            pass
    with raises(SemblanteError, match="the helping processes were closed"):
        next(pool.map_in_order([0]))


@pytest.mark.slow
def test_where_all_items_end_their_process_none_is_to_blame(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[int] = []
    monkeypatch.setattr(process_pool, "MAX_FATAL_IN_A_ROW", 4)
    with raises(SemblanteError, match="a helping process has ended"):
        given.extend(mapped(stopper, (range(1, 1000),), range(1, 1000), 2, 2, minus))
    with raises(SemblanteError, match="a helping process has ended"):
        given.extend(mapped(stopper, ({1, 2},), (1, 2), 2, 1, minus))
    assert given == []
    results = mapped(stopper, (range(4, 1000),), range(1, 1000), 2, 2, minus)
    with raises(SemblanteError, match="a helping process has ended"):
        given.extend(results)
    assert given == [1, 2, 3], "what was answered before is given"


@pytest.mark.parametrize("maker", [sleeper, stopper])
def test_who_stops_early_leaves_no_process(
    maker: Callable[..., Callable[[int], int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither one that is long at work, nor one that is about to take the place of another."""
    started: list[subprocess.Popen[bytes]] = []
    start = process_pool._started

    def watched() -> subprocess.Popen[bytes]:
        started.append(start())
        return started[-1]

    monkeypatch.setattr(process_pool, "_started", watched)
    results = mapped(maker, (range(1, 100),), range(100), 2, 1, minus)
    assert next(results) == 0
    results.close()
    assert all(process.returncode is not None for process in started)
    # None came to the end of its work, which would take a minute: each was ended.
    assert all(process.returncode < 0 for process in started)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_processes_live_as_long_as_their_pool() -> None:
    with ProcessPool(number_giver, processes=2) as pool:
        first = set(pool.map_in_order(range(40)))
        assert set(pool.map_in_order(range(40))) <= first and len(first) == 2
        assert all(alive(pid) for pid in first)
    assert not any(alive(pid) for pid in first)


def test_little_work_starts_few_processes() -> None:
    with ProcessPool(number_giver, processes=8) as pool:
        assert len({pid for _ in range(10) for pid in pool.map_in_order([0])}) == 1


def test_several_threads_share_a_pool() -> None:
    """Each gets its own results in order, also beside items that kill their process."""
    with ProcessPool(stopper, ({7, 107},), 2) as pool, ThreadPoolExecutor(4) as threads:

        def run(start: int) -> list[int]:
            return list(pool.map_in_order(range(start, start + 30), 3, minus))

        for start, results in zip((0, 100, 200, 300), threads.map(run, (0, 100, 200, 300)), strict=True):
            assert results == [-item if item in (7, 107) else item for item in range(start, start + 30)]


def test_who_stops_early_does_not_wait_and_leaves_the_pool_to_others() -> None:
    with ProcessPool(sleeper, ({1},), 2) as pool:
        results = pool.map_in_order(range(100))
        assert next(results) == 0
        closing = threading.Thread(target=results.close)
        closing.start()
        closing.join(30)
        assert not closing.is_alive(), "it waits for the item that takes a minute"
        assert list(pool.map_in_order(range(2, 20))) == list(range(2, 20))


def test_a_pool_that_nobody_closes_ends_with_its_last_use() -> None:
    pool = ProcessPool[int, int](number_giver, processes=1)
    (pid,) = pool.map_in_order([0])
    del pool
    assert not alive(pid)


def test_who_waits_for_a_slow_result_may_change_its_mind() -> None:
    asked = 0

    def check() -> None:
        nonlocal asked
        asked += 1
        if asked > 2:
            raise Cancelled

    with ProcessPool(sleeper, ({1},), 2) as pool:
        results = pool.map_in_order(range(2), check=check)
        assert next(results) == 0
        with pytest.raises(Cancelled):
            next(results)
