"""Work in several processes: in order, in the caller's language, ended with the caller."""

import os
from collections.abc import Callable, Iterator

import pytest

from semblante.errors import SemblanteError
from semblante.text import speaking
from semblante.workers import in_processes


def adder(what: int) -> Callable[[int], int]:
    return lambda item: item + what


def speaker() -> Callable[[str], str]:
    from semblante.text import say

    return lambda sentence: say(sentence)


def number_giver() -> Callable[[int], int]:
    return lambda _: os.getpid()


def quitter() -> Callable[[int], int]:
    def quit_at(item: int) -> int:
        if item == 3:
            os._exit(1)
        return item

    return quit_at


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
