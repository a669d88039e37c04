"""What a user does with groups of unknown faces: it outlives rescans, and is undone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Cli
from fake_photos import NoNetwork, Shown, embeddings_of, made_up_analyzer, write_photo
from sentences import raises

from semblante.errors import InvalidOption, NotInIndex
from semblante.files import sha256_of
from semblante.library import group, group_around
from semblante.pipeline import Group, Library, PersonDetails, grouping, kept_groups
from semblante.types import Embeddings, FaceRef

ANA, BO, EVA = 1, 2, 3
NOBODY = FaceRef("00" * 32, 0)


@pytest.fixture
def analyzer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NoNetwork:
    return made_up_analyzer(tmp_path / "base", monkeypatch)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Six photos of Ana's, five of Bo's, three of Eva's."""
    for who, name, count in ((ANA, "ana", 6), (BO, "bo", 5), (EVA, "eva", 3)):
        for number in range(count):
            write_photo(tmp_path / "photos" / f"{name}-{number}.jpg", Shown(who), salt=number)
    return tmp_path / "photos"


@pytest.fixture
def library(tmp_path: Path, photos: Path, analyzer: NoNetwork) -> Iterator[Library]:
    with Library(tmp_path / "data", create=True) as opened:
        opened.scan(photos, analyzer)
        yield opened


def groups(library: Library, analyzer: NoNetwork) -> list[set[str]]:
    """Who is in each group, and in how many photos."""
    found = []
    for each in library.people(analyzer).groups:
        stems = [path.stem.partition("-")[0] for path in library.photos_of(each)]
        found.append({f"{name} {stems.count(name)}" for name in stems})
    return found


def group_of(library: Library, analyzer: NoNetwork, photos: Path, *names: str) -> Group:
    """The group that shows all of these photos."""
    wanted = {photos / name for name in names}
    (found,) = [each for each in library.people(analyzer).groups if wanted <= set(library.photos_of(each))]
    return found


def ref(photos: Path, name: str) -> FaceRef:
    return FaceRef(sha256_of(photos / name), 0)


def test_groups_that_were_made_one_stay_one_and_take_new_faces(
    library: Library, photos: Path, analyzer: NoNetwork
) -> None:
    assert groups(library, analyzer) == [{"ana 6"}, {"bo 5"}, {"eva 3"}]
    both = [group_of(library, analyzer, photos, f"{name}-0.jpg") for name in ("ana", "eva")]
    change = library.merge_groups(both)
    assert groups(library, analyzer) == [{"ana 6", "eva 3"}, {"bo 5"}]
    merged = group_of(library, analyzer, photos, "ana-0.jpg")
    assert merged.is_kept and merged.is_certain and merged.anchor in {each.anchor for each in both}
    write_photo(photos / "ana-9.jpg", Shown(ANA), salt=99)
    library.scan(photos, analyzer, force=True)
    assert groups(library, analyzer) == [{"ana 7", "eva 3"}, {"bo 5"}]
    assert group_of(library, analyzer, photos, "ana-9.jpg").anchor == merged.anchor
    assert library.undo_change(change).kind == "merge_groups"
    assert groups(library, analyzer) == [{"ana 7"}, {"bo 5"}, {"eva 3"}]


def test_what_was_split_off_stays_apart(library: Library, photos: Path, analyzer: NoNetwork) -> None:
    whole = group_of(library, analyzer, photos, "ana-0.jpg")
    two, one = [ref(photos, "ana-1.jpg"), ref(photos, "ana-2.jpg")], [ref(photos, "ana-3.jpg")]
    library.split_group(whole, [two, one])
    assert groups(library, analyzer) == [{"bo 5"}, {"ana 3"}, {"eva 3"}, {"ana 2"}]
    assert library.people(analyzer).alone == 1, "one face alone makes no group"
    library.scan(photos, analyzer, force=True)
    assert groups(library, analyzer) == [{"bo 5"}, {"ana 3"}, {"eva 3"}, {"ana 2"}]
    again = [group_of(library, analyzer, photos, name) for name in ("ana-0.jpg", "ana-1.jpg")]
    library.merge_groups(again)
    assert {"ana 5"} in groups(library, analyzer)
    library.undo(2)
    assert groups(library, analyzer) == [{"ana 6"}, {"bo 5"}, {"eva 3"}]


def test_an_ignored_stranger_is_recognised_and_ignored_again(
    library: Library, photos: Path, analyzer: NoNetwork
) -> None:
    change = library.ignore_group(group_of(library, analyzer, photos, "bo-0.jpg"))
    people = library.people(analyzer)
    assert groups(library, analyzer) == [{"ana 6"}, {"eva 3"}]
    assert (people.ignored, [each.photos for each in people.ignored_groups]) == (5, [5])
    write_photo(photos / "bo-7.jpg", Shown(BO), Shown(ANA), salt=77)
    library.scan(photos, analyzer)
    people = library.people(analyzer)
    assert groups(library, analyzer) == [{"ana 6", "bo 1"}, {"eva 3"}], "the photo shows Ana, too"
    assert (people.ignored, [each.photos for each in people.ignored_groups]) == (6, [6])
    (hidden,) = people.ignored_groups
    assert hidden.anchor is not None
    assert library.group(hidden.anchor, analyzer) == hidden
    assert [(each.number, each.kind, each.faces) for each in library.changes()] == [(change, "ignore", 5)]
    library.ignore_group(hidden, ignored=False)
    assert [each.photos for each in library.people(analyzer).groups] == [7, 6, 3]
    assert library.ignore_group(group_of(library, analyzer, photos, "bo-0.jpg"), ignored=False) is None


def test_a_split_is_proposed_where_faces_fall_apart(
    library: Library, photos: Path, analyzer: NoNetwork
) -> None:
    single = library.propose_split(group_of(library, analyzer, photos, "ana-0.jpg"))
    assert (single.parts, single.outliers) == ((), ())
    library.merge_groups([group_of(library, analyzer, photos, f"{name}-0.jpg") for name in ("ana", "bo")])
    merged = group_of(library, analyzer, photos, "ana-0.jpg")
    eva = library.refs_of(group_of(library, analyzer, photos, "eva-0.jpg").faces)
    found = library.propose_split(merged)
    assert [len(part) for part in found.parts] == [6, 5] and found.outliers == ()
    assert set(found.parts[1]) == {ref(photos, f"bo-{number}.jpg") for number in range(5)}
    with_eva = [*library.refs_of(merged.faces).values(), next(iter(eva.values()))]
    library.store.keep_groups([with_eva], "merge_groups")
    with_outlier = library.propose_split(group_of(library, analyzer, photos, "ana-0.jpg", "bo-0.jpg"))
    assert [len(part) for part in with_outlier.parts] == [6, 5] and len(with_outlier.outliers) == 1
    library.split_group(group_of(library, analyzer, photos, "ana-0.jpg", "bo-0.jpg"), with_outlier.parts)
    assert {"ana 6"} in groups(library, analyzer) and {"bo 5"} in groups(library, analyzer)


def test_what_cannot_be(library: Library, photos: Path, analyzer: NoNetwork) -> None:
    ana = group_of(library, analyzer, photos, "ana-0.jpg")
    own, other = ref(photos, "ana-1.jpg"), ref(photos, "bo-1.jpg")
    with raises(InvalidOption, match="two groups or more are needed"):
        library.merge_groups([ana, ana])
    with raises(InvalidOption, match="a face is not in this group"):
        library.split_group(ana, [[own, other]])
    with raises(InvalidOption, match="a face is in two parts"):
        library.split_group(ana, [[own], [own]])
    with raises(InvalidOption, match="all of the group would stay together"):
        library.split_group(ana, [list(library.refs_of(ana.faces).values())])
    with raises(NotInIndex, match="there is no such group"):
        library.group(NOBODY, analyzer)
    with raises(InvalidOption, match="this group is known as Ana already"):
        library.merge_groups([ana, Group("Ana", 1, (1,))])
    assert library.changes() == ()


def test_people_are_put_together_once_while_nothing_changes(
    library: Library, photos: Path, analyzer: NoNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []

    def noted(rows: Embeddings, *others: Any) -> Any:
        compared.append(len(rows))
        return group_around(rows, *others)

    monkeypatch.setattr(grouping, "group_around", noted)
    first = library.people(analyzer)
    assert library.people(analyzer) is first and library.is_grouped(analyzer)
    assert len(library.people(analyzer, 1).groups) > len(library.people(analyzer, 5).groups)
    assert library.group(first.groups[0].anchor or NOBODY, analyzer) == first.groups[0]
    library.add_person(PersonDetails("Nobody in particular"))
    assert not library.is_grouped(analyzer)
    assert library.people(analyzer).groups == first.groups
    assert compared == compared[:1], "whatever is no other face to group needs no new comparison"
    library.ignore_faces([ref(photos, "eva-0.jpg")])
    assert library.people(analyzer) is not first and len(compared) == 2
    with Library(library.folder) as other:
        other.undo()
    assert library.people(analyzer).groups == first.groups and len(compared) == 3, "by another process"
    assert library.people(analyzer).groups == first.groups


def test_what_is_known_without_work_leaves_out_what_was_changed(
    library: Library, photos: Path, analyzer: NoNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert library.people_so_far(analyzer) is None, "nothing was put together yet"
    found = library.people(analyzer).groups
    assert len(found) == 3
    monkeypatch.setattr(kept_groups, "find_groups", None)
    library.ignore_group(found[0])
    so_far = library.people_so_far(analyzer)
    assert so_far is not None and so_far.groups == found[1:] and so_far.ignored_groups == ()
    assert library.people_so_far(analyzer) is so_far
    assert found[0].anchor and library.group_so_far(found[0].anchor, analyzer) is None
    assert found[1].anchor and library.group(found[1].anchor, analyzer) == found[1]
    library.merge_groups(found[1:])
    so_far = library.people_so_far(analyzer)
    assert so_far is not None and so_far.groups == ()
    library.undo(2)
    assert (so_far := library.people_so_far(analyzer)) and so_far.groups == found


def test_a_locked_library_keeps_no_groups(library: Library, analyzer: NoNetwork) -> None:
    library.people(analyzer)
    with library.vault.released():
        pass
    assert library.people_so_far(analyzer) is None


class TestCommands:
    @pytest.fixture(autouse=True)
    def same_base(
        self, analyzer: NoNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli
    ) -> None:
        """The command line works on the library of these tests."""
        monkeypatch.setattr("semblante.pipeline.open_base", lambda folder=None, person=None: analyzer.bundle)
        monkeypatch.setenv("SEMBLANTE_HOME", str(tmp_path / "data"))

    def test_groups_are_made_one_and_split(self, library: Library, analyzer: NoNetwork, cli: Cli) -> None:
        said = cli("people", "--group", "2", "--same-as", "1", "--same-as", "2")
        assert (said.code, said.out) == (0, "2 groups are one now, and stay together\n")
        assert "semblante undo --people" in said.err and "semblante people" in said.err
        assert groups(library, analyzer) == [{"ana 6", "bo 5"}, {"eva 3"}]
        said = cli("people", "--group", "1", "--split")
        assert said.out == "Split into groups of so many faces: 6, 5\n"
        assert groups(library, analyzer) == [{"ana 6"}, {"bo 5"}, {"eva 3"}]
        assert cli("people", "--group", "1", "--split").err.startswith("The faces of this group do not fall")
        assert [each.kind for each in library.changes()] == ["split_group", "merge_groups"]

    def test_a_group_is_ignored(self, library: Library, analyzer: NoNetwork, cli: Cli) -> None:
        assert cli("people", "--group", "2", "--ignore").out.startswith("This group is ignored from now on")
        assert groups(library, analyzer) == [{"ana 6"}, {"eva 3"}]
        assert cli("undo", "--people").out.endswith("5 faces ignored\n")
        assert groups(library, analyzer) == [{"ana 6"}, {"bo 5"}, {"eva 3"}]

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (("--same-as", "1"), "Say which group is split"),
            (("--group", "1", "--same-as", "4"), "--group 4: there are 3"),
            (("--group", "1", "--same-as", "1"), "two groups or more are needed"),
            (("--group", "1", "--split", "--ignore"), "Choose one of --name, --same-as"),
            (("--group", "1", "--split", "--name", "Ana"), "Choose one of --name, --same-as"),
        ],
    )
    def test_mistakes_are_said(
        self, library: Library, cli: Cli, arguments: tuple[str, ...], says: str
    ) -> None:
        said = cli("people", *arguments)
        assert said.code == 2 and says in said.err and library.changes() == ()


class TestGroupingAroundKeptGroups:
    def test_others_join_the_most_similar_and_kept_ones_never_each_other(self) -> None:
        rows = np.concatenate([embeddings_of(ANA, 8), embeddings_of(BO, 4)])
        kept = np.array([0, 0, 1, 1, -1, -1, -1, -1, -1, -1, -1, -1])
        labels = group_around(rows, kept, 0.5)
        assert labels[:4].tolist() == [0, 0, 1, 1]
        assert set(labels[4:8].tolist()) <= {0, 1}
        assert len(set(labels[8:].tolist()) - {0, 1}) == 1

    def test_without_kept_groups_it_is_plain_grouping(self) -> None:
        rows = np.concatenate([embeddings_of(who, 3) for who in (ANA, BO)])
        none = np.full(len(rows), -1)
        plain = group(rows, 0.5)
        around = group_around(rows, none, 0.5)
        assert [np.flatnonzero(around == each).tolist() for each in np.unique(around)] == [
            np.flatnonzero(plain == each).tolist() for each in np.unique(plain)
        ]
