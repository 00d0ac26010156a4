"""The dates of an event as a calendar, from its showtimes; no database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from events.catalogue import FromPrice, ShowState, Showtime
from events.catalogue.event_calendar import find_values, keep_whole_days, make_calendar, narrow

# 10:00 in Vienna.
NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)


def showtime(day: date, **fields: object) -> Showtime:
    """Return a show in Vienna at 20:00 of that day, half sold."""
    starts_at = datetime(day.year, day.month, day.day, 18, tzinfo=UTC)
    show = Showtime(
        code="ABC",
        event_slug="hamlet",
        event_title="Hamlet",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        doors_at=None,
        sales_open_at=None,
        time_zone="Europe/Vienna",
        theater_name="Riverside",
        theater_slug="riverside",
        theater_place="1 River Street",
        city_name="Vienna",
        city_slug="vienna",
        country="AT",
        hall_name="Main",
        format="",
        language="",
        subtitles="",
        access=(),
        currency="EUR",
        price=FromPrice("EUR", Decimal(20)),
        capacity=100,
        left=50,
        state=ShowState.ON_SALE,
    )
    return replace(show, **fields)


def may(day: int, **fields: object) -> Showtime:
    return showtime(date(2026, 5, day), **fields)


def sold_out(day: int) -> Showtime:
    return may(day, left=0, state=ShowState.SOLD_OUT)


def euros(amount: str) -> FromPrice:
    return FromPrice("EUR", Decimal(amount))


def calendar_of(*shows: Showtime, chosen: date | None = None, first_weekday: int = 0):
    return make_calendar(shows, chosen=chosen, now=NOW, first_weekday=first_weekday)


def day_of(calendar, number: int):
    return next(day for week in calendar.weeks for day in week if day and day.date.day == number)


def test_the_first_day_with_free_places_is_chosen() -> None:
    assert calendar_of(sold_out(3), may(5), may(9)).day.date == date(2026, 5, 5)
    assert calendar_of(sold_out(3), sold_out(5)).day.date == date(2026, 5, 3)


def test_a_day_with_shows_can_be_chosen_and_another_is_ignored() -> None:
    shows = sold_out(3), may(5)
    assert calendar_of(*shows, chosen=date(2026, 5, 3)).day.date == date(2026, 5, 3)
    assert calendar_of(*shows, chosen=date(2026, 5, 4)).day.date == date(2026, 5, 5)


def test_the_month_is_in_whole_weeks_without_the_days_around_it() -> None:
    monday, sunday = calendar_of(may(5)), calendar_of(may(5), first_weekday=6)
    # 1 May 2026 is a Friday.
    assert [day and day.date.day for day in monday.weeks[0]] == [None] * 4 + [1, 2, 3]
    assert [day and day.date.day for day in sunday.weeks[0]] == [None] * 5 + [1, 2]
    assert [day and day.date.day for day in monday.weeks[-1]] == [25, 26, 27, 28, 29, 30, 31]
    assert monday.weekdays[0].weekday() == 0
    assert sunday.weekdays[0].weekday() == 6
    assert (day_of(monday, 4).state, day_of(monday, 5).state) == (None, ShowState.ON_SALE)


def test_other_months_lead_to_their_first_day_with_free_places() -> None:
    shows = [
        may(5),
        showtime(date(2026, 7, 2), left=0, state=ShowState.SOLD_OUT),
        showtime(date(2026, 7, 4)),
        showtime(date(2027, 1, 9)),
    ]
    first, middle, last = (
        calendar_of(*shows, chosen=day) for day in (date(2026, 5, 5), date(2026, 7, 2), date(2027, 1, 9))
    )
    assert (first.earlier, first.later) == (None, date(2026, 7, 4))
    assert (middle.earlier, middle.later) == (date(2026, 5, 5), date(2027, 1, 9))
    assert (last.earlier, last.later) == (date(2026, 7, 4), None)


def test_the_lowest_price_of_all_dates_is_marked_unless_all_are_alike() -> None:
    priced = [
        may(3, price=euros("24")),
        may(3, price=euros("18")),
        may(4, price=euros("20")),
        may(5, price=euros("18")),
    ]
    calendar = calendar_of(*priced, showtime(date(2026, 6, 1), price=euros("30")))
    assert [day_of(calendar, day).price for day in (3, 4, 5)] == [euros("18"), euros("20"), euros("18")]
    assert [day_of(calendar, day).is_cheapest for day in (3, 4, 5)] == [True, False, True]
    assert calendar.lowest == euros("18")
    alike = calendar_of(may(3), may(4))
    assert (alike.lowest, day_of(alike, 3).is_cheapest) == (None, False)


def test_what_cannot_be_booked_is_no_bargain() -> None:
    cheap = replace(sold_out(3), price=euros("5"))
    calendar = calendar_of(cheap, may(4), may(5, price=euros("30")))
    assert day_of(calendar, 3).price is None
    assert calendar.lowest == euros("20")


def test_prices_of_another_currency_are_shown_and_not_compared() -> None:
    yen = FromPrice("JPY", Decimal(3))
    calendar = calendar_of(may(3), may(4, price=euros("30")), may(5, price=yen, currency="JPY"))
    assert (day_of(calendar, 5).price, day_of(calendar, 5).is_cheapest) == (yen, False)
    assert calendar.lowest == euros("20")


def test_fullness_counts_full_quarters_of_what_is_sold_that_day() -> None:
    def quarters(*shows: Showtime) -> int | None:
        return calendar_of(*shows).day.quarters

    assert [quarters(may(3, left=left)) for left in (100, 76, 75, 50, 49, 25, 11)] == [0, 0, 1, 2, 2, 3, 3]
    assert quarters(may(3), sold_out(3)) == 3
    assert quarters(sold_out(3)) == 4
    # Few places of a small hall.
    assert quarters(may(3, capacity=12, left=10, state=ShowState.FEW_LEFT)) == 3
    assert quarters(may(3), may(3, left=0, state=ShowState.CANCELED)) == 2
    assert quarters(may(3, state=ShowState.CANCELED)) is None
    assert quarters(may(3, state=ShowState.NOT_YET)) is None


def test_a_day_is_as_free_as_its_freest_show() -> None:
    few = may(3, left=4, state=ShowState.FEW_LEFT)
    assert calendar_of(sold_out(3), few).day.state == ShowState.FEW_LEFT
    assert calendar_of(sold_out(3), few, may(3)).day.state == ShowState.ON_SALE


def test_days_are_those_of_the_theater() -> None:
    late = may(3, starts_at=datetime(2026, 5, 3, 22, 30, tzinfo=UTC))
    assert calendar_of(late).day.date == date(2026, 5, 4)


def test_a_day_that_may_have_more_shows_is_left_out() -> None:
    tokyo = {"time_zone": "Asia/Tokyo"}
    # The last begins at 20:00 in Vienna, when it is already the 6th in Tokyo: the 5th is over there.
    early, late = (may(5, starts_at=datetime(2026, 5, 5, hour, tzinfo=UTC), **tokyo) for hour in (10, 16))
    shows = [may(4), early, late, may(5)]
    assert keep_whole_days(shows) == [may(4), early]
    assert late.local_day == date(2026, 5, 6)
    assert keep_whole_days([may(4), may(4)]) == [may(4), may(4)]


VERSIONS = [
    may(3, format="3D", language="de"),
    may(4, format="35 mm", language="en", subtitles="de"),
    may(5, format="35 mm", language="de"),
]


def test_dates_are_narrowed_and_what_no_show_is_like_is_ignored() -> None:
    def days(**asked: str) -> tuple[list[int], dict[str, str]]:
        found, narrowed_by = narrow(VERSIONS, asked)
        return [show.starts_at.day for show in found], narrowed_by

    assert days(format="35 mm") == ([4, 5], {"format": "35 mm"})
    assert days(format="35 mm", language="de") == ([5], {"format": "35 mm", "language": "de"})
    assert days(subtitles="de") == ([4], {"subtitles": "de"})
    assert days(format="IMAX", city="vienna") == ([3, 4, 5], {})
    assert days(format="3D", language="en") == ([3], {"format": "3D"})


def test_only_choices_with_dates_are_offered() -> None:
    assert find_values(VERSIONS, "format", {}) == ["35 mm", "3D"]
    assert find_values(VERSIONS, "subtitles", {}) == ["de"]
    assert find_values(VERSIONS, "language", {"format": "3D"}) == []
    # The chosen one stays, so that it can be taken back.
    assert find_values(VERSIONS, "language", {"format": "3D", "language": "de"}) == ["de"]
    assert find_values([may(3), may(4)], "language", {}) == []
