"""The consensus face of photos: found among others, outliers left out, refused where it is not clear."""

import numpy as np
import pytest
from faces_made_up import background, embeddings, face, photo, photo_of
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import raises

from semblante.errors import NoCommonFace
from semblante.person.consensus import ConsensusFace, consensus_face, sorted_faces
from semblante.types import FaceRef

ANA, LUIS, EVA = 0, 1, 2
NEGATIVES = background()


def found(*people: list[int], seed: int = 0, noise: float = 0.9) -> ConsensusFace:
    """The face common to photos of these people."""
    rng = np.random.default_rng(seed)
    photos = [photo_of(str(number), each, rng, noise) for number, each in enumerate(people)]
    return consensus_face("Ana", photos, NEGATIVES)


def anybody(number: int) -> list[int]:
    return [1000 + number]


class TestFound:
    @pytest.mark.parametrize("others", [0, 1, 3])
    def test_among_people_who_change(self, others: int) -> None:
        """Each photo is a group with Ana last, and nobody else is in two."""
        photos = [[*range(100 + 10 * k, 100 + 10 * k + others), ANA] for k in range(8)]
        consensus = found(*photos)
        assert consensus.positives == tuple(FaceRef(str(k), others) for k in range(8))
        beside = [FaceRef(str(k), index) for k in range(8) for index in range(others)]
        assert list(consensus.other_faces) == beside
        assert consensus.outliers == ()

    def test_beside_someone_who_is_often_there(self) -> None:
        consensus = found(*[[LUIS, ANA]] * 4, *[[ANA]] * 4)
        assert [ref.index for ref in consensus.positives] == [1, 1, 1, 1, 0, 0, 0, 0]
        assert consensus.other_faces == tuple(FaceRef(str(k), 0) for k in range(4))

    @pytest.mark.parametrize("outliers", [1, 3])
    def test_photos_of_somebody_else_are_left_out(self, outliers: int) -> None:
        consensus = found(*[[ANA]] * 7, *map(anybody, range(outliers)))
        assert consensus.positives == tuple(FaceRef(str(k), 0) for k in range(7))
        assert consensus.outliers == tuple(map(str, range(7, 7 + outliers)))

    def test_a_group_without_her_teaches_nothing(self) -> None:
        consensus = found(*[[ANA]] * 6, [LUIS, EVA, 9])
        assert consensus.outliers == ("6",) and consensus.other_faces == ()

    def test_at_most_one_face_a_photo(self) -> None:
        """A mirror, a twin: the likeliest is she."""
        consensus = found(*[[ANA]] * 6, [ANA, ANA])
        assert [ref.photo for ref in consensus.positives] == list(map(str, range(7)))
        assert len(consensus.other_faces) == 1

    def test_poor_faces_are_not_looked_at(self) -> None:
        rng = np.random.default_rng(0)
        good = [photo_of(str(k), [ANA], rng) for k in range(6)]
        poor = photo("poor", face(embeddings(ANA, rng), issues=["blurred"]))
        both = photo("both", face(embeddings(LUIS, rng), issues=["small"]), face(embeddings(ANA, rng)))
        consensus = consensus_face("Ana", [poor, *good, both], NEGATIVES)
        assert consensus.positives == (*(FaceRef(str(k), 0) for k in range(6)), FaceRef("both", 1))
        assert consensus.other_faces == () and consensus.outliers == ()

    def test_photos_without_faces_have_nothing_in_common(self) -> None:
        assert consensus_face("Ana", [photo("a"), photo("b")], NEGATIVES) == ConsensusFace((), (), ())
        assert consensus_face("Ana", [], NEGATIVES) == ConsensusFace((), (), ())

    def test_a_narrow_cone_hides_nobody(self) -> None:
        """A network may give all faces a cosine near one; it is what differs that counts."""
        rng = np.random.default_rng(1)
        cone = np.full(64, 2.0, np.float32)

        def narrow(rows: "np.ndarray") -> "np.ndarray":
            moved = rows + cone
            return np.asarray(moved / np.linalg.norm(moved, axis=-1, keepdims=True), np.float32)

        photos = [
            photo(str(k), face(narrow(embeddings(100 + k, rng))), face(narrow(embeddings(ANA, rng))))
            for k in range(8)
        ]
        consensus = consensus_face("Ana", photos, narrow(NEGATIVES))
        assert [ref.index for ref in consensus.positives] == [1] * 8

    @settings(max_examples=25, deadline=None)
    @given(
        crowds=st.lists(st.integers(0, 3), min_size=6, max_size=12),
        outliers=st.integers(0, 2),
        seed=st.integers(0, 10**6),
    )
    def test_whatever_the_order(self, crowds: list[int], outliers: int, seed: int) -> None:
        """She is found wherever she stands, in whatever order the photos come."""
        rng = np.random.default_rng(seed)
        photos = [[ANA, *(100 + 10 * k + place for place in range(crowd))] for k, crowd in enumerate(crowds)]
        photos += [anybody(k) for k in range(outliers)]
        mixed = [list(rng.permutation(photos[k])) for k in rng.permutation(len(photos))]
        consensus = found(*mixed, seed=seed, noise=0.6)
        truth = [FaceRef(str(k), people.index(ANA)) for k, people in enumerate(mixed) if ANA in people]
        assert list(consensus.positives) == truth
        found_in = {ref.photo for ref in (*consensus.other_faces, *consensus.positives)}
        assert found_in == {ref.photo for ref in truth}

    @pytest.mark.parametrize("noise", [0.9, 1.2])
    def test_most_of_her_own_are_kept_and_most_outliers_are_not(self, noise: float) -> None:
        """At 1.2, photos of one person are as like each other as those of LFW's people on average."""
        kept = strayed = 0
        for seed in range(20):
            consensus = found(*[[ANA]] * 10, *map(anybody, range(3)), seed=seed, noise=noise)
            kept += sum(int(ref.photo) < 10 for ref in consensus.positives)
            strayed += sum(int(source) >= 10 for source in consensus.outliers)
        assert kept >= 0.95 * 200 and strayed >= 0.9 * 60


class TestRefused:
    @pytest.mark.parametrize(
        ("people", "says"),
        [
            ([[k] for k in range(8)], "no face is in most of the photos"),
            ([*[[ANA]] * 3, *[[k] for k in range(10, 15)]], r"the commonest is in 3 of 8"),
            ([[ANA, LUIS]] * 8, r"equally common \(in 8 and 8 of 8 photos\).*add photos of Ana alone"),
            ([*[[ANA, LUIS]] * 7, [ANA]], r"in 8 and 7 of 8"),
            ([*[[ANA]] * 5, *[[LUIS]] * 5], r"the commonest is in 5 of 10"),
            ([*[[ANA]] * 6, *[[LUIS]] * 4], "equally common"),
            ([[ANA], [LUIS]], "no face is in most|equally common"),
        ],
        ids=[
            "all different",
            "a minority",
            "always together",
            "one alone",
            "two folders mixed",
            "six and four",
            "two photos",
        ],
    )
    def test_with_a_reason(self, people: list[list[int]], says: str) -> None:
        with raises(NoCommonFace, says):
            found(*people)

    def test_strangers_are_taken_for_one_person_next_to_never(self) -> None:
        for seed in range(20):
            with pytest.raises(NoCommonFace):
                found(*[[10 * k + seed, 10 * k + seed + 5000] for k in range(8)], seed=seed)


def test_photos_that_are_sorted_already_are_taken_at_their_word() -> None:
    rng = np.random.default_rng(0)
    poor = face(embeddings(ANA, rng), issues=["small"])
    photos = [
        photo_of("a", [ANA, LUIS], rng),
        photo("b"),
        photo("c", poor, face(embeddings(EVA, rng))),
        photo("d", poor),
    ]
    assert sorted_faces(photos) == ConsensusFace((FaceRef("a", 0), FaceRef("c", 1)), (), ())


def test_copies_do_not_outvote() -> None:
    """One photo of Luis eight times is one photo: Ana, in six, is the person."""
    rng = np.random.default_rng(0)
    photos = [photo_of(f"ana{k}", [ANA], rng) for k in range(6)]
    (luis,) = photo_of("luis", [LUIS], rng).faces
    photos += [photo(f"luis{k}", luis) for k in range(8)]
    consensus = consensus_face("Ana", photos, NEGATIVES)
    assert [ref.photo for ref in consensus.positives] == [f"ana{k}" for k in range(6)]
    assert consensus.outliers == tuple(f"luis{k}" for k in range(8))
    with raises(NoCommonFace, r"the commonest is in 1 of 2"):
        consensus_face("Ana", [photo_of("eva", [EVA], rng), *photos[6:]], NEGATIVES)
