"""`/holdings`: everything that is kept, of each person and by file; and all of it erased."""

from datetime import datetime
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request

from semblante.api.engine import TheEngine
from semblante.api.face_ids import portrait_id
from semblante.api.routes.people import ConsentIO
from semblante.api.schemas import Schema
from semblante.errors import Reason
from semblante.i18n import as_line, describe
from semblante.pipeline import HeldFile, HeldOfPerson, Holdings

router = APIRouter(prefix="/holdings", tags=["holdings"])

_WAIT_FOR_JOBS_S: Final = 20.0


class HeldOut(Schema):
    """So many things of a kind, and since when; `title` says the kind in the caller's language."""

    kind: str
    title: str
    count: int
    bytes: int
    since: datetime | None


class HeldOfPersonOut(Schema):
    """What is kept of a person."""

    id: str
    name: str
    face: str | None
    consent: ConsentIO | None
    kept: tuple[HeldOut, ...]
    bytes: int

    @classmethod
    def of(cls, held: HeldOfPerson) -> "HeldOfPersonOut":
        """That of what the library holds."""
        person = held.person
        return cls(
            id=str(person.id),
            name=person.name,
            face=portrait_id(person),
            consent=ConsentIO.of(person.consent),
            kept=tuple(
                HeldOut(
                    kind=each.kind,
                    title=describe(Reason(each.kind)),
                    count=each.count,
                    bytes=each.size,
                    since=each.since,
                )
                for each in held.kept
            ),
            bytes=held.size,
        )


class HeldFileOut(Schema):
    """A file of the data folder; `title` says what it is in the caller's language."""

    name: str
    kind: str
    title: str
    changed_at: datetime
    bytes: int

    @classmethod
    def of(cls, held: HeldFile) -> "HeldFileOut":
        """That of a file."""
        return cls(
            name=held.path.name,
            kind=held.kind,
            title=describe(Reason(held.kind)),
            changed_at=held.changed,
            bytes=held.size,
        )


class HoldingsOut(Schema):
    """All that is kept: of each person, by file, and how many photos and faces the index knows.

    `folder` is where the files are; only the page is told, no program with a key.
    """

    people: tuple[HeldOfPersonOut, ...]
    files: tuple[HeldFileOut, ...]
    photos: int
    faces: int
    total_bytes: int
    folder: str | None

    @classmethod
    def of(cls, held: Holdings, folder: Path | None) -> "HoldingsOut":
        """That of a library."""
        return cls(
            people=tuple(map(HeldOfPersonOut.of, held.people)),
            files=tuple(map(HeldFileOut.of, held.files)),
            photos=held.photos,
            faces=held.faces,
            total_bytes=held.size,
            folder=None if folder is None else as_line(folder),
        )


class ErasedOut(Schema):
    """The files that were erased."""

    erased: tuple[HeldFileOut, ...]


@router.get("")
async def show_holdings(request: Request, engine: TheEngine) -> HoldingsOut:
    """Show everything that is kept, with sizes and dates."""
    held = await engine.run(lambda: engine.library.holdings())
    return HoldingsOut.of(held, engine.folder if request.state.caller.is_session else None)


@router.delete("")
async def erase_everything(engine: TheEngine) -> ErasedOut:
    """Erase all of everybody at once, locked or not, and the keys of programs; the library is empty then."""

    def erase() -> tuple[HeldFile, ...]:
        # Else a scan would go on, and write what it finds into the new index.
        engine.jobs.end_all(_WAIT_FOR_JOBS_S)
        erased = engine.library.erase_everything()
        engine.keys.revoke_all()
        engine.end_all()
        return erased

    return ErasedOut(erased=tuple(map(HeldFileOut.of, await engine.run(erase))))
