"""The ages of a person of which photos are missing, and photos that name no day, or a wrong one."""

from collections.abc import Sequence
from datetime import date

from semblante.jobs import Advice
from semblante.person.age_fitting import count_moments, rows_by_span
from semblante.person.ages import AGE_SPANS, AgeSpan, age_on, age_span, reason_of_span
from semblante.person.examples import MIN_PHOTOS, Gallery


def advice_on_ages(positives: Gallery, birth_date: date, today: date) -> list[Advice]:
    """What keeps a person's photos from teaching each age: spans up to today with too few of them.

    Each of these is asked for with its ages; photos of an unknown day, and of a day when nobody of this birth
    date can be seen, are named.
    """
    undated, impossible = list[str](), list[str]()
    for source, day in zip(positives.sources, positives.days, strict=True):
        if day is None:
            undated.append(str(source))
        elif age_span(day, birth_date) is None:
            impossible.append(str(source))
    found = [Advice("advice_day_unknown", tuple(undated)), Advice("advice_day_impossible", tuple(impossible))]
    missing = _missing(positives, birth_date, today)
    asked = Advice(
        "advice_ages_missing", (), {"ages": list(map(reason_of_span, missing)), "needed": MIN_PHOTOS}
    )
    return [*(each for each in found if each.photos), *([asked] if missing else [])]


def _missing(positives: Gallery, birth_date: date, today: date) -> Sequence[AgeSpan]:
    rows = rows_by_span(positives, birth_date)
    years = age_on(today, birth_date)
    return [
        span
        for span in AGE_SPANS
        if span.from_years <= years and count_moments(positives, rows.get(span, ())) < MIN_PHOTOS
    ]
