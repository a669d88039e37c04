"""Groups of unknown faces: the most typical first, likely intruders apart, and what chance explains last."""

import json
from pathlib import Path

import numpy as np
import pytest
from conftest import Cli
from fake_photos import BASE, WIDTH, NoNetwork, Shown, embeddings_of, write_photo

from semblante.library import FaceGroup, ImpostorTail, SqliteStore, group, judged_groups, scan
from semblante.model.bundle import Bundle
from semblante.types import Embeddings


def background(count: int = 400) -> Embeddings:
    return np.concatenate([embeddings_of(5000 + who, 1) for who in range(count)])


def strangers(count: int) -> Embeddings:
    return np.concatenate([embeddings_of(9000 + who, 1) for who in range(count)])


def judged(rows: Embeddings, labels: "list[int] | None" = None) -> list[FaceGroup]:
    """The groups of these faces, one a photo; found by clustering where no labels are given."""
    tail = ImpostorTail.of(background())
    found = group(rows, tail.clustering_threshold(len(rows))) if labels is None else np.array(labels)
    return judged_groups(rows, np.arange(len(rows)), found, tail)


class TestImpostorTail:
    def test_a_rate_is_the_share_of_pairs_that_are_as_similar(self) -> None:
        rows = background()
        tail = ImpostorTail.of(rows)
        cosines = np.sort((rows @ rows.T)[np.triu_indices(len(rows), 1)])[::-1]
        assert np.exp(tail.log_rates(cosines[[70]])) == pytest.approx(71 / len(cosines), rel=0.1)

    def test_the_tail_goes_on_beyond_the_most_similar_pair(self) -> None:
        tail = ImpostorTail.of(background())
        top = float(tail.highest[0])
        rates = tail.log_rates(np.array([top, top + 0.1, top + 0.2]))
        assert rates[0] > rates[1] > rates[2]
        assert rates[0] - rates[1] == pytest.approx(rates[1] - rates[2])
        assert np.exp(rates[1]) < 1 / tail.pairs

    def test_the_rate_of_unseen_people_is_foretold(self) -> None:
        """Of other pairs of people, as many are as similar as the background says, within a factor of two."""
        rows, tail = strangers(1500), ImpostorTail.of(background(1500))
        cosines = (rows @ rows.T)[np.triu_indices(len(rows), 1)]
        for share in (1e-3, 1e-4, 1e-5):
            at = np.quantile(cosines, 1 - share)
            assert np.exp(tail.log_rates(np.array([at])))[0] == pytest.approx(share, rel=1.0)


class TestJudgedGroups:
    def test_the_most_typical_face_comes_first_and_the_intruder_is_doubtful(self) -> None:
        faint = embeddings_of(1, 1, noise=2.0, seed=3)
        rows = np.concatenate([faint, embeddings_of(1, 8, noise=0.8), strangers(600)])
        found = judged(rows, [0] * 9 + list(range(1, 601)))[0]
        assert found.doubtful.tolist() == [0] and sorted(found.rows.tolist()) == list(range(1, 9))
        own = rows[found.rows]
        typical = [float(row @ (own.sum(axis=0) - row)) for row in own]
        assert typical[0] > np.median(typical) > typical[-1]
        assert found.is_certain

    def test_a_photo_shows_a_person_once(self) -> None:
        """Of two faces in one photo, the one that is less typical of the group is doubtful."""
        rows = np.concatenate([embeddings_of(1, 4), embeddings_of(1, 1, noise=0.9)])
        contents = np.array([1, 2, 3, 4, 4])
        tail = ImpostorTail.of(background())
        (found,) = judged_groups(rows, contents, np.zeros(5, np.intp), tail)
        assert found.doubtful.tolist() == [4]

    def test_faces_that_are_all_doubtful_are_an_uncertain_group(self) -> None:
        found = judged(strangers(600), [0, 0, 0, *range(1, 598)])[0]
        assert (len(found.rows), len(found.doubtful), found.is_certain) == (3, 0, False)

    def test_strangers_make_no_certain_group(self) -> None:
        """However many of them there are: the more faces, the more pairs are alike by chance."""
        for count in (100, 500, 1500):
            groups = [each for each in judged(strangers(count)) if len(each.rows) > 1]
            assert not any(each.is_certain for each in groups), count
        assert groups, "some are alike enough to be grouped"

    def test_people_seen_twice_are_certain_groups(self) -> None:
        people = np.concatenate([embeddings_of(who, 2, noise=0.6) for who in range(60)])
        rows = np.concatenate([people, strangers(500)])
        certain = [each for each in judged(rows) if each.is_certain and len(each.rows) > 1]
        pure = [each for each in certain if len({*(each.rows // 2).tolist()}) == 1 and max(each.rows) < 120]
        assert len(pure) > 50 and len(pure) >= 0.9 * len(certain), "no more than one in ten is wrong"

    def test_a_few_similar_faces_of_many_are_left_uncertain(self) -> None:
        """The same two photos are convincing among twenty faces, and not among fifteen hundred."""
        pair = np.concatenate([embeddings_of(1, 1, 1.0, seed) for seed in (2, 6)])
        assert 0.45 < float(pair[0] @ pair[1]) < 0.6
        few = judged(np.concatenate([pair, strangers(18)]), [0, 0, *range(1, 19)])
        many = judged(np.concatenate([pair, strangers(1498)]), [0, 0, *range(1, 1499)])
        assert (few[0].is_certain, many[0].is_certain) == (True, False)


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    """A bundle in name only: nothing here runs its network."""
    return Bundle(tmp_path / "base", {"weights": {"sha256": BASE, "embedding_size": WIDTH}})


@pytest.fixture
def photos(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bundle: Bundle, cli: Cli) -> Path:
    """Six photos of one person, in `a.jpg` hardly recognisable; two of another, both so; a crowd."""
    monkeypatch.setattr("semblante.pipeline.FaceAnalyzer", NoNetwork)
    monkeypatch.setattr(Bundle, "background", lambda _bundle: background())
    monkeypatch.setattr("semblante.pipeline.open_base", lambda folder=None, person=None: bundle)
    monkeypatch.setenv("SEMBLANTE_HOME", str(tmp_path / "data"))
    folder = tmp_path / "photos"
    write_photo(folder / "a.jpg", Shown(1, noise=1.9), salt=3)
    for number in range(6):
        write_photo(folder / f"b{number}.jpg", Shown(1, noise=0.4 + number / 10), salt=number)
    for salt in (0, 5):
        write_photo(folder / f"c{salt}.jpg", Shown(1001, noise=1.0), salt=salt)
    write_photo(folder / "crowd.jpg", *(Shown(9000 + who) for who in range(600)))
    cli("scan", folder)
    return folder


class TestPeople:
    def test_the_most_typical_photos_are_the_examples_and_the_intruder_is_marked(
        self, cli: Cli, photos: Path
    ) -> None:
        said = cli("people")
        first = said.out.splitlines()[0]
        assert first.startswith("1. unknown: 6 photos, such as ") and first.endswith(
            f"; doubtful: {photos / 'a.jpg'}"
        )
        assert str(photos / "b0.jpg") in first and str(photos / "b5.jpg") not in first
        assert "Doubtful: a face there may be somebody else's" in said.err
        values = json.loads(cli("people", "--json").out)["groups"][0]
        assert values["doubtful"] == [str(photos / "a.jpg")] and values["is_certain"] is True
        assert len(values["photos"]) == 6 and values["doubtful"][0] not in values["photos"]

    def test_uncertain_groups_come_last_and_are_marked(self, cli: Cli, photos: Path) -> None:
        said = cli("people")
        certain = ["(uncertain)" not in line for line in said.out.splitlines()]
        assert certain == sorted(certain, reverse=True) and not certain[-1] and certain[0]
        assert "Uncertain groups: different people are as similar by chance" in said.err
        assert ". unknown: 1 photo" in cli("people", "--fewest", 1, "--most", 1000).out, "a face alone"

    def test_a_name_leaves_the_doubtful_out_and_says_so(self, cli: Cli, photos: Path, tmp_path: Path) -> None:
        said = cli("people", "--group", 1, "--name", "Zoë")
        assert said.code == 0 and "faces that taught: 6." in said.out
        assert f"somebody else's and was left out, in {photos / 'a.jpg'} (to take it: --doubtful)" in said.err
        with SqliteStore(tmp_path / "data") as library:
            taught = library.taught("Zoë")
        assert [each.kind for each in taught].count("positive") == 6 == len(taught)

    def test_the_doubtful_are_taken_where_that_is_asked_for(self, cli: Cli, photos: Path) -> None:
        printed = cli("people", "--group", 1)
        assert str(photos / "a.jpg") not in printed.out and "--doubtful" in printed.err
        assert cli("people", "--group", 1, "--doubtful").out.splitlines()[-1] == str(photos / "a.jpg")
        said = cli("people", "--group", 1, "--name", "Zoë", "--doubtful")
        assert "faces that taught: 7." in said.out and "left out" not in said.err
        assert cli("people", "--doubtful").code == 2

    def test_faces_that_another_network_read_are_counted(
        self, cli: Cli, photos: Path, tmp_path: Path
    ) -> None:
        from fake_photos import FakeReader

        write_photo(tmp_path / "old" / "1.jpg", Shown(4), Shown(5), salt=1)
        with SqliteStore(tmp_path / "data") as library:
            scan(library, [tmp_path / "old"], FakeReader(), "cd" * 32)
        said = cli("people", "--library", tmp_path / "data")
        assert "2 faces were read with another network; to read them anew: semblante scan FOLDER" in said.err
        assert f"FOLDER… --library {tmp_path / 'data'}" in said.err
        assert json.loads(cli("people", "--json").out)["faces_of_other_base"] == 2
        cli("scan", tmp_path / "old")
        assert "another network" not in cli("people").err
