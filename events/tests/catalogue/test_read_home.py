"""The home page: by city and day, by the clock there."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from bookings.models import Booking, Ticket
from events.catalogue import FromPrice, ShowState, forget_catalogue, read_home
from events.catalogue.home import FIRST_EVENTS
from events.models import Event, Show, ShowArea, TicketType
from testing.builders import make_city, make_event, make_hall, make_show, make_theater
from testing.caches import forget_pages
from theaters.cities import find_city
from theaters.models import Theater

pytestmark = pytest.mark.django_db

# Noon in Vienna, evening in Tokyo, early morning in New York, all on 1 May.
NOW = datetime(2026, 5, 1, 10, tzinfo=UTC)


def make_hall_in(name: str, time_zone: str, currency: str = "EUR"):
    return make_hall(theater=make_theater(city=make_city(name, time_zone), currency=currency))


def sell(show: Show, count: int, state: str = Ticket.State.ISSUED) -> None:
    booking = Booking.objects.create(
        theater=show.hall.theater,
        state=Booking.State.CONFIRMED,
        confirmed_at=timezone.now(),
        currency="EUR",
        total=0,
    )
    free = show.seat_map.seats.exclude(tickets__show=show, tickets__state__in=Ticket.LIVE)
    for seat in free[:count]:
        Ticket.objects.create(
            booking=booking,
            show=show,
            seat=seat,
            category=seat.category,
            ticket_type=TicketType.objects.filter(theater=show.hall.theater).first(),
            price=Decimal(20),
            amount=Decimal(20),
            state=state,
        )


def titles(home) -> list[str]:
    return [card.title for card in home.events]


def test_events_are_sorted_by_their_next_show():
    late, soon = make_event("Late"), make_event("Soon")
    make_show(event=late, starts_at=NOW + timedelta(days=3))
    make_show(event=soon, starts_at=NOW + timedelta(days=2), price="12.50")
    make_show(event=soon, starts_at=NOW + timedelta(days=4), price="9")
    home = read_home(city=None, now=NOW)
    assert titles(home) == ["Soon", "Late"]
    card = home.events[0]
    assert (card.prices, card.show_count) == ((FromPrice("EUR", Decimal(9)),), 2)
    assert [show.starts_at for show in card.next_shows] == [NOW + timedelta(days=2), NOW + timedelta(days=4)]
    assert home.kinds == (("play", 2),)


@pytest.mark.parametrize(
    "hide",
    [
        lambda show: Event.objects.filter(pk=show.event_id).update(is_published=False),
        lambda show: Theater.objects.filter(pk=show.hall.theater_id).update(is_published=False),
        lambda show: Show.objects.filter(pk=show.pk).update(state=Show.State.DRAFT),
        lambda show: Show.objects.filter(pk=show.pk).update(state=Show.State.CANCELED),
        lambda show: Show.objects.filter(pk=show.pk).update(starts_at=NOW),
        lambda show: Show.objects.filter(pk=show.pk).update(
            starts_at=NOW + timedelta(days=20), ends_at=NOW + timedelta(days=21), cleared_at=NOW + timedelta(days=22)
        ),
    ],
)
def test_it_hides_what_is_not_public_or_not_soon(hide):
    show = make_show(starts_at=NOW + timedelta(days=1))
    assert titles(read_home(city=None, now=NOW)) == ["Hamlet"]
    hide(show)
    home = read_home(city=None, now=NOW)
    assert home.events == ()
    assert home.lead is None
    is_later = Show.objects.public().filter(state=Show.State.ON_SALE).upcoming(NOW).exists()
    assert home.kinds == ((("play", 1),) if is_later else ())


def test_kinds_are_counted_up_to_a_limit(monkeypatch: pytest.MonkeyPatch):
    for module in ("counts", "home"):
        monkeypatch.setattr(f"events.catalogue.{module}.KIND_COUNT_LIMIT", 2)
    for kind, number in (("play", 3), ("opera", 1)):
        for _number in range(number):
            make_show(event=make_event("Event", kind=kind), starts_at=NOW + timedelta(days=1))
    home = read_home(city=None, now=NOW)
    assert home.kinds == (("opera", 1), ("play", 2))
    assert home.kind_labels == [("opera", "opera", "1"), ("play", "play", "2+")]
    assert read_home(city=find_city("vienna"), now=NOW).kinds == home.kinds


def test_a_city_shows_only_its_own():
    make_show(event=make_event("Here"), hall=make_hall_in("Vienna", "Europe/Vienna"), starts_at=NOW + timedelta(days=1))
    make_show(event=make_event("There"), hall=make_hall_in("Graz", "Europe/Vienna"), starts_at=NOW + timedelta(days=1))
    home = read_home(city=find_city("vienna"), now=NOW)
    assert titles(home) == ["Here"]
    assert home.kinds == (("play", 1),)


@pytest.mark.slow
def test_a_day_is_the_citys_own():
    tokyo, new_york = make_hall_in("Tokyo", "Asia/Tokyo", "JPY"), make_hall_in("York", "America/New_York", "USD")
    # 2 May, 00:30 in Tokyo, while it is still 1 May nearly everywhere.
    make_show(event=make_event("After midnight"), hall=tokyo, starts_at=datetime(2026, 5, 1, 15, 30, tzinfo=UTC))
    # 1 May, 23:30 in New York, which is 2 May nearly everywhere.
    make_show(event=make_event("Before midnight"), hall=new_york, starts_at=datetime(2026, 5, 2, 3, 30, tzinfo=UTC))
    first, second = date(2026, 5, 1), date(2026, 5, 2)
    assert titles(read_home(city=find_city("tokyo"), day=first, now=NOW)) == []
    assert titles(read_home(city=find_city("tokyo"), day=second, now=NOW)) == ["After midnight"]
    assert titles(read_home(city=find_city("york"), day=first, now=NOW)) == ["Before midnight"]
    assert titles(read_home(city=None, day=first, now=NOW)) == ["Before midnight"]
    assert titles(read_home(city=None, day=second, now=NOW)) == ["After midnight"]
    days = {day.date: day.has_shows for day in read_home(city=find_city("tokyo"), now=NOW).days}
    assert [day for day, has_shows in days.items() if has_shows] == [second]
    assert len(days) == 14
    assert min(days) == first


def test_the_day_when_clocks_change_has_all_of_its_hours():
    hall = make_hall_in("Vienna", "Europe/Vienna")
    now = datetime(2026, 10, 24, 12, tzinfo=UTC)
    # On 25 October 2026 Vienna's day lasts from 22:00 to 23:00 UTC of the next day.
    make_show(event=make_event("First minute"), hall=hall, starts_at=datetime(2026, 10, 24, 22, 0, tzinfo=UTC))
    make_show(event=make_event("Last minute"), hall=hall, starts_at=datetime(2026, 10, 25, 22, 59, tzinfo=UTC))
    assert titles(read_home(city=find_city("vienna"), day=date(2026, 10, 25), now=now)) == [
        "First minute",
        "Last minute",
    ]


@pytest.mark.parametrize(("sold", "state"), [(5, ShowState.ON_SALE), (6, ShowState.FEW_LEFT), (16, ShowState.SOLD_OUT)])
def test_it_says_how_many_places_are_left(sold: int, state: ShowState):
    show = make_show(hall=make_hall(rows=2, seats=8), starts_at=NOW + timedelta(days=1))
    sell(show, sold)
    sell(show, min(16 - sold, 3), state=Ticket.State.RELEASED)
    showtime = read_home(city=None, now=NOW).events[0].next_shows[0]
    assert (showtime.left, showtime.state) == (16 - sold, state)


def test_standing_places_count_too():
    show = make_show(hall=make_hall(rows=1, seats=2, standing=40), starts_at=NOW + timedelta(days=1))
    ShowArea.objects.filter(show=show).update(taken=30)
    showtime = read_home(city=None, now=NOW).events[0].next_shows[0]
    assert (showtime.left, showtime.state) == (12, ShowState.ON_SALE)


def test_the_lead_has_a_poster_and_can_be_booked():
    make_show(event=make_event("No poster", rating_average=Decimal("4.9")), starts_at=NOW + timedelta(days=1))
    sold_out = make_show(
        event=make_event("Sold out", poster="posters/a.png", rating_average=Decimal("4.8")),
        starts_at=NOW + timedelta(days=1),
    )
    sell(sold_out, 8)
    good = make_event("Good", poster="posters/b.png", rating_average=Decimal("4.5"))
    make_show(event=good, hall=make_hall(rows=4), starts_at=NOW + timedelta(days=2))
    assert read_home(city=None, now=NOW).lead.title == "Good"


def test_sales_that_open_soon_are_listed():
    show = make_show(
        event=make_event("Gala"), starts_at=NOW + timedelta(days=60), sales_open_at=NOW + timedelta(days=2)
    )
    make_show(event=make_event("On sale"), starts_at=NOW + timedelta(days=1), sales_open_at=NOW - timedelta(days=1))
    home = read_home(city=None, now=NOW)
    assert titles(home) == ["On sale"]
    ((card, showtime),) = home.openings
    assert (card.title, showtime.code, showtime.state) == ("Gala", show.code, ShowState.NOT_YET)


@pytest.mark.slow
def test_the_number_of_queries_does_not_grow(django_assert_num_queries):
    def fill(count: int) -> None:
        for number in range(count):
            make_show(event=make_event(f"Event {number}"), starts_at=NOW + timedelta(days=1 + number % 5))

    fill(2)
    find_city("vienna")
    with django_assert_num_queries(6):
        read_home(city=find_city("vienna"), day=None, now=NOW)
    fill(20)
    # One more for what is new and what ends soon.
    with django_assert_num_queries(7):
        read_home(city=find_city("vienna"), day=None, now=NOW)
    fill(20)
    with django_assert_num_queries(7):
        read_home(city=find_city("vienna"), day=None, now=NOW)
    with django_assert_num_queries(6):
        read_home(city=None, day=date(2026, 5, 2), now=NOW)


def test_a_warm_page_costs_no_query_until_something_changes(
    django_assert_num_queries, django_capture_on_commit_callbacks
):
    make_show()
    forget_pages()
    with django_assert_num_queries(7):
        assert titles(read_home(city=None)) == ["Hamlet"]
    with django_assert_num_queries(0):
        assert titles(read_home(city=None)) == ["Hamlet"]
    make_show(event=make_event("New"), in_hours=24)
    assert titles(read_home(city=None)) == ["Hamlet"]
    with django_capture_on_commit_callbacks(execute=True):
        forget_catalogue()
    assert titles(read_home(city=None)) == ["New", "Hamlet"]


def test_new_events_and_last_chances_are_picked_from_those_that_are_not_in_view():
    for number in range(FIRST_EVENTS):
        make_show(event=make_event(f"First {number}"), starts_at=NOW + timedelta(hours=number + 1))
    new, last, running = make_event("New"), make_event("Last"), make_event("Running")
    for event in (last, running):
        make_show(event=event, starts_at=NOW - timedelta(days=2))
    for event in (new, last, running):
        make_show(event=event, starts_at=NOW + timedelta(days=3))
    for event in (new, running):
        make_show(event=event, starts_at=NOW + timedelta(days=30))
    home = read_home(city=None, now=NOW)
    assert ([card.title for card in home.premieres], [card.title for card in home.last_chances]) == (["New"], ["Last"])
    one_day = read_home(city=None, day=NOW.date() + timedelta(days=3), now=NOW)
    assert (one_day.premieres, one_day.last_chances) == ((), ())


def test_today_is_by_the_clock_of_each_theater():
    tokyo = make_hall_in("Tokyo", "Asia/Tokyo")
    make_show(event=make_event("Vienna today"), starts_at=NOW + timedelta(hours=8))
    # It is the next day there.
    make_show(event=make_event("Tokyo tomorrow"), hall=tokyo, starts_at=NOW + timedelta(hours=8))
    make_show(event=make_event("Tokyo today"), hall=tokyo, starts_at=NOW + timedelta(hours=1))
    vienna = Event.objects.get(title="Vienna today")
    make_show(event=vienna, starts_at=NOW + timedelta(hours=26))
    home = read_home(city=None, now=NOW)
    assert [card.title for card in home.on_today(NOW)] == ["Tokyo today", "Vienna today"]
    # Their times on other days would be taken for today's.
    assert [len(card.next_shows) for card in home.on_today(NOW)] == [1, 1]
