"""Staff find a booking by anything a caller says."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Ticket
from bookings.search import SeatWish, find_bookings
from bookings.services.pass_on import pass_on_ticket
from events.models import Show
from payments.models import Payment
from testing.bookings import captured, make_hold, make_paid
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=3, seats=6))


@pytest.fixture
def booking(show: Show, customer: User, rival: User) -> Booking:
    """Seats A 3 and A 4 of somebody with a name, beside those of others."""
    make_paid(show, 0, customer=rival)
    found = make_paid(show, 2, 3, customer=customer)
    found.name, found.phone = "Zoë O'Brien-Müller", "+43 (0)660 / 123 45-67"
    found.save(update_fields=["name", "phone"])
    Payment.objects.filter(pk=captured(found).pk).update(reference="pi_3NqXy4242")
    Booking.objects.filter(pk=make_hold(show, 8, email="desh@example.com").pk).update(
        name="आशा देवी", phone="98765 43210"
    )
    return found


def find(text: str) -> list[str]:
    return [booking.email for booking in find_bookings(Booking.objects.all(), text)]


@pytest.mark.parametrize(
    "said",
    [
        "zoe", "ZOË", "obrien", "o'brien", "brien", "muller zoe", "Müller", "O’Brien Mül",
        "customer@example.com", "CUSTOMER@EXAMPLE", "customer@",
        "+436601234567", "0660 123 4567", "0043/660/1234567", "234567", "4567",
        "pi_3NqXy4242", "4242", "xy4242",
        "A 3", "a3", "A-4", "a 3 hamlet",
    ],
)  # fmt: skip
def test_in_any_spelling(booking: Booking, said: str):
    assert find(said) == ["customer@example.com"]


def test_by_the_person_to_whom_a_ticket_was_passed_on(booking: Booking):
    ticket = booking.tickets.first()
    pass_on_ticket(booking=booking, ticket=ticket, name="Ravi", email="ravi@example.org", by=None)
    assert find("Ravi@example.org") == ["customer@example.com"]
    assert find("ravi@example.or") == []


def test_in_any_script(booking: Booking):
    for said in ("आशा", "देवी आशा", "9876543210", "+91 98765-43210"):
        assert find(said) == ["desh@example.com"]


def test_by_codes_however_they_are_typed(booking: Booking):
    ticket = booking.tickets.first()
    for said in (booking.code, booking.code.lower(), f" {booking.code} ", ticket.code, ticket.code.lower()):
        assert find(said) == ["customer@example.com"]


@pytest.mark.parametrize("said", ["nobody", "customer@elsewhere.example", "999999", "B 6", "A 3 macbeth", "+", "%"])
def test_unknown_values_find_nothing(booking: Booking, said: str):
    assert find(said) == []


def test_an_empty_search_keeps_all(booking: Booking):
    assert len(find("  ")) == 3


def test_a_seat_is_of_the_day_in_the_theaters_own_time(booking: Booking, show: Show):
    local = timezone.localtime(show.starts_at, show.hall.theater.tz).date()
    for day in (f"{local}", f"{local.day}.{local.month}.", f"{local.day}.{local.month}.{local.year}"):
        assert find(f"A 3 {day}") == ["customer@example.com"], day
    assert find(f"A 3 {local + timedelta(days=1)}") == []
    Show.objects.filter(pk=show.pk).update(starts_at=timezone.now(), ends_at=timezone.now() + timedelta(hours=2))
    with timezone.override(show.hall.theater.tz):
        assert find("A3 today") == ["customer@example.com"]


def test_present_holders_of_a_seat_come_before_former_ones(booking: Booking, show: Show, rival: User):
    booking.tickets.update(state="canceled")
    assert find("A 3") == ["customer@example.com"]
    make_paid(show, 2, customer=rival)
    assert find("A 3") == ["rival@example.com"]


@pytest.mark.parametrize(
    ("text", "row", "number", "title"),
    [("B 12", "B", "12", ""), ("b12", "B", "12", ""), ("AA-7 hamlet", "AA", "7", "hamlet"), ("3/14", "3", "14", "")],
)
def test_seats_as_people_write_them(text: str, row: str, number: str, title: str):
    wish = SeatWish.read(text, timezone.localdate())
    assert wish is not None
    assert (wish.row, wish.number, wish.title, wish.day) == (row, number, title, None)


@pytest.mark.once
@pytest.mark.parametrize("text", ["Customer 2", "hammerer12", "4567"])
def test_the_end_of_a_word_is_no_row(text: str):
    assert SeatWish.read(text, timezone.localdate()) is None


def test_a_name_is_found_again_after_every_way_of_writing_it(booking: Booking):
    Booking.objects.filter(pk=booking.pk).update(name="Ines Fröhlich", phone="")
    assert find("frohlich") == ["customer@example.com"]
    assert find("zoe") == find("4567") == []
    Booking.objects.filter(pk=booking.pk).update(name="", phone="")
    assert find("frohlich") == []


def test_by_the_name_on_a_ticket_after_every_way_of_writing_it(booking: Booking):
    first, second = booking.tickets.order_by("pk")
    booking.tickets.filter(pk=first.pk).update(attendee_name="Jürgen Groß")
    assert find("gross jurgen") == ["customer@example.com"]
    first.refresh_from_db()
    first.attendee_name = "Łukasz"
    first.save(update_fields=["attendee_name"])
    assert find("lukasz") == ["customer@example.com"]
    second.attendee_name = "Čeněk"
    Ticket.objects.bulk_update([second], ["attendee_name"])
    assert find("cenek") == ["customer@example.com"]
    assert find("jurgen") == []


def test_by_the_title_alone_if_it_is_no_name(booking: Booking):
    assert sorted(find("hamlet")) == ["customer@example.com", "desh@example.com", "rival@example.com"]
    Booking.objects.filter(pk=booking.pk).update(name="Hamlet Smith")
    assert find("hamlet") == ["customer@example.com"]


def test_a_search_takes_few_statements(booking: Booking, django_assert_max_num_queries):
    for said in ("nobody 12", "zoe", "A 3", "4567", "hammerer"):
        with django_assert_max_num_queries(6):
            find(said)
