"""Days that a search names in words."""

from datetime import date, timedelta

import pytest

from events.catalogue.days_in_words import read_named_days

WEDNESDAY = date(2026, 12, 2)


@pytest.mark.parametrize(
    ("query", "first", "last", "rest"),
    [
        ("tonight", 0, 0, ""),
        ("Comedy tonight", 0, 0, "comedy"),
        ("heute abend Kabarett", 0, 0, "kabarett"),
        ("tomorrow night jazz", 1, 1, "jazz"),
        ("morgen", 1, 1, ""),
        ("jazz on Friday", 2, 2, "jazz"),
        ("WEDNESDAY", 0, 0, ""),
        ("Dienstag", 6, 6, ""),
        ("रविवार नाटक", 4, 4, "नाटक"),
        ("this weekend", 3, 4, ""),
        ("diese Woche", 0, 4, ""),
    ],
)
def test_words_name_days(query: str, first: int, last: int, rest: str):
    found = read_named_days(query, WEDNESDAY)
    assert found is not None
    assert ((found.first - WEDNESDAY).days, (found.last - WEDNESDAY).days, found.rest) == (first, last, rest)


@pytest.mark.parametrize("query", ["", "   ", "Hamlet", "todays", "Sundayish"])
def test_other_words_name_none(query: str):
    assert read_named_days(query, WEDNESDAY) is None


def test_a_weekend_that_has_begun_is_what_is_left_of_it():
    sunday = WEDNESDAY + timedelta(4)
    found = read_named_days("weekend", sunday)
    assert found is not None
    assert (found.first, found.last) == (sunday, sunday)
