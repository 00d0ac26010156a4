"""Staff move and exchange tickets on one page of the console."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from bookings.models import Booking, Exchange, TicketPrint
from bookings.seating.availability import read_availability
from bookings.seating.typed import list_free, read_places
from events.models import Show, TicketType
from lib.refusals import Refusal
from notifications.models import Notification
from payments.drawers import open_drawer
from payments.models import Payment, Refund
from testing.bookings import make_hold, make_paid
from testing.builders import make_event, make_hall, make_show
from testing.console import signed_in
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=2, seats=6, standing=4))


@pytest.fixture
def dearer(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater), event=make_event("Macbeth"), price="35.00", in_hours=200)


@pytest.fixture
def booking(show: Show) -> Booking:
    booking = make_paid(show, 0, 1, email="guest@example.com")
    Booking.objects.filter(pk=booking.pk).update(name="Gita Guest")
    return booking


def address(booking: Booking) -> str:
    return reverse("admin:bookings_booking_exchange", args=[booking.pk])


def look(client: Client, booking: Booking, **asked: Any) -> Any:
    return client.get(address(booking), asked)


def send(client: Client, page: Any, how: str, **more: Any) -> Any:
    """Send the form that the page shows."""
    desk = page.context["desk"]
    places: dict[str, Any] = {}
    for name, value in page.context["fields"]:
        places.setdefault(name, []).append(value)
    data = {
        **places,
        "ticket": [ticket.code for ticket in desk.chosen],
        "show": desk.show.code,
        "how": how,
        "reason": "asked by phone",
    }
    return client.post(address(desk.booking), data | more)


def ways(page: Any) -> list[str]:
    return [way for way, _words in page.context["ways"]]


def test_tickets_move_to_typed_seats(booking: Booking, show: Show, box_office: User):
    client = signed_in(box_office)
    page = look(client, booking, show=show.code, seats="A 4-5")
    assert ways(page) == ["now"]
    assert "The price stays" in page.content.decode()
    assert {ticket.seat.number for ticket in booking.tickets.issued()} == {"1", "2"}
    for _time in range(2):
        assert send(client, page, "now").status_code == 302
    assert {ticket.seat.number for ticket in booking.tickets.issued()} == {"4", "5"}
    assert AuditEntry.objects.get(action="move tickets").reason == "asked by phone"


@pytest.mark.slow
def test_an_exchange_paid_at_the_counter(booking: Booking, dearer: Show, theater: Theater, box_office: User):
    client = signed_in(box_office)
    found = look(client, booking, words="macb").content.decode()
    assert "Macbeth" in found
    page = look(client, booking, show=dearer.code, best="1")
    assert ways(page) == ["counter", "link", "waive"]
    assert page.context["desk"].quote.due == Decimal(30)
    taken = send(client, page, "counter")
    held = Exchange.objects.get().hold
    collect = reverse("admin:bookings_booking_collect", args=[held.pk])
    assert taken["Location"] == collect
    assert "€30.00" in client.get(collect).content.decode()
    refused = client.post(collect, {"way": "cash"})
    assert "drawer" in refused.content.decode()
    assert booking.tickets.issued().count() == 2
    open_drawer(theater=theater, person=box_office, opening_float=Decimal(0))
    assert client.post(collect, {"way": "cash"}).status_code == 302
    booking.refresh_from_db()
    assert (booking.state, booking.total) == ("confirmed", Decimal(70))
    assert Payment.objects.get(gateway="cash").amount == Decimal(30)
    story = client.get(reverse("admin:bookings_booking_change", args=[booking.pk])).content.decode()
    for told in ("Tickets exchanged", "replaced", "€30.00 received", "asked by phone"):
        assert told in story, told


@pytest.mark.slow
def test_the_page_explains_what_happens_to_the_other_tickets(booking: Booking, show: Show, dearer: Show, manager: User):
    client = signed_in(manager)
    ticket = booking.tickets.issued().order_by("pk")[0].code
    seat = show.seat_map.seats.get(row="B", number="1")
    dear = TicketType.objects.create(theater=show.hall.theater, name="Patron", order=9)
    show.prices.create(category=seat.category, ticket_type=dear, amount=Decimal(25))
    for asked, said in (
        ({"show": show.code, "seats": "A 4"}, "The booking keeps its code"),
        ({"show": show.code, "seat": seat.pk, f"type-{seat.pk}": dear.pk}, "keeps its code and its other tickets."),
        ({"show": dearer.code, "seats": "A 1"}, "keeps its code and its other tickets."),
    ):
        page = look(client, booking, ticket=ticket, **asked).content.decode()
        assert said in page, said
    own = booking.tickets.get(code=ticket).seat_id
    same_seat = look(client, booking, ticket=ticket, show=show.code, seat=own, **{f"type-{own}": dear.pk})
    assert (ways(same_seat), same_seat.context["desk"].quote.due) == (["counter", "link", "waive"], Decimal(5))


@pytest.mark.slow
def test_an_exchange_paid_by_link(booking: Booking, dearer: Show, box_office: User):
    client = signed_in(box_office)
    page = look(client, booking, show=dearer.code, seats="A1, A2")
    assert send(client, page, "link", hours="48").status_code == 302
    assert Notification.objects.get(kind="exchange_surcharge").recipient == "guest@example.com"
    assert "An exchange is waiting for its payment" in look(client, booking).content.decode()
    assert booking.tickets.issued().count() == 2


@pytest.mark.slow
def test_a_waived_difference_costs_nothing(booking: Booking, dearer: Show, manager: User):
    client = signed_in(manager)
    assert send(client, look(client, booking, show=dearer.code, seats="A1, A2"), "waive").status_code == 302
    booking.refresh_from_db()
    assert (booking.state, booking.total, booking.discount) == ("confirmed", Decimal(40), Decimal(30))
    assert not Refund.objects.exists()


@pytest.mark.slow
def test_impossible_exchanges_are_explained_and_change_nothing(
    booking: Booking, show: Show, dearer: Show, manager: User
):
    client = signed_in(manager)
    make_hold(show, 3, email="rival@example.com")
    for asked, said in (
        ({"show": show.code, "seats": "Z 9"}, "The hall has no seat “Z 9”."),
        ({"show": show.code, "seats": "somewhere"}, "is not a seat"),
        ({"show": show.code, "seats": "A 5"}, "Choose 2 places, as many as there are tickets"),
    ):
        page = look(client, booking, **asked)
        assert said in page.content.decode(), said
        assert ways(page) == []
    page = look(client, booking, show=show.code, seats="A 4, A 5")
    assert "no longer free: Stalls, row A, seat 4" in send(client, page, "now").content.decode()
    page = look(client, booking, show=show.code, seats="A 5, A 6")
    assert send(client, page, "now", reason="").status_code == 200
    assert send(client, page, "counter").status_code == 200
    assert {ticket.seat.number for ticket in booking.tickets.issued()} == {"1", "2"}
    assert not AuditEntry.objects.filter(action__in=["move tickets", "start exchange"]).exists()


@pytest.mark.slow
def test_seats_are_chosen_on_the_map(booking: Booking, show: Show, dearer: Show, box_office: User):
    client = signed_in(box_office)
    seats = [ticket.seat_id for ticket in booking.tickets.order_by("pk")]
    page = look(client, booking, show=show.code, map="1")
    told = page.context["seat_scripts"]
    assert (told["own"], told["limit"], len(told["types"])) == (seats, 2, 2)
    # One seat over: the party may take seats that it gives up.
    chosen = [seats[1], seats[1] + 1]
    page = look(client, booking, show=show.code, map="1", seat=chosen)
    assert ways(page) == ["now"]
    assert [seat for seat, _type in page.context["seat_scripts"]["choice"]["seats"]] == chosen
    assert send(client, page, "now").status_code == 302
    assert [ticket.seat_id for ticket in booking.tickets.issued().order_by("seat_id")] == chosen
    # Seats of another hall are no choice, and of another show none is the party's own.
    page = look(client, booking, show=dearer.code, map="1", seat=chosen)
    assert (ways(page), page.context["seat_scripts"]["own"]) == ([], [])


@pytest.mark.parametrize(
    ("role", "status"), [("programmer", 403), ("accountant", 403), ("door_staff", 404), ("other_manager", 404)]
)
def test_other_roles_may_not(role: str, status: int, booking: Booking, show: Show, request: pytest.FixtureRequest):
    client = signed_in(request.getfixturevalue(role))
    assert look(client, booking).status_code == status
    assert client.post(address(booking), {"how": "now", "reason": "x"}).status_code == status


def test_the_statements_of_the_page_are_fixed(
    booking: Booking, show: Show, manager: User, django_assert_max_num_queries
):
    client = signed_in(manager)
    look(client, booking)
    for _number in range(3):
        make_show(hall=make_hall(theater=show.hall.theater), event=show.event, in_hours=100 + 50 * _number)
    with django_assert_max_num_queries(28):
        look(client, booking, show=show.code, seats="A 4-5")


def test_places_as_staff_type_them(show: Show):
    def read(text: str) -> list[str]:
        return [str(place) for place in read_places(show, text)]

    assert read("a1; Stalls B 2–3") == ["Stalls, row A, seat 1", "Stalls, row B, seat 2", "Stalls, row B, seat 3"]
    assert read("floor 2, b6") == ["Floor", "Floor", "Stalls, row B, seat 6"]
    for wrong in ("B 3-1", "row", "B 1-999", "Balcony B 2"):
        with pytest.raises(Refusal):
            read(wrong)
    make_hold(show, 2, email="rival@example.com")
    assert [(row.row, row.numbers) for row in list_free(show, read_availability(show.pk))] == [
        ("A", "1–2, 4–6"),
        ("B", "1–6"),
    ]


@pytest.mark.slow
def test_without_an_address_the_new_ticket_is_printed(booking: Booking, show: Show, dearer: Show, box_office: User):
    Booking.objects.filter(pk=booking.pk).update(email="")
    client, printing = signed_in(box_office), reverse("admin:print_tickets", args=[booking.code])
    client.post(printing)
    old, _other = booking.tickets.issued().order_by("pk")
    page = look(client, booking, ticket=old.code, show=show.code, seats="A 5")
    moved = client.get(send(client, page, "now")["Location"]).content.decode()
    assert "Print the new tickets; until then, the old ones admit to the new places." in moved
    (now,) = booking.tickets.issued().filter(moved_from=old)
    assert set(TicketPrint.objects.get(pk=print_next(client, printing)).tickets.all()) == {now}

    page = look(client, booking, ticket=now.code, show=dearer.code, seats="A 1")
    paying = send(client, page, "counter")["Location"]
    paid = client.post(paying, {"way": "terminal", "reference": "4711"}, follow=True).content.decode()
    assert "Paid. The tickets are issued. Print them." in paid
    made = TicketPrint.objects.get(pk=print_next(client, printing))
    assert (made.copy, made.tickets.get().show) == (1, dearer)


def print_next(client: Client, printing: str) -> int:
    """Print what was not printed yet, and return the key of the row."""
    assert client.post(printing)["Location"].endswith("/tickets.pdf")
    return TicketPrint.objects.latest("pk").pk
