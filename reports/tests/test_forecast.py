"""What coming shows are expected to sell, by those before them."""

from datetime import UTC, datetime, timedelta

import pytest

from reports.forecast import BookingCurve, find_similar, forecast_show

pytestmark = pytest.mark.once
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FRIDAY = datetime(2026, 3, 6, 19, tzinfo=UTC)


def make_curve(
    pk: int, *, days: float, sold: dict[float, int], kind: str = "play", is_weekend: bool = True, theater: int = 1
) -> BookingCurve:
    """Make a show of 100 places, `days` from now, and how many it sold how many days before its start."""
    starts_at = NOW + timedelta(days=days)
    moments = sorted(starts_at - timedelta(days=lead) for lead, number in sold.items() for _ticket in range(number))
    return BookingCurve(pk, 1, theater, kind, is_weekend, starts_at, 100, moments)


def earlier(*finals: int, **fields: object) -> list[BookingCurve]:
    """Make earlier shows that had sold 20 ten days before and the rest two days before."""
    return [make_curve(100 + at, days=-7 - at, sold={10: 20, 2: final - 20}, **fields) for at, final in enumerate(finals)]  # fmt: skip  # noqa: E501


def test_it_adds_what_similar_shows_gained_from_the_same_point():
    coming = make_curve(1, days=5, sold={8: 30})
    found = forecast_show(coming, earlier(60, 60, 60, 60, 60), NOW)
    assert found is not None
    assert (found.expected, found.error, found.based_on) == (70, 0, 5)
    # A day before the start they had sold all that they would.
    tomorrow = forecast_show(make_curve(1, days=1, sold={8: 30}), earlier(60, 60, 60, 60, 60), NOW)
    assert tomorrow is not None
    assert tomorrow.expected == 30


def test_its_past_error_is_that_of_the_same_rule_on_the_others():
    found = forecast_show(make_curve(1, days=5, sold={8: 30}), earlier(40, 50, 60, 70, 80), NOW)
    assert found is not None
    # Left out one by one, the others gain 45, 42.5, 40, 37.5 and 35 on average; they gained 20 … 60.
    assert found.expected == 70
    assert found.error == pytest.approx((25 + 12.5 + 0 + 12.5 + 25) / 5)


def test_it_never_exceeds_the_hall_nor_falls_below_what_is_sold():
    found = forecast_show(make_curve(1, days=5, sold={8: 90}), earlier(60, 60, 60, 60, 60), NOW)
    assert found is not None
    assert found.expected == 100


def test_with_few_shows_it_looks_wider_and_at_last_says_nothing():
    coming = make_curve(1, days=5, sold={8: 30})
    weekend = earlier(60, 60, 60, 60)
    weekday = [make_curve(200, days=-3, sold={2: 30}, is_weekend=False)]
    films = [make_curve(300 + at, days=-3, sold={2: 30}, kind="film") for at in range(5)]
    elsewhere = [make_curve(400 + at, days=-3, sold={2: 30}, theater=2) for at in range(9)]
    assert forecast_show(coming, weekend + elsewhere, NOW) is None
    assert len(find_similar(coming, weekend + weekday + elsewhere)) == 5
    assert len(find_similar(coming, weekend + films)) == 9
    assert len(find_similar(coming, [*weekend, *earlier(60), *films])) == 5
