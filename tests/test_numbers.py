"""Numbers as a reader of English or Spanish writes them."""

import math
from typing import Any

import pytest

from semblante.i18n import Language, numbers, speaking, tr
from semblante.metrics.results import Estimate

NAN = math.nan


@pytest.mark.parametrize(
    ("language", "made", "expected"),
    [
        ("en", lambda: numbers.percent(0.9123), "91.2%"),
        ("es", lambda: numbers.percent(0.9123), "91,2\N{NO-BREAK SPACE}%"),
        ("en", lambda: numbers.percent(NAN), "cannot be said"),
        ("en", lambda: numbers.count(59893), "59,893"),
        ("es", lambda: numbers.count(59893), "59\N{NO-BREAK SPACE}893"),
        ("es", lambda: numbers.count(1000), "1000"),
        ("es", lambda: tr("{rate:,.0f} a second", rate=1234.5), "1234 por segundo"),
        ("es", lambda: tr("{rate:,.0f} a second", rate=12_345.6), "12\N{NO-BREAK SPACE}346 por segundo"),
        ("en", lambda: numbers.points(-0.0312), "\N{MINUS SIGN}3.1"),
        ("en", lambda: numbers.points(-0.0001), "+0.0"),
        ("en", lambda: numbers.probability(0.99996), ">\N{NO-BREAK SPACE}99.9%"),
        ("en", lambda: numbers.probability(0.0), "<\N{NO-BREAK SPACE}0.1%"),
        ("en", lambda: numbers.with_interval(Estimate(0.5, 0.25, 0.75)), "50.0% (25.0–75.0%)"),
        ("en", lambda: numbers.with_interval(Estimate(0.5, NAN, NAN)), "50.0%"),
        ("en", lambda: numbers.short_percent(1e-3), "0.1%"),
        ("en", lambda: numbers.short_percent(1.0), "100%"),
    ],
)
def test_as_a_reader_writes_them(language: Language, made: Any, expected: str) -> None:
    with speaking(language):
        assert made() == expected


@pytest.mark.parametrize(
    ("language", "made"),
    [("en", "12,345 images and 0.5"), ("es", "12\N{NO-BREAK SPACE}345 images and 0,5")],
)
def test_a_sentence_writes_its_numbers_in_its_language(language: Language, made: str) -> None:
    with speaking(language):
        assert tr("{count} images and {share:.1f}", count=12_345, share=0.5) == made
