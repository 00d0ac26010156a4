"""A show brought to another version of its seat map: everyone keeps their place, or nothing changes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from threading import Event
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.errors import IdempotencyKeyReused, SeatsUnavailable
from bookings.models import Booking, Ticket
from bookings.seating.availability import read_availability
from bookings.seating.chosen import AreaChoice, SeatChoice
from bookings.services.confirm import confirm_payment
from bookings.services.details import set_details
from bookings.services.hold_seats import hold_seats
from bookings.services.pay import start_payment
from bookings.services.release_hold import release_hold
from events.errors import WrongShowState
from events.models import Price, Show, ShowArea
from lib import guards
from notifications.models import Notification
from payments.models import Payment
from show_changes.bring import Brought, NotBrought, bring_show
from show_changes.models import ShowMove
from show_changes.move import plan_move
from show_changes.same_places import read_new_map
from show_changes.tests.audience import fill_show, make_great_hall
from show_changes.tests.races import race_with_hold, somebody_waits
from testing.bookings import choose, choose_standing, lapse, make_hold, make_paid, race, seats_of
from testing.builders import make_show
from testing.seat_maps import make_listed_hall, publish_version
from theaters.models import Hall, SeatMap, Theater
from theaters.seat_maps import read_layout, to_csv
from waiting_list.models import WaitingListEntry

pytestmark = pytest.mark.django_db
HEAD = "section,row,number,category,capacity,id\n"
OLD = [
    *(f"Stalls,A,{n},Front,,a{n}" for n in range(1, 5)),
    *(f"Stalls,B,{n},Rear,,b{n}" for n in range(1, 5)),
    "Floor,,,Rear,10,floor",
]


@pytest.fixture
def hall(theater: Theater) -> Hall:
    return make_listed_hall(HEAD + "\n".join(OLD), theater=theater)


@pytest.fixture
def show(hall: Hall) -> Show:
    return make_show(hall=hall)


def publish(hall: Hall, *lines: str, instead: tuple[str, str] = ("Stalls", "Stalls")) -> SeatMap:
    """Publish the old lines, with some words instead of others, and more lines as the next version."""
    return publish_version(hall, HEAD + "\n".join([*(line.replace(*instead) for line in OLD), *lines]))


def bring(show: Show, seat_map: SeatMap, by: User, **sources: str) -> Brought:
    return bring_show(show=show, new=read_new_map(seat_map), sources=sources, fact=f"to {seat_map.pk}", by=by)


def guids(show: Show) -> dict[int, str]:
    tickets = Ticket.objects.filter(show=show).exclude(state="canceled").select_related("seat", "area")
    return {ticket.pk: (ticket.seat or ticket.area).guid for ticket in tickets}


def assert_on(show: Show, seat_map: SeatMap) -> None:
    show.refresh_from_db()
    assert show.seat_map_id == seat_map.pk
    for ticket in Ticket.objects.live().filter(show=show).select_related("seat", "area", "category"):
        place = ticket.seat or ticket.area
        assert (place.seat_map_id, place.category_id) == (seat_map.pk, ticket.category_id)


def test_everyone_keeps_their_seat(show: Show, hall: Hall, manager: User, customer: User, door_staff: User):
    paid = make_paid(show, 0, 1, customer=customer)
    held = make_hold(show, 2, email="choosing@example.com")
    reserved, house = (make_hold(show, seat, channel=Booking.Channel.BOX_OFFICE) for seat in (4, 5))
    Booking.objects.filter(pk=house.pk).update(kind=Booking.Kind.HOUSE, expires_at=None)
    make_paid(show, areas=choose_standing(show, 3), email="stands@example.com")
    before = guids(show)
    codes = set(Ticket.objects.values_list("code", "price", "state", "booking"))
    Notification.objects.all().delete()
    seat_map = publish(hall, *(f"Balcony,C,{n},Rear,,c{n}" for n in (1, 2)))

    brought = bring(show, seat_map, manager)
    assert (brought.tickets, brought.told) == (8, 0)
    assert bring(show, seat_map, manager).tickets == 0
    assert_on(show, seat_map)
    assert guids(show) == before
    assert set(Ticket.objects.values_list("code", "price", "state", "booking")) == codes
    assert {row.area.seat_map_id: row.taken for row in ShowArea.objects.filter(show=show)} == {seat_map.pk: 3}
    # The same seats: nobody needs to know.
    assert not Notification.objects.exists()
    entry = AuditEntry.objects.get(action="bring to seat map")
    assert (entry.by, entry.before, entry.after["version"]) == (manager, {"version": 1}, 2)
    # The hold goes on, the new seats are for sale, and the old ones stay taken.
    held.refresh_from_db()
    assert held.state == Booking.State.HELD
    assert make_paid(show, 8, email="balcony@example.com").state == Booking.State.CONFIRMED
    for seat in (0, 2, 4, 5):
        with pytest.raises(SeatsUnavailable):
            make_hold(show, seat, email="late@example.com")
    assert {paid.pk, reserved.pk} <= set(Ticket.objects.live().values_list("booking", flat=True))


def test_a_place_with_another_name_is_sent_as_a_new_ticket(show: Show, hall: Hall, manager: User, customer: User):
    make_paid(show, 0, 4, customer=customer)
    make_paid(show, 1, email="same@example.com")
    held = make_hold(show, 5, email="choosing@example.com")
    # Sold at the counter without an address.
    Booking.objects.filter(pk=make_paid(show, 6, email="x@example.com").pk).update(email="")
    Notification.objects.all().delete()
    revision = show.revision
    seat_map = publish(hall, instead=("Stalls,B,", "Rang,BB,"))
    assert [bring(show, seat_map, manager).told for _again in range(2)] == [1, 0]
    assert_on(show, seat_map)
    mail = Notification.objects.get()
    assert (mail.kind, mail.recipient) == ("places_renamed", customer.email)
    said = [(one["place"], one["instead_of"]) for one in mail.context["tickets"]]
    assert said == [("Rang, row BB, seat 1", "Stalls, row B, seat 1")]
    assert [kind for kind, _code in mail.attachments] == ["tickets.pdf", "calendar.ics"]
    # Calendars take the entry with the new name.
    assert show.revision == revision + 1
    assert held.tickets.get().seat.label == "Rang, row BB, seat 2"


@pytest.mark.parametrize("kind", ["sold", "held", "reserved", "exchange"])
def test_it_is_refused_where_a_taken_seat_would_vanish(
    kind: str, show: Show, hall: Hall, manager: User, customer: User
):
    if kind == "sold":
        booking = make_paid(show, 3, customer=customer)
    else:
        channel = Booking.Channel.BOX_OFFICE if kind == "reserved" else Booking.Channel.WEB
        booking = make_hold(show, 3, customer=customer, channel=channel)
    if kind == "exchange":
        # It waits for the ticket that it replaces.
        booking.tickets.update(state=Ticket.State.RELEASED)
    first = show.seat_map
    seat_map = publish_version(hall, HEAD + "\n".join(line for line in OLD if not line.endswith("a4")))
    with pytest.raises(NotBrought) as refusal:
        bring(show, seat_map, manager)
    assert [ticket.booking for ticket in refusal.value.seating.vanished] == [booking]
    assert f"Stalls, row A, seat 4 ({booking.code})" in str(refusal.value)
    assert_on(show, first)
    assert not AuditEntry.objects.filter(action="bring to seat map").exists()
    # With the seat free, nothing is in the way.
    if kind != "sold":
        release_hold(booking=booking)
        bring(show, seat_map, manager)
        assert_on(show, seat_map)


def test_a_hold_that_has_lapsed_is_not_in_the_way(show: Show, hall: Hall, manager: User):
    lapse(make_hold(show, 3, email="gone@example.com"))
    seat_map = publish_version(hall, HEAD + "\n".join(line for line in OLD if not line.endswith("a4")))
    bring(show, seat_map, manager)
    assert_on(show, seat_map)
    assert Booking.objects.get().state == Booking.State.EXPIRED


def test_prices_follow_by_name_and_new_categories_need_some(show: Show, hall: Hall, manager: User, customer: User):
    Price.objects.filter(show=show, category__name="Rear").update(amount=Decimal(12))
    booking = make_paid(show, 4, customer=customer)
    seat_map = publish(hall, "Box,,1,Box,,box", instead=("Stalls,B,1,Rear", "Stalls,B,1,FRONT"))
    # Names of categories ignore case: "FRONT" is another category of the file, which takes the prices of "Front".
    assert sorted(seat_map.categories.values_list("name", flat=True)) == ["Box", "FRONT", "Front", "Rear"]
    with pytest.raises(NotBrought, match="Choose prices for these categories: Box"):
        bring(show, seat_map, manager)
    with pytest.raises(NotBrought):
        bring(show, seat_map, manager, Box="Nowhere")
    assert {price.category.seat_map_id for price in show.prices.select_related("category")} == {show.seat_map_id}
    bring(show, seat_map, manager, Box="Rear")
    assert_on(show, seat_map)
    prices = {price.category.name: price.amount for price in show.prices.select_related("category")}
    assert prices == {"Front": 20, "FRONT": 20, "Box": 12, "Rear": 12}
    assert show.lowest_price == 12
    # The ticket is in another category now, at the price that was paid.
    ticket = booking.tickets.get()
    assert (ticket.category.name, ticket.price) == ("FRONT", 12)


@pytest.mark.parametrize(
    ("limits", "limit", "capacity"),
    [
        # What the map gives the area now and how many staff sell there; three places are taken.
        ((20, None), None, 20),
        ((20, 5), 5, 5),
        ((4, None), None, 4),
        ((4, 8), None, 4),
        ((2, None), 2, 3),
        ((2, 1), 1, 3),
    ],
)
def test_no_one_loses_a_place_in_a_smaller_area(
    limits: tuple[int, int | None], limit: int | None, capacity: int, show: Show, manager: User
):
    make_paid(show, areas=choose_standing(show, 3), email="stands@example.com")
    on_map, of_staff = limits
    if of_staff is not None:
        ShowArea.objects.update(limit=of_staff, capacity=max(of_staff, 3))
    bring(show, publish(show.hall, instead=("Rear,10,floor", f"Rear,{on_map},floor")), manager)
    row = ShowArea.objects.get(show=show)
    assert (row.limit, row.capacity, row.taken) == (limit, capacity, 3)


def test_areas_come_and_go_but_not_those_with_people(show: Show, hall: Hall, manager: User):
    without = [line for line in OLD if "floor" not in line]
    seat_map = publish_version(hall, HEAD + "\n".join([*without, "Bar,,,Rear,5,bar"]))
    booking = make_hold(show, areas=choose_standing(show, 1), email="stands@example.com")
    with pytest.raises(NotBrought, match="Floor"):
        bring(show, seat_map, manager)
    release_hold(booking=booking)
    bring(show, seat_map, manager)
    assert [(row.area.name, row.taken, row.capacity) for row in show.areas.all()] == [("Bar", 0, 5)]
    assert read_availability(show.pk).areas == {show.areas.get().area_id: 5}


def test_the_waiting_list_keeps_its_wishes(show: Show, hall: Hall, manager: User):
    wish = WaitingListEntry.objects.create(show=show, email="waits@example.com", party_size=2)
    wish.categories.set(show.seat_map.categories.all())
    seat_map = publish(hall, instead=("Rear", "Front"))
    bring(show, seat_map, manager)
    assert [category.seat_map for category in wish.categories.all()] == [seat_map]


@pytest.mark.parametrize("change", [{"state": "canceled"}, {"state": "ended"}, {"starts_at": -1}])
def test_a_show_that_has_begun_stays(change: dict[str, Any], show: Show, hall: Hall, manager: User):
    if "starts_at" in change:
        change = {"starts_at": timezone.now() - timedelta(hours=1)}
    Show.objects.filter(pk=show.pk).update(**change)
    first = show.seat_map
    with pytest.raises(WrongShowState):
        bring(show, publish(hall, "Box,,1,Rear,,box"), manager)
    assert_on(show, first)


def test_a_draft_comes_too_and_a_planned_move_is_made_again(show: Show, hall: Hall, manager: User):
    plan_move(show=show, hall=hall, starts_at=show.starts_at + timedelta(hours=1), by=manager)
    Show.objects.filter(pk=show.pk).update(state=Show.State.DRAFT)
    show.areas.all().delete()
    show.prices.all().delete()
    seat_map = publish(hall, "Box,,1,Box,,box")
    bring(show, seat_map, manager)
    assert_on(show, seat_map)
    # A move within the hall had been planned for the places of the former version.
    assert ShowMove.objects.get().state == ShowMove.State.WITHDRAWN
    assert not show.areas.exists()


def test_late_money_takes_the_same_seat_again(show: Show, hall: Hall, manager: User, customer: User):
    holds = []
    for seat in (3, 0):
        hold = make_hold(show, seat, customer=customer)
        set_details(booking=hold, name="Asha", email=customer.email)
        holds.append((hold, start_payment(booking=hold, gateway="sandbox", return_url="https://example.com/")))
        release_hold(booking=hold)
    seat_map = publish_version(hall, HEAD + "\n".join(line for line in OLD if not line.endswith("a4")))
    bring(show, seat_map, manager)
    for hold, started in holds:
        confirm_payment(payment=started.payment, reference=hold.code)
    gone, again = (Booking.objects.get(pk=hold.pk) for hold, _started in holds)
    assert (again.state, again.tickets.get().seat.seat_map_id) == (Booking.State.CONFIRMED, seat_map.pk)
    assert gone.payments.get().state == Payment.State.SURPLUS
    assert gone.payments.get().refunded == gone.total


def test_a_seat_chosen_on_a_page_of_the_former_version_is_the_same_one(show: Show, hall: Hall, manager: User):
    former = seats_of(show)
    floor = show.areas.get().area_id
    seat_map = publish_version(hall, HEAD + "\n".join(line for line in OLD if not line.endswith("a4")))
    bring(show, seat_map, manager)
    held = hold_seats(
        show=show,
        seats=[SeatChoice(former[0].pk)],
        areas=[AreaChoice(floor, 2)],
        email="old@example.com",
        channel="web",
    )
    assert {ticket.label for ticket in held.tickets.all()} == {"Stalls, row A, seat 1", "Floor"}
    assert_on(show, seat_map)
    with pytest.raises(SeatsUnavailable, match="Stalls, row A, seat 4"):
        hold_seats(show=show, seats=[SeatChoice(former[3].pk)], email="gone@example.com", channel="web")
    with pytest.raises(SeatsUnavailable, match="Stalls, row A, seat 1"):
        hold_seats(show=show, seats=[SeatChoice(former[0].pk)], email="late@example.com", channel="web")


def test_a_call_that_is_repeated_after_it_finds_its_booking(show: Show, hall: Hall, manager: User, customer: User):
    places = {"seats": choose(show, 0, 1), "areas": choose_standing(show, 2)}

    def call(**other: Any) -> Booking:
        wish = {**places, **other}
        return hold_seats(show=show, customer=customer, channel="api", idempotency_key="one", **wish)

    booking, others = call(), choose(show, 0, 2)
    bring(show, publish(hall, "Box,,1,Rear,,box"), manager)
    assert call() == booking
    with pytest.raises(IdempotencyKeyReused):
        call(seats=others)


def test_the_database_refuses_a_ticket_that_stays_behind(show: Show, hall: Hall, manager: User, customer: User):
    seat = make_paid(show, 0, customer=customer).tickets.get().seat
    bring(show, publish(hall, "Box,,1,Rear,,box"), manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(show=show).update(seat=seat)


@pytest.mark.slow
def test_the_statements_do_not_grow_with_the_audience(theater: Theater, manager: User):
    hall = make_great_hall(theater, "Great")
    show = make_show(hall=hall)
    fill_show(show, [1, 2, 3, 1] * 60)
    table = to_csv(read_layout(SeatMap.objects.get(hall=hall).layout))
    seat_map = publish_version(hall, f"{table}Box,,1,Rang,0,900,,,\n")
    with CaptureQueriesContext(connection) as queries:
        brought = bring(show, seat_map, manager)
    assert (brought.tickets, brought.told) == (420, 0)
    assert len(queries) < 50
    assert_on(show, seat_map)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestRaces:
    """A sale and an update of the seat map at the same moment."""

    def test_a_seat_that_is_just_being_taken_comes_along(self, show: Show, hall: Hall, manager: User):
        make_paid(show, 0, email="first@example.com")
        seat_map = publish(hall, "Box,,1,Rear,,box")
        booking, brought = race_with_hold(show, lambda: bring(show, seat_map, manager))
        assert isinstance(booking, Booking), booking
        assert isinstance(brought, Brought), brought
        # The update waited, found a booking that it had not locked, and began again.
        assert brought.tickets == 2
        assert_on(show, seat_map)

    def test_without_the_shared_row_it_would_stay_behind(self, show: Show, hall: Hall, manager: User):
        make_paid(show, 0, email="first@example.com")
        seat_map = publish(hall, "Box,,1,Rear,,box")
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER guard_ticket_place_shared ON bookings_ticket")
        booking, brought = race_with_hold(show, lambda: bring(show, seat_map, manager))
        guards.install(connection)
        assert isinstance(booking, Booking), booking
        assert isinstance(brought, Brought), brought
        assert len({ticket.seat.seat_map_id for ticket in Ticket.objects.live().select_related("seat")}) == 2

    @pytest.mark.parametrize("is_there", [True, False])
    def test_a_sale_that_comes_second_gets_its_seat_or_is_told(
        self, is_there: bool, show: Show, hall: Hall, manager: User
    ):
        seat = seats_of(show)[3]
        lines = OLD if is_there else [line for line in OLD if not line.endswith("a4")]
        seat_map = publish_version(hall, HEAD + "\n".join([*lines, "Box,,1,Rear,,box"]))
        new = read_new_map(seat_map)
        is_brought, is_over = Event(), Event()

        def leave() -> None:
            with transaction.atomic():
                bring_show(show=show, new=new, sources={}, fact="race", by=manager)
                is_brought.set()
                # The sale reads the former version, and waits for the show's row.
                while not is_over.wait(timeout=0.05) and not somebody_waits():
                    pass

        def hold() -> Booking:
            is_brought.wait(timeout=20)
            try:
                return hold_seats(show=show, seats=[SeatChoice(seat.pk)], email="quick@example.com", channel="web")
            finally:
                is_over.set()

        booking, left = race(hold, leave)
        assert left is None, left
        assert_on(show, seat_map)
        if is_there:
            assert isinstance(booking, Booking), booking
            assert booking.tickets.get().seat.guid == "a4"
        else:
            assert isinstance(booking, SeatsUnavailable), booking
            assert not Ticket.objects.exists()
