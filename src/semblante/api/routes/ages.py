"""`/people/ID/ages`: of which ages there are photos of a person, and which are missing."""

from datetime import date

from fastapi import APIRouter

from semblante.api.engine import TheEngine
from semblante.api.routes.people import PersonId
from semblante.api.schemas import Schema
from semblante.i18n import describe
from semblante.pipeline import reason_of_span

router = APIRouter(prefix="/people/{person_id:int}/ages", tags=["people"])


class YearOut(Schema):
    """How many photos there are of one age."""

    age: int
    photos: int


class AgesOut(Schema):
    """The photos of each age up to today, those of no known day, and the ages that there are too few of.

    All are empty where the birth date is not known.
    """

    years: tuple[YearOut, ...]
    undated: int
    missing: tuple[str, ...]


@router.get("")
async def show_ages(person_id: PersonId, engine: TheEngine) -> AgesOut:
    """Say of which ages there are photos of a person, and of which more would help."""
    found = await engine.run(lambda: engine.library.photos_by_age(person_id, date.today()))
    return AgesOut(
        years=tuple(YearOut(age=age, photos=photos) for age, photos in enumerate(found.years)),
        undated=found.undated,
        missing=tuple(describe(reason_of_span(span)) for span in found.missing),
    )
