"""`/sorts`: the photos of a person get a place of their own, or sidecars; planned first, and undone."""

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Response
from fastapi import Path as InPath
from pydantic import Field, StrictBool, model_validator

from semblante.api.engine import TheEngine
from semblante.api.problems import plain
from semblante.api.routes.jobs import JobOut, accepted
from semblante.api.schemas import PersonRef, Schema
from semblante.i18n import as_line
from semblante.jobs import JobContext
from semblante.pipeline import How, Run, SortedPhoto, Undone

router = APIRouter(prefix="/sorts", tags=["photos"])

SortId = Annotated[str, InPath(pattern=r"^[0-9]{8}-[0-9]{6}$", description="When the sort began.")]
_MAX_SHOWN: Final = 1000
"""So many photos are named in a result; all are counted."""


class SortIn(Schema):
    """Whose photos are sorted, and how: copies, links, or sidecars ("xmp"), which need no folder.

    A `dry_run` changes nothing and says what would be made.
    """

    person: PersonRef
    how: How = "copy"
    folder: Annotated[str, Field(min_length=1, max_length=4096, pattern=r"^[^\x00]*$")] | None = None
    dry_run: StrictBool = False

    @model_validator(mode="after")
    def _with_its_folder(self) -> "SortIn":
        if (self.how == "xmp") == (self.folder is not None):
            raise ValueError("give a folder, or sidecars")
        return self


class UndoIn(Schema):
    """Whether a sort is taken back, or only what would become of it is told."""

    dry_run: StrictBool = False


_AT_ONCE: Final = UndoIn()


class SortOut(Schema):
    """A sort that was done: whose photos, how, when it began, how many files it made or changed."""

    id: str
    name: str
    how: How
    began: datetime
    files: int
    undone: bool

    @classmethod
    def of(cls, run: Run) -> "SortOut":
        """That of a run."""
        return cls(
            id=run.run, name=run.name, how=run.how, began=run.began, files=run.file_count, undone=run.undone
        )


@router.get("")
async def list_sorts(engine: TheEngine) -> tuple[SortOut, ...]:
    """What was sorted, the last first."""
    runs = await engine.run(lambda: engine.library.sorts())
    return tuple(map(SortOut.of, reversed(runs)))


@router.post("", status_code=202)
async def start_sort(sort: SortIn, response: Response, engine: TheEngine) -> JobOut:
    """Sort the photos that surely show a person, as a job; photos are never moved, and nothing is replaced.

    The result counts what was made (with `dry_run`: would be), was there already, and was skipped, and names
    the first thousand of the photos.
    """
    await engine.run(lambda: engine.library.known_person(sort.person))
    folder = None if sort.folder is None else Path(sort.folder)

    def verb(job: JobContext) -> dict[str, Any]:
        # The job may have waited, and another may have the name by now.
        name = engine.library.known_person(sort.person).name
        photos = engine.library.sort(name, sort.how, folder, sort.dry_run, job)
        counts = Counter(each.outcome for each in photos)
        return {
            "dry_run": sort.dry_run,
            **{outcome: counts[outcome] for outcome in ("made", "already", "skipped")},
            "photos": [_sorted(each) for each in photos[:_MAX_SHOWN]],
        }

    return accepted(engine.jobs.start("sort", verb), response)


@router.post("/{sort_id}/undo", status_code=202)
async def undo_sort(
    sort_id: SortId, response: Response, engine: TheEngine, undo: UndoIn = _AT_ONCE
) -> JobOut:
    """Take back what a sort made, as a job; what was changed since is left.

    The result counts files, and those folders that were left.
    """

    def verb(job: JobContext) -> dict[str, Any]:
        _, things = engine.library.undo_sort(sort_id, undo.dry_run, job)
        counts = Counter(each.outcome for each in things if not each.is_folder or each.outcome == "left")
        return {
            "dry_run": undo.dry_run,
            **{outcome: counts[outcome] for outcome in ("removed", "restored", "left")},
            "things": [_undone(each) for each in things[:_MAX_SHOWN]],
        }

    await engine.run(lambda: engine.library.sort_of(sort_id))
    return accepted(engine.jobs.start("undo_sort", verb), response)


def _sorted(photo: SortedPhoto) -> dict[str, Any]:
    target = None if photo.target is None else as_line(photo.target)
    return {
        "photo": as_line(photo.photo),
        "outcome": photo.outcome,
        "target": target,
        "reason": plain(photo.reason),
    }


def _undone(thing: Undone) -> dict[str, Any]:
    return {"path": as_line(thing.path), "outcome": thing.outcome, "reason": plain(thing.reason)}
