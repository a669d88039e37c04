"""A search in the index finds who and what was asked for, one face a photo, the surest first."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fake_photos import BASE, WIDTH, FakeReader, Shown, direction, embeddings_of, write_photo
from heard import Heard
from hypothesis import given, settings
from hypothesis import strategies as st

from semblante.errors import Cancelled
from semblante.jobs import JobContext
from semblante.library import (
    FaceTable,
    ImpostorTail,
    Query,
    Score,
    ScoredFaces,
    SqliteStore,
    group,
    scan,
    search,
)
from semblante.pipeline.grouping import Group, photos_of
from semblante.types import Embeddings, Verdict


@pytest.fixture
def library(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path / "data") as opened:
        yield opened


def who_is(who: int) -> Score:
    """Says yes above a cosine of 0.8 with the person, no below 0.5."""

    def score(table: FaceTable) -> ScoredFaces:
        cosines = (table.embeddings @ direction(who)).astype(np.float64)
        rows = np.flatnonzero(cosines >= 0.5)
        verdicts: list[Verdict] = ["yes" if each > 0.8 else "unsure" for each in cosines[rows]]
        return ScoredFaces(rows, verdicts, np.clip(cosines[rows], 0, 1), 0.8)

    return score


def found(library: SqliteStore, wanted: Query) -> list[tuple[str, Verdict]]:
    return [(match.path.name, match.verdict) for match in search(library, BASE, wanted).matches]


def scanned(library: SqliteStore, folder: Path) -> None:
    scan(library, [folder], FakeReader(), BASE)


def test_the_surest_come_first_and_the_unsure_last(library: SqliteStore, tmp_path: Path) -> None:
    write_photo(tmp_path / "p" / "clear.jpg", Shown(1, noise=0.1), salt=1)
    write_photo(tmp_path / "p" / "fair.jpg", Shown(1, noise=0.5), salt=2)
    write_photo(tmp_path / "p" / "vague.jpg", Shown(1, noise=1.1), salt=3)
    write_photo(tmp_path / "p" / "other.jpg", Shown(2), salt=4)
    scanned(library, tmp_path / "p")
    result = search(library, BASE, Query(who_is(1)))
    assert [(match.path.name, match.verdict) for match in result.matches] == [
        ("clear.jpg", "yes"),
        ("fair.jpg", "yes"),
        ("vague.jpg", "unsure"),
    ]
    assert (result.faces, result.faces_of_other_base) == (4, 0)
    first = result.matches[0]
    assert first.probability is not None and first.probability > 0.95
    assert (first.photo_width_px, first.photo_height_px) == (640, 480)
    assert first.box == (0.0, 10.0, 80.0, 110.0)
    assert len(first.content_sha256) == 64


def test_one_face_a_photo_is_the_person(library: SqliteStore, tmp_path: Path) -> None:
    photo = write_photo(tmp_path / "p" / "twins.jpg", Shown(2), Shown(1, noise=0.4), Shown(1, noise=0.1))
    scanned(library, photo.parent)
    (match,) = search(library, BASE, Query(who_is(1))).matches
    assert match.box[0] == 200.0
    assert found(library, Query(who_is(1), several=True)) == [("twins.jpg", "yes")] * 2


def test_a_poor_face_never_decides_alone(library: SqliteStore, tmp_path: Path) -> None:
    write_photo(tmp_path / "p" / "blurred.jpg", Shown(1, ("blurred",), noise=0.1), salt=1)
    # The poor face is the likelier of the two, but the good one can decide.
    write_photo(tmp_path / "p" / "both.jpg", Shown(1, ("small",), noise=0.1), Shown(1, noise=0.4), salt=2)
    scanned(library, tmp_path / "p")
    assert found(library, Query(who_is(1))) == [("both.jpg", "yes"), ("blurred.jpg", "unsure")]
    blurred = search(library, BASE, Query(who_is(1))).matches[-1]
    assert blurred.probability == 0.8, "no more than an unsure face can have"


def test_attributes_alone_and_together_with_a_person(library: SqliteStore, tmp_path: Path) -> None:
    glasses, smile = "Eyeglasses", "Smiling"
    write_photo(tmp_path / "p" / "a.jpg", Shown(1, with_=(glasses, smile)), salt=1)
    write_photo(tmp_path / "p" / "b.jpg", Shown(1, with_=(smile,)), salt=2)
    write_photo(tmp_path / "p" / "c.jpg", Shown(2, with_=(glasses, smile)), Shown(1), salt=3)
    scanned(library, tmp_path / "p")
    names = [name for name, _ in found(library, Query(with_=(glasses, smile)))]
    assert names == ["a.jpg", "c.jpg"]
    assert [name for name, _ in found(library, Query(with_=(smile,), without=(glasses,)))] == ["b.jpg"]
    # In c.jpg the glasses are on another face.
    assert [name for name, _ in found(library, Query(who_is(1), (glasses,)))] == ["a.jpg"]
    assert all(each.probability is None for each in search(library, BASE, Query(with_=(smile,))).matches)


def test_attributes_do_not_choose_the_persons_face(library: SqliteStore, tmp_path: Path) -> None:
    """The likeliest face is the person, and does not smile; the one beside it is alike, and does."""
    smiles = Shown(1, with_=("Smiling",), noise=0.4)
    photo = write_photo(tmp_path / "p" / "twins.jpg", Shown(1, noise=0.1), smiles)
    scanned(library, photo.parent)
    assert found(library, Query(who_is(1), ("Smiling",))) == []
    (match,) = search(library, BASE, Query(who_is(1), without=("Smiling",))).matches
    assert match.box[0] == 0.0
    assert found(library, Query(who_is(1), ("Smiling",), several=True)) == [("twins.jpg", "yes")]


def test_copies_are_one_photo_and_missing_ones_none(library: SqliteStore, tmp_path: Path) -> None:
    first = write_photo(tmp_path / "p" / "a.jpg", Shown(1))
    second = first.with_name("b.jpg")
    second.write_bytes(first.read_bytes())
    write_photo(tmp_path / "p" / "c.jpg", Shown(2))
    scanned(library, first.parent)
    (match,) = search(library, BASE, Query(who_is(1))).matches
    assert (match.path, match.copies, match.files) == (first, (second,), (first, second))
    assert library.photo_counts() == (2, 1)
    first.unlink()
    scanned(library, first.parent)
    (match,) = search(library, BASE, Query(who_is(1))).matches
    assert (match.path, match.copies) == (second, ())
    assert library.photo_counts() == (2, 0)


def test_faces_of_another_network_are_counted_not_judged(library: SqliteStore, tmp_path: Path) -> None:
    photo = write_photo(tmp_path / "p" / "a.jpg", Shown(1), Shown(2))
    scanned(library, photo.parent)
    result = search(library, "00" * 32, Query(who_is(1)))
    assert (result.matches, result.faces, result.faces_of_other_base) == ((), 0, 2)


def test_parts_do_not_matter(library: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        write_photo(tmp_path / "p" / f"{number}.jpg", Shown(number % 2), Shown(1), salt=number)
    scanned(library, tmp_path / "p")
    whole = search(library, BASE, Query(who_is(1)))
    monkeypatch.setattr("semblante.library.sqlite_store.PART", 3)
    parts = search(library, BASE, Query(who_is(1)))
    assert [match.path for match in parts.matches] == [match.path for match in whole.matches]
    assert (parts.faces, len(whole.matches)) == (14, 7)


def test_paths_of_faces_are_given_once(library: SqliteStore, tmp_path: Path) -> None:
    photo = write_photo(tmp_path / "p" / "a.jpg", Shown(1), Shown(2))
    scanned(library, photo.parent)
    assert photos_of(library, Group(None, 1, (1, 2, 99))) == (photo,)


def background(count: int) -> Embeddings:
    return np.concatenate([embeddings_of(1000 + who, 1) for who in range(count)])


def test_groups_are_people(tmp_path: Path) -> None:
    people = [embeddings_of(who, 3 + who) for who in range(12)]
    true = np.repeat(np.arange(12), [len(rows) for rows in people])
    order = np.random.default_rng(0).permutation(len(true))
    embeddings = np.concatenate(people)[order]
    labels = group(embeddings, ImpostorTail.of(background(300)).clustering_threshold(len(embeddings)))
    together = labels[:, None] == labels[None]
    same = true[order][:, None] == true[order][None]
    assert not (together & ~same).any()
    assert (together & same).sum() / same.sum() > 0.95


def test_a_look_alike_does_not_join_two_families() -> None:
    """Single linkage would: every neighbour in the chain is nearer than the threshold."""
    angles = np.linspace(0, np.pi / 2, 20)
    chain = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    labels = group(chain, 0.9)
    assert (chain[:-1] * chain[1:]).sum(axis=1).min() > 0.99
    assert labels[0] != labels[-1]
    assert 2 <= len(np.unique(labels)) <= 6


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 60), st.floats(-1, 1), st.integers(0, 5))
def test_every_face_has_a_group_and_the_same_one_each_time(count: int, alike: float, seed: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(count, 8)).astype(np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    labels = group(rows, alike)
    assert labels.shape == (count,)
    assert (group(rows, alike) == labels).all()
    if alike > 0.9999 and count:
        assert len(np.unique(labels)) == count


def test_blocks_do_not_tear_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    embeddings = np.concatenate([embeddings_of(who, 6) for who in range(10)])
    whole = group(embeddings, 0.6)
    monkeypatch.setattr("semblante.library.clustering._BLOCK", 7)
    parts = group(embeddings, 0.6)
    assert ((whole[:, None] == whole) == (parts[:, None] == parts)).all()


def test_grouping_is_reported_and_can_be_cancelled() -> None:
    rows = np.concatenate([embeddings_of(who, 2) for who in range(1000)])
    heard = Heard()
    group(rows, 0.5, heard.job)
    assert [(each.stage, each.total) for each in heard.progress] == [("grouping", 2000)] * 4
    assert heard.progress[-1].done == 2000
    stopped = Heard(cancel_after=2)
    with pytest.raises(Cancelled):
        group(rows, 0.5, stopped.job)
    assert len(stopped.progress) == 2


def test_grouping_asks_often_whether_it_is_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two questions lies no more than one block, also while groups join."""
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return False

    monkeypatch.setattr("semblante.library.clustering._BLOCK", 10)
    rows = np.concatenate([embeddings_of(who, 2) for who in range(100)])
    group(rows, 0.9, JobContext(cancelled=cancelled))
    assert asked > 2 * len(rows) // 10


def test_the_more_faces_the_more_alike_two_must_be() -> None:
    rows = background(400)
    tail = ImpostorTail.of(rows)
    few, many = tail.clustering_threshold(10), tail.clustering_threshold(100_000)
    assert few < many < 1
    cosines = (rows @ rows.T)[np.triu_indices(400, 1)]
    assert (cosines >= few).mean() == pytest.approx(0.001, rel=0.02)
    assert (cosines >= many).sum() == 10
    assert rows.shape[1] == WIDTH
