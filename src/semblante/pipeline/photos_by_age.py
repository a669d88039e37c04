"""How many photos of a person there are of each age, and of which ages there are too few to learn from."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from semblante.library import FaceStore, KnownPerson
from semblante.person import AGE_SPANS, MIN_PHOTOS, AgeSpan, age_on


@dataclass(frozen=True)
class PhotosByAge:
    """The photos of each age, from the first year of life to today; `undated` are of no known day.

    Of the ages in `missing`, there are too few photos for a neuron of their own. Where the birth date is not
    known, all are empty.
    """

    years: tuple[int, ...] = ()
    undated: int = 0
    missing: tuple[AgeSpan, ...] = ()


def photos_by_age(store: FaceStore, person: KnownPerson, today: date) -> PhotosByAge:
    """Those of the photos given as the person's, and of those that taught before. Raises `UnknownPerson`."""
    born = person.birth_date
    if born is None:
        return PhotosByAge()
    photos = {each.photo for each in store.given_photos(person.name) if each.role == "positive"}
    photos |= {each.face.photo for each in store.taught(person.name) if each.kind == "positive"}
    days = store.days([bytes.fromhex(photo) for photo in photos])
    ages = Counter(age_on(day, born) for day in days.values())
    years = tuple(ages[age] for age in range(age_on(today, born) + 1))
    missing = tuple(
        span
        for span in AGE_SPANS
        if span.from_years < len(years) and sum(years[span.from_years : span.below_years]) < MIN_PHOTOS
    )
    return PhotosByAge(years, len(photos) - len(days), missing)
