"""Spans of ages in which a face stays alike: each may have a neuron of its own."""

from calendar import isleap
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from semblante.errors import Reason

OLDEST_YEARS: Final = 150


@dataclass(frozen=True, order=True)
class AgeSpan:
    """The ages from one birthday up to another: `from_years` and more, and less than `below_years`."""

    from_years: int
    below_years: int

    def days(self, birth_date: date) -> tuple[int, int]:
        """The first day of these ages of somebody, and the day after the last (`date.toordinal`)."""
        return _birthday(birth_date, self.from_years), _birthday(birth_date, self.below_years)


AGE_SPANS: Final = tuple(AgeSpan(*span) for span in pairwise((0, 3, 6, 10, 14, 18, 30, 45, 60, OLDEST_YEARS)))
"""A face changes fastest in the first years, until the head is grown, and slowly from then on."""


def age_on(day: date, birth_date: date) -> int:
    """How many birthdays the person has had by that day; below 0 before the birth."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def age_span(day: date | None, birth_date: date | None) -> AgeSpan | None:
    """The span of the person's age on that day; None where it is not known, or no age that people have."""
    if day is None or birth_date is None:
        return None
    years = age_on(day, birth_date)
    return next((span for span in AGE_SPANS if span.from_years <= years < span.below_years), None)


def _birthday(birth_date: date, years: int) -> int:
    """The day of a birthday; 1 March where there is no 29 February."""
    year = birth_date.year + years
    if (birth_date.month, birth_date.day) == (2, 29) and not isleap(year):
        return date(year, 3, 1).toordinal()
    return birth_date.replace(year=year).toordinal()


def reason_of_span(span: AgeSpan) -> Reason:
    """The span as a reason, whose sentence names its first year and its last."""
    if span.below_years == OLDEST_YEARS:
        return Reason("age_from", {"first": span.from_years})
    return Reason("ages_from_to", {"first": span.from_years, "last": span.below_years - 1})


@dataclass(frozen=True)
class AgeEvidence:
    """What neurons by age said of `faces` held-out ones, about which one neuron for all ages was asked too.

    A right answer is a yes for the person, and anything else for somebody who was named as another. `kept`
    says whether the neurons by age were right more often, by more than chance.
    """

    faces: int
    right_by_one: int
    right_by_age: int
    kept: bool
