"""People of one library who look alike are taught against each other, or cannot be told apart."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from faces_made_up import LENGTH, Array, background, copy_descriptor, direction

from semblante.i18n import describe
from semblante.library import SqliteStore, Taught
from semblante.person import Examples, Gallery, decide, fit, person_as_json
from semblante.pipeline import known_person
from semblante.pipeline.look_alikes import LookAlike, teach_apart
from semblante.pipeline.recognition import one_yes_each
from semblante.types import FaceRef

BASE = "0123456789abcdef" * 4
OTHERS = background(400)
ANA = direction(0)
SISTER = (0.75 * direction(0) + 0.66 * direction(1)).astype(np.float32)
STRANGER = direction(2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path) as opened:
        yield opened


def looking_like(who: Array, count: int, seed: int, noise: float = 0.35) -> list[Array]:
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        other = rng.normal(size=LENGTH)
        row = who + noise * other / np.linalg.norm(other)
        rows.append((row / np.linalg.norm(row)).astype(np.float32))
    return rows


def taught(rows: Sequence[Array], seed: int) -> list[Taught]:
    hashes = [f"{1000 * seed + number:064x}" for number in range(len(rows))]
    return [
        Taught("positive", FaceRef(each, 0), row, copy_descriptor=copy_descriptor(row))
        for each, row in zip(hashes, rows, strict=True)
    ]


def keep(store: SqliteStore, name: str, who: Array, seed: int, count: int = 10) -> list[Taught]:
    """Learn somebody from photos alone, and keep both."""
    faces = taught(looking_like(who, count, seed), seed)
    rows = np.stack([each.embedding for each in faces])
    examples = Examples(Gallery(rows, tuple(each.face.photo for each in faces)), Gallery(rows[:0], ()))
    store.keep_person(person_as_json(fit(name, examples, BASE, background=OTHERS).person), name, faces)
    return faces


def said(store: SqliteStore, name: str, who: Array) -> set[str | None]:
    rows = np.stack(looking_like(who, 10, seed=77, noise=0.2))
    return {each.verdict for each in decide(known_person(store, name), rows, [""] * len(rows))}


def test_sisters_are_told_apart_by_each_other_s_photos(store: SqliteStore) -> None:
    """Each gets a yes for the other, until both were taught."""
    keep(store, "Ana", ANA, 1)
    keep(store, "Eva", SISTER, 2)
    keep(store, "Ada", STRANGER, 3)
    assert said(store, "Ana", SISTER) != {"no"}
    assert teach_apart(store, "Ana", OTHERS) == (LookAlike("Eva", None),)
    assert said(store, "Ana", ANA) == said(store, "Eva", SISTER) == {"yes"}
    assert said(store, "Ana", SISTER) == said(store, "Eva", ANA) == {"no"}
    assert {each.kind for each in store.taught("Ada")} == {"positive"}, "nobody is like her"
    assert [each.kind for each in store.changes()[:2]] == ["apart", "apart"]


def test_who_is_told_apart_already_is_left_alone(store: SqliteStore) -> None:
    """Nothing is learnt a second time."""
    keep(store, "Ana", ANA, 1)
    keep(store, "Eva", SISTER, 2)
    teach_apart(store, "Ana", OTHERS)
    changes = store.changes()
    assert teach_apart(store, "Eva", OTHERS) == () and store.changes() == changes


def test_one_person_under_two_names_cannot_be_told_apart(store: SqliteStore) -> None:
    """It is said, and both stay as they were."""
    keep(store, "Ana", ANA, 1)
    keep(store, "Nana", ANA, 2)
    before = store.changes()
    (found,) = teach_apart(store, "Ana", OTHERS)
    assert found.reason is not None and found.reason.code == "cannot_be_told_apart"
    assert found.reason.params["faces"] == 10 and found.reason.params["name"] == "Ana"
    assert describe(found.reason).startswith("Ana looks too much like the others")
    assert store.changes() == before


def test_what_a_user_confirmed_stays_so(store: SqliteStore) -> None:
    """An answer about a sister's face stays an answer, and a face that both were taught stays hers."""
    keep(store, "Ana", ANA, 1)
    hers = keep(store, "Eva", SISTER, 2)
    answer = replace(hers[0], kind="negative", confirmed_by_user=True)
    shared = hers[1]
    store.keep_person(store.person("Ana"), "Ana", [*store.taught("Ana"), answer, shared], "answer")
    teach_apart(store, "Ana", OTHERS)
    after = {each.face: each for each in store.taught("Ana")}
    assert (after[answer.face].kind, after[answer.face].confirmed_by_user) == ("negative", True)
    assert after[shared.face].kind == "positive"


def test_a_face_is_one_person_s(store: SqliteStore) -> None:
    """Of two who get a yes, one keeps it who is far likelier; where neither is, both are unsure."""
    keep(store, "Ana", ANA, 1)
    keep(store, "Eva", SISTER, 2)
    people = [known_person(store, name) for name in ("Ana", "Eva")]
    row = looking_like(ANA, 1, 5)[0][None]
    first, second = (decide(person, row, [""])[0] for person in people)

    def verdicts(*probabilities: float) -> list[str | None]:
        given = zip((first, second), probabilities, strict=True)
        answers = [replace(each, verdict="yes", probability=probability) for each, probability in given]
        return [each.verdict for each in one_yes_each([answers], people)[0]]

    assert verdicts(0.9999, 0.95) == ["yes", "unsure"]
    assert verdicts(0.96, 0.95) == ["unsure", "unsure"]
    assert verdicts(1.0, 1.0) == ["unsure", "unsure"]
    (answers,) = one_yes_each(
        [[replace(each, verdict="yes", probability=0.95) for each in (first, second)]], people
    )
    assert describe(answers[0].reason) == "the face looks like Ana, and as much or more like: Eva"  # type: ignore[arg-type]


def test_people_of_another_network_or_not_learnt_yet_are_passed_over(store: SqliteStore) -> None:
    """There is nothing to compare."""
    keep(store, "Ana", ANA, 1)
    store.set_person_details("Eva", None, date(2010, 1, 1))
    elsewhere = replace(known_person(store, "Ana"), name="Nana", base_sha256="ef" * 32)
    store.keep_person(person_as_json(elsewhere), "Nana", store.taught("Ana"))
    assert teach_apart(store, "Ana", OTHERS) == ()
