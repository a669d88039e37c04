"""People of one library who look alike are taught against each other, or cannot be told apart."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from faces_made_up import LENGTH, Array, background, copy_descriptor, direction, face, photo

from semblante.cli.hints import remark_look_alikes
from semblante.i18n import describe
from semblante.library import SqliteStore, Taught
from semblante.library.store import FileState, PhotoRecord
from semblante.model.bundle import Bundle
from semblante.person import Examples, FitResult, Gallery, decide, fit, person_as_json, relearn
from semblante.pipeline import Group, Review, find_photos_of, known_person
from semblante.pipeline.erasure import changes_ended_with
from semblante.pipeline.ignoring import ignore_others
from semblante.pipeline.listing import seen_faces
from semblante.pipeline.look_alikes import LookAlike, keep_taught
from semblante.pipeline.naming import name_group, rename_person
from semblante.pipeline.recognition import one_yes_each
from semblante.pipeline.taught_faces import examples_of
from semblante.report.changes import change_text
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


def learnt_alone(name: str, faces: Sequence[Taught]) -> FitResult:
    """Somebody learnt from photos alone."""
    rows = np.stack([each.embedding for each in faces])
    examples = Examples(Gallery(rows, tuple(each.face.photo for each in faces)), Gallery(rows[:0], ()))
    return fit(name, examples, BASE, background=OTHERS)


def keep(store: SqliteStore, name: str, who: Array, seed: int, count: int = 10) -> list[Taught]:
    """Learn somebody from photos alone, and keep both as if nobody looked alike."""
    faces = taught(looking_like(who, count, seed), seed)
    store.keep_person(person_as_json(learnt_alone(name, faces).person), name, faces)
    return faces


def teach(store: SqliteStore, name: str, who: Array, seed: int, count: int = 10) -> tuple[LookAlike, ...]:
    """Teach somebody, and say who looks alike."""
    faces = taught(looking_like(who, count, seed), seed)
    return keep_taught(store, learnt_alone(name, faces), faces, OTHERS, "learn").look_alikes


def said(store: SqliteStore, name: str, who: Array) -> set[str | None]:
    rows = np.stack(looking_like(who, 10, seed=77, noise=0.2))
    return {each.verdict for each in decide(known_person(store, name), rows, [""] * len(rows))}


def test_sisters_are_told_apart_by_each_other_s_photos(store: SqliteStore) -> None:
    """Each gets a yes for the other, until both were taught; that is one change, and undone as one."""
    keep(store, "Ana", ANA, 1)
    keep(store, "Ada", STRANGER, 3)
    assert said(store, "Ana", SISTER) != {"no"}
    before = store.person("Ana"), [each.face for each in store.taught("Ana")]
    assert teach(store, "Eva", SISTER, 2) == (LookAlike("Ana", None),)
    assert said(store, "Ana", ANA) == said(store, "Eva", SISTER) == {"yes"}
    assert said(store, "Ana", SISTER) == said(store, "Eva", ANA) == {"no"}
    assert {each.kind for each in store.taught("Ada")} == {"positive"}, "nobody is like her"
    last = store.changes()[0]
    assert (last.kind, last.name, last.instead_of, last.beside) == ("learn", "Eva", (), ("Ana",))
    assert change_text(last) == "Eva was learnt from photos; told apart from: Ana"
    assert changes_ended_with(store, "Ana") == 1, "what was taught to Eva was taught to Ana, too"
    store.undo_changes([last.number])
    assert (store.person("Ana"), [each.face for each in store.taught("Ana")]) == before
    assert store.names() == ("Ada", "Ana")


def test_who_is_told_apart_already_is_left_alone(store: SqliteStore) -> None:
    """Nothing is learnt a second time."""
    keep(store, "Ana", ANA, 1)
    teach(store, "Eva", SISTER, 2)
    before, eva = store.person("Ana"), known_person(store, "Eva")
    examples = examples_of(store, LENGTH, store.taught("Eva"))
    again = keep_taught(store, relearn(eva, examples, OTHERS), store.taught("Eva"), OTHERS, "answer")
    assert again.look_alikes == () and store.changes()[0].beside == () and store.person("Ana") == before


def test_one_person_under_two_names_cannot_be_told_apart(store: SqliteStore) -> None:
    """It is said, and neither is taught with the other's faces."""
    keep(store, "Nana", ANA, 2)
    before = store.person("Nana")
    (found,) = teach(store, "Ana", ANA, 1)
    assert found.reason is not None and found.reason.code == "cannot_be_told_apart"
    assert found.reason.params["faces"] == 10 and found.reason.params["name"] == "Ana"
    assert describe(found.reason).startswith("Ana looks too much like the others")
    assert store.person("Nana") == before and {each.kind for each in store.taught("Ana")} == {"positive"}


def test_somebody_with_too_few_photos_left_is_named_and_stays(
    store: SqliteStore, capsys: pytest.CaptureFixture[str]
) -> None:
    """Some photos may have been forgotten with others; that keeps nobody from being taught."""
    few = keep(store, "Ana", ANA, 1)[:3]
    store.keep_person(store.person("Ana"), "Ana", few)
    (found,) = teach(store, "Eva", SISTER, 2)
    assert found.reason is not None and found.reason.code == "too_few_photos"
    assert said(store, "Eva", SISTER) == {"yes"} and len(store.taught("Ana")) == 3
    remark_look_alikes("Eva", [found])
    shown = " ".join(capsys.readouterr().err.split())
    assert shown.startswith("Eva and Ana look alike, and could not be taught against each other: Ana: 3")


def test_what_a_user_confirmed_stays_so(store: SqliteStore) -> None:
    """An answer about a sister's face stays an answer."""
    keep(store, "Ana", ANA, 1)
    hers = keep(store, "Eva", SISTER, 2)
    answer = replace(hers[0], kind="negative", confirmed_by_user=True)
    own = store.taught("Ana")
    keep_taught(store, learnt_alone("Ana", own), [*own, answer], OTHERS, "answer")
    assert store.changes()[0].beside == ("Eva",)
    after = {each.face: each for each in store.taught("Ana")}
    assert (after[answer.face].kind, after[answer.face].confirmed_by_user) == ("negative", True)


def test_a_face_that_both_were_taught_as_their_own_stays_so(store: SqliteStore) -> None:
    """Which answer is wrong, only the user knows; as long as one is, the two are not told apart."""
    keep(store, "Ana", ANA, 1)
    shared = keep(store, "Eva", SISTER, 2)[1]
    own = store.taught("Ana")
    kept = keep_taught(store, learnt_alone("Ana", own), [*own, shared], OTHERS, "answer")
    assert [each.reason.code for each in kept.look_alikes if each.reason] == ["cannot_be_told_apart"]
    assert {each.face for each in kept.taught} == {each.face for each in (*own, shared)}
    assert {each.kind for each in kept.taught} == {"positive"}


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
    assert teach(store, "Ana", ANA, 1) == ()


def in_index(store: SqliteStore, rows: Sequence[Array], seed: int) -> Group:
    """Photos of one face each, read by the network, as a group of unknown faces."""
    records = [
        PhotoRecord(
            bytes.fromhex(each.face.photo),
            photo("", face(each.embedding)),
            (FileState(Path(f"/photos/{seed}-{number}.jpg"), 1, 1, 1),),
        )
        for number, each in enumerate(taught(rows, seed))
    ]
    store.write(records, BASE)
    found = store.face_numbers(each.face for each in taught(rows, seed))
    return Group(None, len(rows), tuple(found.values()))


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bundle:
    """One whose background is that of these tests."""

    def background_of(_bundle: Bundle) -> Array:
        return OTHERS

    monkeypatch.setattr(Bundle, "background", background_of)
    return Bundle(tmp_path / "base", {"weights": {"sha256": BASE, "embedding_size": LENGTH}})


def test_a_named_group_an_answer_and_a_merge_tell_apart_too(store: SqliteStore, base: Bundle) -> None:
    """Whatever teaches somebody does, in the one change that it is."""
    keep(store, "Ana", ANA, 1)
    sister = in_index(store, looking_like(SISTER, 10, 2), 2)
    named = name_group(store, sister, "Eva", base)
    assert named.look_alikes == (LookAlike("Ana", None),)
    (last, _) = store.changes()
    assert (last.number, last.kind, last.beside) == (named.change, "name", ("Ana",))
    store.undo_changes([named.change])
    keep(store, "Eva", SISTER, 2)
    (more,) = taught(looking_like(ANA, 1, 5), 5)
    in_index(store, [more.embedding], 5)
    answered = Review(store, "Ana").record_answers({more.face: "yes"}, OTHERS)
    assert answered.look_alikes == (LookAlike("Eva", None),)
    assert [each.kind for each in store.changes()] == ["answer", "learn", "learn"]
    assert {each.verdict for each in decide(answered.person, more.embedding[None], [""])} == {"yes"}
    store.undo_changes([store.changes()[0].number])
    keep(store, "Nana", ANA, 8)
    merged = rename_person(store, "Nana", "Ana", base, "merge")
    assert merged.look_alikes == (LookAlike("Eva", None),)
    assert (store.changes()[0].instead_of, store.changes()[0].beside) == (("Nana",), ("Eva",))


def test_a_face_in_the_index_is_one_person_s(store: SqliteStore) -> None:
    """What may be two people's is unsure for both, until a user says whose it is."""
    keep(store, "Ana", ANA, 1)
    rows = looking_like(ANA, 3, 5)
    in_index(store, rows, 5)
    faces = [each.face for each in taught(rows, 5)]

    def sightings() -> list[dict[str, str]]:
        numbers = store.face_numbers(faces)
        seen = {each.seen.face: each.people for each in seen_faces(store, list(numbers.values()))}
        return [{person.name: person.verdict for person in seen[face]} for face in faces]

    assert sightings() == [{"Ana": "yes"}] * 3
    keep(store, "Nana", ANA, 2)
    assert sightings() == [{"Ana": "unsure", "Nana": "unsure"}] * 3
    assert {each.verdict for each in find_photos_of(store, "Ana").matches} == {"unsure"}
    assert len(Review(store, "Ana").unanswered()) == 3
    assert ignore_others(store, faces[0].photo) is None, "it is no stranger's, whichever of the two it is"
    answer = replace(taught(rows, 5)[0], confirmed_by_user=True)
    store.keep_person(store.person("Nana"), "Nana", [*store.taught("Nana"), answer], "answer")
    assert sightings()[0] == {"Nana": "yes", "Ana": "unsure"}
    rejection = replace(taught(rows, 5)[1], kind="negative", confirmed_by_user=True)
    store.keep_person(store.person("Nana"), "Nana", [*store.taught("Nana"), rejection], "answer")
    assert sightings()[1:] == [{"Ana": "yes"}, {"Ana": "unsure", "Nana": "unsure"}]
    everybody = find_photos_of(store, known_person(store, "Ana")).matches
    assert {each.verdict for each in everybody} == {"yes"}, "a person file stands for itself"
