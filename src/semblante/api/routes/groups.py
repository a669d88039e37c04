"""`/groups`: unknown people as groups of faces, which are named, made one, split, or asked about no more."""

import asyncio
import time
from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response
from pydantic import ConfigDict, Field, StrictBool, model_validator

from semblante.api.cursors import Cursor, Limit
from semblante.api.engine import TheEngine
from semblante.api.etags import IfMatch, check_if_match, etag_of
from semblante.api.face_ids import FaceId, face_id, face_of_id
from semblante.api.job_registry import OVER, Job
from semblante.api.routes.people import ConsentIO
from semblante.api.schemas import LookAlikeOut, PersonRef, Schema
from semblante.errors import Overloaded
from semblante.jobs import JobContext
from semblante.pipeline import Group, IfKnown, SplitProposal
from semblante.types import FaceRef

router = APIRouter(prefix="/groups", tags=["groups"])

GroupId = Annotated[
    str,
    Path(pattern=r"^[0-9a-f]{64}-[0-9]{1,4}$", description="The face that tells the group from others."),
]
_EXAMPLES: Final = 6
_KIND: Final = "grouping"
_WAIT_S: Final = 3.0
_LOOK_EVERY_S: Final = 0.02
_RETRY_AFTER_S: Final = 5


class GroupInListOut(Schema):
    """A group of so many `faces`, and `doubtful` ones, with its most typical faces as `examples`.

    One that is not `certain` may be of different people, who are as similar by chance among so many faces.
    The user made one that is `kept`.
    """

    id: str
    photos: int
    faces: int
    doubtful: int
    certain: bool
    kept: bool
    examples: tuple[str, ...]


class GroupsOut(Schema):
    """Some groups, the largest first and uncertain ones last, of so many in `total`.

    Faces that are in no group are `alone`, too `poor` to be relied on, or `ignored`. Where something has
    changed, and it takes long to put the groups together anew, `job` does; until it is done, groups are as
    before, without those that were changed.
    """

    groups: tuple[GroupInListOut, ...]
    total: int
    alone: int
    poor: int
    ignored: int
    next: str | None
    job: str | None


class GroupOut(Schema):
    """A group: its faces, the most typical first, and further ones that may be somebody else's."""

    id: str
    photos: int
    faces: tuple[str, ...]
    doubtful: tuple[str, ...]
    certain: bool
    kept: bool
    ignored: bool


class GroupChangeIn(Schema):
    """What is to become of a group: whose it is, or that nobody asks any more who it is.

    It is the person with this number, or somebody new with this `name`, who is added in the same change. So
    is `consent`, which somebody new needs, and somebody known who had not agreed. `doubtful` takes the
    doubtful faces too. Where the person is known and unlike, `if_known` says what to do.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {
                    "required": ["person"],
                    "properties": {"person": {"not": {"type": "null"}}, "name": {"type": "null"}},
                },
                {
                    "required": ["name", "consent"],
                    "properties": {"name": {"type": "string"}, "consent": {"not": {"type": "null"}}},
                },
                {
                    "required": ["ignored"],
                    "properties": {"ignored": {"type": "boolean"}, "name": {"type": "null"}},
                },
            ]
        }
    )

    person: PersonRef | None = None
    name: str | None = None
    consent: ConsentIO | None = None
    doubtful: StrictBool = False
    if_known: IfKnown | None = None
    ignored: StrictBool | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> "GroupChangeIn":
        if [self.person, self.name, self.ignored].count(None) != 2:
            raise ValueError("give one of person, name and ignored")
        if self.name is not None and self.consent is None:
            raise ValueError("give the consent of somebody new")
        return self


class MergeIn(Schema):
    """The groups that are the same person's as the one in the address."""

    groups: Annotated[tuple[FaceId, ...], Field(min_length=1, max_length=200)]


class SplitIn(Schema):
    """Faces of the group that are somebody else's, as one group or several."""

    parts: Annotated[
        tuple[Annotated[tuple[FaceId, ...], Field(min_length=1)], ...], Field(min_length=1, max_length=20)
    ]


class GroupChangedOut(Schema):
    """The number of the change, by which it is undone; none where all was so already.

    Where the group was named, `look_alikes` are known people who look like the person.
    """

    change: int | None
    look_alikes: tuple[LookAlikeOut, ...] = ()


class SplitProposalOut(Schema):
    """Parts of a group that may be different people, the largest first, and faces like none of them.

    There are no parts where the faces do not fall apart.
    """

    parts: tuple[tuple[str, ...], ...]
    outliers: tuple[str, ...]

    @classmethod
    def of(cls, proposal: SplitProposal) -> "SplitProposalOut":
        """That of a proposal."""
        return cls(
            parts=tuple(tuple(map(face_id, part)) for part in proposal.parts),
            outliers=tuple(map(face_id, proposal.outliers)),
        )


@router.get("")
async def list_groups(
    engine: TheEngine,
    min_photos: Annotated[int, Query(ge=1, description="In how many photos a group must be.")] = 2,
    ignored: Annotated[bool, Query(description="Those that nobody asks about any more, instead.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> GroupsOut:
    """The groups of unknown faces; see `job` for when they are being put together."""
    listing = f"groups {min_photos} {ignored}"
    start = 0 if cursor is None else engine.cursors.read(listing, cursor)
    job = await _at_work(engine)
    at_work = job.id if job else None

    def ask() -> GroupsOut:
        people = engine.library.people_so_far(engine.analyzer, min_photos)
        if people is None:
            return GroupsOut(groups=(), total=0, alone=0, poor=0, ignored=0, next=None, job=at_work)
        unknown = [each for each in people.groups if each.name is None]
        found = people.ignored_groups if ignored else unknown
        shown, end = found[start : start + limit], start + limit
        return GroupsOut(
            groups=_in_list(engine, shown),
            total=len(found),
            alone=people.alone,
            poor=people.poor,
            ignored=people.ignored,
            next=engine.cursors.write(listing, end) if end < len(found) else None,
            job=at_work,
        )

    return await engine.run(ask)


@router.get("/{group_id}")
async def show_group(group_id: GroupId, response: Response, engine: TheEngine) -> GroupOut:
    """A group with all its faces; the `ETag` is what `If-Match` compares when it is changed."""
    await _check_ready(engine, group_id)
    shown = await engine.run(lambda: _shown(engine, _group(engine, group_id)))
    response.headers["ETag"] = etag_of(shown)
    return shown


@router.get("/{group_id}/split-proposal")
async def propose_split(group_id: GroupId, engine: TheEngine) -> SplitProposalOut:
    """How the group falls into parts, if it does, and which faces are like no other; nothing is changed."""
    await _check_ready(engine, group_id)
    return SplitProposalOut.of(
        await engine.run(lambda: engine.library.propose_split(_group(engine, group_id)))
    )


@router.patch("/{group_id}")
async def change_group(
    group_id: GroupId, wanted: GroupChangeIn, engine: TheEngine, if_match: IfMatch = None
) -> GroupChangedOut:
    """Name a group, from which the person is learnt at once, or ignore it, or no longer.

    The person must have agreed. Faces that come to an ignored group are ignored, too.
    """

    def change() -> GroupChangedOut:
        library = engine.library
        with engine.changing:
            group = _unchanged(engine, group_id, if_match)
            consent = wanted.consent.consent() if wanted.consent else None
            if wanted.person is not None:
                person, if_known = library.known_person(wanted.person), wanted.if_known
                kept = library.name_group_as(
                    group, person, engine.analyzer, wanted.doubtful, if_known, consent
                )
            elif wanted.name is not None and consent is not None:
                kept = library.add_from_group(group, wanted.name, consent, engine.analyzer, wanted.doubtful)
            else:
                return GroupChangedOut(change=library.ignore_group(group, wanted.ignored is not False))
        return GroupChangedOut(change=kept.change, look_alikes=tuple(map(LookAlikeOut.of, kept.look_alikes)))

    await _check_ready(engine, group_id)
    return await engine.run(change)


@router.post("/{group_id}/merge")
async def merge_groups(
    group_id: GroupId, merge: MergeIn, engine: TheEngine, if_match: IfMatch = None
) -> GroupChangedOut:
    """Make groups one, without their doubtful faces; it stays together from now on."""

    def change() -> int:
        with engine.changing:
            first = _unchanged(engine, group_id, if_match)
            return engine.library.merge_groups([first, *(_group(engine, each) for each in merge.groups)])

    await _check_ready(engine, group_id, *merge.groups)
    return GroupChangedOut(change=await engine.run(change))


@router.post("/{group_id}/split")
async def split_group(
    group_id: GroupId, split: SplitIn, engine: TheEngine, if_match: IfMatch = None
) -> GroupChangedOut:
    """Make groups of their own of parts of a group; they stay apart from now on, also from what is left."""
    parts = [list(map(face_of_id, part)) for part in split.parts]

    def change() -> int:
        with engine.changing:
            return engine.library.split_group(_unchanged(engine, group_id, if_match), parts)

    await _check_ready(engine, group_id)
    return GroupChangedOut(change=await engine.run(change))


async def _at_work(engine: TheEngine) -> Job | None:
    """Wait a little until the groups are as they are now; the job that puts them together where it is longer.

    It is one job for all who ask, and no request does its work.
    """

    def put_together(job: JobContext) -> None:
        engine.library.people(engine.analyzer, job=job)

    if await engine.run(lambda: engine.library.is_grouped(engine.analyzer)):
        return None
    running = [each for each in engine.jobs.jobs() if each.kind == _KIND and each.status.state not in OVER]
    job = running[0] if running else engine.jobs.start(_KIND, put_together)
    until_s = time.monotonic() + _WAIT_S
    while job.status.state not in OVER:
        if time.monotonic() > until_s:
            return job
        await asyncio.sleep(_LOOK_EVERY_S)
    if job.status.state == "failed":
        await engine.run(lambda: engine.library.people(engine.analyzer))  # It says why.
    return None


async def _check_ready(engine: TheEngine, *group_ids: str) -> None:
    """Raise `Overloaded` where it takes long to find one of these groups; it is being worked at then."""

    def are_known() -> bool:
        library, analyzer = engine.library, engine.analyzer
        return all(library.group_so_far(face_of_id(each), analyzer) for each in group_ids)

    if not await engine.run(are_known) and await _at_work(engine):
        raise Overloaded("groups_at_work", retry_after_s=_RETRY_AFTER_S)


def _group(engine: TheEngine, group_id: str) -> Group:
    return engine.library.group(face_of_id(group_id), engine.analyzer)


def _unchanged(engine: TheEngine, group_id: str, if_match: str | None) -> Group:
    """The group, as the caller has read it. Raises `Refused` where it was changed since."""
    group = _group(engine, group_id)
    if if_match is not None:
        check_if_match(if_match, _shown(engine, group))
    return group


def _shown(engine: TheEngine, group: Group) -> GroupOut:
    names = engine.library.refs_of((*group.faces, *group.doubtful))
    ignored = set(engine.library.ignored_faces())
    faces = [names[number] for number in group.faces if number in names]
    return GroupOut(
        id=_id_of(group),
        photos=group.photos,
        faces=tuple(map(face_id, faces)),
        doubtful=tuple(face_id(names[number]) for number in group.doubtful if number in names),
        certain=group.is_certain,
        kept=group.is_kept,
        ignored=bool(faces) and ignored.issuperset(faces),
    )


def _in_list(engine: TheEngine, groups: Sequence[Group]) -> tuple[GroupInListOut, ...]:
    names: dict[int, FaceRef] = engine.library.refs_of(
        [number for each in groups for number in each.faces[:_EXAMPLES]]
    )
    return tuple(
        GroupInListOut(
            id=_id_of(each),
            photos=each.photos,
            faces=len(each.faces),
            doubtful=len(each.doubtful),
            certain=each.is_certain,
            kept=each.is_kept,
            examples=tuple(face_id(names[number]) for number in each.faces[:_EXAMPLES] if number in names),
        )
        for each in groups
        if each.anchor
    )


def _id_of(group: Group) -> str:
    assert group.anchor is not None, "unknown groups have one"
    return face_id(group.anchor)
