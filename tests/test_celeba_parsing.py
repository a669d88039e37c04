"""CelebA's lists, clean and dirty."""

import re
import time

import numpy as np
import pytest
from celeba_tiny import labels, official_lists
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import raises

from semblante.celeba.parsing import parse_attributes, parse_numbers
from semblante.errors import NotCelebA, Reason
from semblante.labels import ATTRIBUTES

NAMES = ("000001.jpg", "000002.jpg", "000003.jpg")
CLEAN = official_lists(NAMES)["list_attr_celeba.txt"]
LINES = CLEAN.splitlines()
EXPECTED = np.array([labels(number) for number in (1, 2, 3)], np.uint8)
CSV = "\n".join([",".join(["image_id", *ATTRIBUTES]), *(",".join(line.split()) for line in LINES[2:])])


def lines(*rows: str) -> bytes:
    return "\n".join([LINES[0], LINES[1], *rows]).encode()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (CLEAN.encode(), "as the official file is"),
        (CLEAN.replace(" ", "   \t").encode(), "runs of blanks and tabs"),
        (CLEAN.replace("\n", "  \n").encode(), "trailing blanks"),
        (CLEAN.replace("\n", "\r\n").encode(), "Windows line ends"),
        (CLEAN.replace("\n", "\r").encode(), "old Mac line ends"),
        (CLEAN.replace("\n", "\n\n").encode(), "blank lines"),
        (CLEAN.rstrip("\n").encode(), "no line end at the end"),
        (b"\xef\xbb\xbf" + CLEAN.encode(), "byte order mark"),
        (CLEAN.encode("utf-16"), "saved by PowerShell as UTF-16"),
        (CLEAN.replace("-1", " 0").encode(), "0 and 1 for -1 and 1"),
        ("\n".join(LINES[1:]).encode(), "no count in the first line"),
        (CLEAN.replace("Young", "young").replace("Male", "MALE").encode(), "columns in other case"),
        (CSV.encode(), "Kaggle's"),
        (CSV.replace(",", ";").encode(), "semicolons, as some spreadsheets write"),
        (CSV.replace(",", " , ").encode(), "blanks around commas"),
        (re.sub(r"([^,\n]+)", r'"\1"', CSV).encode(), "quoted values"),
        (CSV.replace("\n", ",\n").encode() + b",", "trailing commas"),
        (CSV.replace("image_id", "Photo").encode(), "a first column of another name"),
        (("\n" + CSV).replace("\n", "\n7,").strip().encode(), "an index before the names, as pandas writes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_lists_that_say_the_same(content: bytes, why: str) -> None:
    parsed = parse_attributes(content, "list_attr_celeba.txt")
    assert parsed.names == NAMES
    np.testing.assert_array_equal(parsed.labels, EXPECTED)
    assert parsed.skipped == ()


@pytest.mark.parametrize(
    ("row", "name", "reason", "why"),
    [
        (LINES[2], "000001.jpg", "duplicate_row", "the same row again"),
        (LINES[2].replace("jpg  1", "jpg -1"), "000001.jpg", "contradictory_row", "another label"),
        (LINES[2].replace("000001", "000009") + " 1", "000009.jpg", "ragged_row", "a value too many"),
        ("000009.jpg 1 -1 1", "000009.jpg", "ragged_row", "cut short in the middle"),
        (LINES[3].replace("000002", "000009")[:-2] + " 2", "000009.jpg", "row_with_bad_value", "a 2"),
        (LINES[3].replace("000002", "000009")[:-2] + " x", "000009.jpg", "row_with_bad_value", "a letter"),
        ("\x07" + LINES[3][1:], "line 6", "row_without_name", "a name that cannot be printed"),
    ],
)
def test_rows_that_cannot_be_used(row: str, name: str, reason: str, why: str) -> None:
    parsed = parse_attributes(lines(*LINES[2:], row), "list")
    assert [(row.name, row.issue) for row in parsed.skipped] == [(name, reason)]
    assert parsed.names == NAMES
    np.testing.assert_array_equal(parsed.labels, EXPECTED)


def test_wrong_count_and_unknown_columns_are_noted() -> None:
    header = "Nice " + LINES[1]
    rows = [line.replace("jpg", "jpg 5") for line in LINES[2:]]
    parsed = parse_attributes("\n".join(["202599", header, *rows]).encode(), "list")
    np.testing.assert_array_equal(parsed.labels, EXPECTED)
    assert parsed.notes == (
        Reason("list_cut_off", {"list": "list", "listed": 202599, "found": 3}),
        Reason("unknown_columns", {"names": ["Nice"]}),
    )


@pytest.mark.parametrize(
    ("content", "named", "why"),
    [
        (CLEAN.replace("Wearing_Hat ", "").encode(), "Wearing_Hat", "one of the 40 is missing"),
        ("\n".join(LINES[2:]).encode(), "5_o_Clock_Shadow", "no line of names"),
        (b"", "5_o_Clock_Shadow", "an empty file"),
        (b"\x00\xff" * 300, "5_o_Clock_Shadow", "no text at all"),
        (b"3\n", "5_o_Clock_Shadow", "nothing but the count"),
    ],
)
def test_lists_without_the_columns_are_refused(content: bytes, named: str, why: str) -> None:
    with raises(NotCelebA, match=f"(?s)my_list.*{named}"):
        parse_attributes(content, "my_list")


def test_a_list_without_rows_is_empty() -> None:
    assert parse_attributes("\n".join(LINES[:2]).encode(), "list").names == ()


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_blanks_line_ends_and_column_order(data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(40)))
    table = data.draw(st.lists(st.lists(st.integers(0, 1), min_size=40, max_size=40), max_size=4))
    no = data.draw(st.sampled_from(["-1", "0"]))
    blanks = st.text(" \t", min_size=1, max_size=3)
    line_end = data.draw(st.sampled_from(["\n", "\r\n", "\r", " \n\n"]))
    rows = [
        [f"{at}.jpg", *(("1" if row[column] else no) for column in order)] for at, row in enumerate(table)
    ]
    divided = [data.draw(blanks).join(row) for row in [[ATTRIBUTES[column] for column in order], *rows]]
    parsed = parse_attributes(line_end.join([str(len(table)), *divided]).encode(), "list")
    assert parsed.labels.tolist() == table
    assert parsed.names == tuple(f"{at}.jpg" for at in range(len(table)))
    assert (parsed.skipped, parsed.notes) == ((), ())


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=300))
def test_no_bytes_are_too_odd(content: bytes) -> None:
    parse_numbers(content, "list", 2)
    parsed = parse_attributes((CLEAN.encode() + content), "list")
    assert parsed.names[:3] == NAMES


@pytest.mark.parametrize(
    ("content", "numbers", "notes", "why"),
    [
        ("a.jpg 0\nb.jpg 2\n", {"a.jpg": 0, "b.jpg": 2}, [], "official"),
        ("image_id,partition\na.jpg,0\r\n", {"a.jpg": 0}, [], "Kaggle's"),
        (",image_id,partition\n0,a.jpg,1\n", {"a.jpg": 1}, [], "pandas' index first"),
        ("a.jpg 0\na.jpg 0\n", {"a.jpg": 0}, [], "the same row again says nothing new"),
        ("a.jpg 0\na.jpg 1\n", {"a.jpg": 0}, [("contradictory_list_rows", ["a.jpg"])], "the first is kept"),
        ("a.jpg 3\nb.jpg 1\n", {"b.jpg": 1}, [("bad_list_rows", ["a.jpg"])], "there is no fourth split"),
        ("a.jpg -1\n", {}, [("bad_list_rows", ["a.jpg"])], "a negative number"),
        ("a.jpg\nb.jpg 1 1\n", {}, [("bad_list_rows", ["a.jpg", "b.jpg"])], "too few and too many values"),
        ("a.jpg " + "9" * 5000, {}, [("bad_list_rows", ["a.jpg"])], "a number of 5000 digits"),
        ("a.jpg ²\n", {}, [("bad_list_rows", ["a.jpg"])], "a digit that is no number"),
        ("", {}, [], "an empty file"),
    ],
)
def test_lists_of_numbers(
    content: str, numbers: dict[str, int], notes: list[tuple[str, list[str]]], why: str
) -> None:
    parsed = parse_numbers(content.encode(), "list", 2)
    assert parsed.number_of == numbers
    assert [(note.code, note.params["names"]) for note in parsed.notes] == notes


def test_long_lists_are_read_quickly() -> None:
    """Not much slower than merely dividing the lines, so 202,599 rows take a second or two, not minutes."""
    rows = [f"{number:06}.jpg{LINES[2 + number % 3][10:]}" for number in range(30_000)]
    content = "\n".join([LINES[0], LINES[1], *rows]).encode()
    begun = time.process_time()
    assert sum(len(line.split()) for line in rows) == 30_000 * 41
    dividing_s = time.process_time() - begun
    begun = time.process_time()
    assert len(parse_attributes(content, "list").names) == 30_000
    assert time.process_time() - begun < 40 * dividing_s
