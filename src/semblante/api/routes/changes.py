"""`/changes`: the history of the library, and the way back."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path

from semblante.api.cursors import Cursor, Limit
from semblante.api.engine import TheEngine
from semblante.api.schemas import Schema
from semblante.pipeline import Change, ChangeKind
from semblante.report.changes import change_text

router = APIRouter(prefix="/changes", tags=["history"])

_LISTING = "changes"
ChangeId = Annotated[int, Path(ge=0, lt=2**53, description="The number of a change.")]


class ChangeOut(Schema):
    """A change that can be undone, and what it did in the language of the request.

    `name` is that of the person or the folder that it is about, `instead_of` whom the person replaced;
    `beside` the people who look alike and were taught against the person; `faces` counts the faces that it is
    about where it is about no person.
    """

    id: int
    kind: ChangeKind
    name: str
    instead_of: tuple[str, ...]
    beside: tuple[str, ...]
    faces: int
    at: datetime
    text: str

    @classmethod
    def of(cls, change: Change) -> "ChangeOut":
        """That of a change."""
        return cls(
            id=change.number,
            kind=change.kind,
            name=change.name,
            instead_of=change.instead_of,
            beside=change.beside,
            faces=change.faces,
            at=change.at,
            text=change_text(change),
        )


class ChangesOut(Schema):
    """Some of the history, the last first; `next` is the cursor of what comes then."""

    changes: tuple[ChangeOut, ...]
    next: str | None


@router.get("")
async def list_changes(engine: TheEngine, limit: Limit = 50, cursor: Cursor = None) -> ChangesOut:
    """What was changed and can be undone, the last first."""
    before = None if cursor is None else engine.cursors.read(_LISTING, cursor)
    # One more than is shown tells whether there is a next page.
    found = await engine.run(lambda: engine.library.changes(limit + 1, before))
    shown = found[:limit]
    more = engine.cursors.write(_LISTING, shown[-1].number) if len(found) > limit else None
    return ChangesOut(changes=tuple(map(ChangeOut.of, shown)), next=more)


@router.post("/{change_id}/undo")
async def undo_change(change_id: ChangeId, engine: TheEngine) -> ChangeOut:
    """Take back a change: what it is about is as before it.

    409 `change_superseded` where a later change is about the same person, face or folder.
    """
    return ChangeOut.of(await engine.run(lambda: engine.library.undo_change(change_id)))
