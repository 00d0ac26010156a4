"""Moving a show with its audience: planned, adjusted, applied once, and everyone notified."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.errors import WrongState
from bookings.models import Booking, Reservation, Ticket
from bookings.seating.neighbors import are_together
from bookings.services.cancel import quote_cancellation
from bookings.services.confirm import confirm_payment
from bookings.services.details import set_details
from bookings.services.pay import start_payment
from events.errors import HallTaken, WrongShowState
from events.models import Show
from lib import guards
from notifications.models import Notification
from payments.models import Payment, Refund
from show_changes.models import ShowMove
from show_changes.move import PlaceTaken, PlanOutdated, TicketsUnplaced, adjust_move, apply_move, plan_move
from show_changes.tests.audience import fill_show, make_great_hall
from show_changes.tests.races import race_with_hold
from testing.bookings import choose_standing, make_hold, make_paid, seats_of
from testing.builders import make_hall, make_show
from theaters.models import Hall, Theater

pytestmark = pytest.mark.django_db


def plan_there(show: Show, by: User, **wish: Any) -> ShowMove:
    return plan_move(show=show, by=by, **{"starts_at": show.starts_at, **wish})


def live(show: Show) -> list[Ticket]:
    return list(Ticket.objects.live().filter(show=show).select_related("seat__category", "area", "category", "booking"))


@pytest.mark.slow
def test_three_hundred_bookings_move_to_another_hall(theater: Theater, manager: User, customer: User):
    old, new = make_great_hall(theater, "Great"), make_great_hall(theater, "New", rows=22)
    show = make_show(hall=old, refund_hours=None)
    bookings = fill_show(show, [1, 2, 3, 1] * 75)
    assert len(bookings) == 300
    hold = make_hold(show, 599, customer=customer)
    before = {ticket.pk: ticket for ticket in live(show) if ticket.booking_id != hold.pk}
    start = show.starts_at

    move = plan_there(show, manager, hall=new, starts_at=start + timedelta(hours=1))
    assert {entry["fate"] for entry in move.plan.values()} == {"equal"}
    with CaptureQueriesContext(connection) as queries:
        apply_move(move=move, version=move.version, by=manager)
    # Two for each mail, and few for all the rest.
    assert len(queries) < 2 * 300 + 60
    for _again in range(2):
        apply_move(move=move, version=move.version, by=manager)

    show.refresh_from_db()
    assert (show.hall, show.seat_map.hall, show.starts_at) == (new, new, start + timedelta(hours=1))
    after = live(show)
    assert {ticket.pk for ticket in after} == set(before)
    assert len({ticket.seat_id for ticket in after}) == len(before) == 525
    parties: dict[int, list[Ticket]] = defaultdict(list)
    for ticket in after:
        assert ticket.seat.seat_map_id == show.seat_map_id
        assert ticket.category_id == ticket.seat.category_id
        assert ticket.category.name == before[ticket.pk].category.name
        assert ticket.seat.is_accessible == before[ticket.pk].seat.is_accessible
        assert (ticket.code, ticket.price) == (before[ticket.pk].code, before[ticket.pk].price)
        parties[ticket.booking_id].append(ticket)
    for party in parties.values():
        if are_together([before[ticket.pk].seat for ticket in party]):
            assert are_together([ticket.seat for ticket in party])
    prices = {price.category.name: price.amount for price in show.prices.select_related("category")}
    assert prices == {"Parkett": Decimal(20), "Rang": Decimal(20)}

    mails = Notification.objects.filter(kind="show_moved")
    assert mails.count() == len([booking for booking in bookings if booking.email])
    assert len(set(mails.values_list("recipient", flat=True))) == mails.count()
    assert mails.first().context["refund_until"] == show.starts_at.isoformat()
    # Whoever was choosing is let go, and everybody else has the right to all their money.
    hold.refresh_from_db()
    assert (hold.state, hold.tickets.get().state) == (Booking.State.EXPIRED, Ticket.State.RELEASED)
    booking = Booking.objects.get(pk=bookings[0].pk)
    quote = quote_cancellation(booking, now=timezone.now())
    assert (quote.is_allowed, quote.amount, quote.until) == (True, booking.total, show.starts_at)
    assert not quote_cancellation(booking, now=show.starts_at).is_allowed
    assert AuditEntry.objects.filter(action="move show with tickets").count() == 1


@pytest.mark.slow
def test_if_only_the_time_moves_everyone_keeps_their_seat(theater: Theater, manager: User, customer: User):
    show = make_show(hall=make_hall(theater=theater, standing=5))
    booking = make_paid(show, 0, 1, customer=customer)
    standing = make_paid(show, areas=choose_standing(show, 2), email="stands@example.com")
    start = show.starts_at
    move = plan_there(show, manager, hall=show.hall, starts_at=start - timedelta(minutes=30))
    assert move.plan == {}
    # Bought after the plan was made: nobody needs a new place, so this one moves as well.
    late = make_paid(show, 3, email="late@example.com")
    apply_move(move=move, version=move.version, by=manager)
    show.refresh_from_db()
    assert show.starts_at == start - timedelta(minutes=30)
    assert {ticket.booking_id for ticket in live(show)} == {booking.pk, standing.pk, late.pk}
    assert (show.areas.get().taken, show.prices.count()) == (2, 1)
    assert Notification.objects.filter(kind="show_moved").count() == 3
    assert {row.show_moved_at is not None for row in show.tickets.all()} == {True}


def test_tickets_bought_in_the_meantime_are_planned_and_shown_again(theater: Theater, manager: User, customer: User):
    show, there = make_show(hall=make_hall(theater=theater)), make_hall(theater=theater)
    make_paid(show, 0, customer=customer)
    move = plan_there(show, manager, hall=there)
    seen = move.version
    kept = dict(move.plan)
    make_paid(show, 5, email="late@example.com")
    with pytest.raises(PlanOutdated):
        apply_move(move=move, version=seen, by=manager)
    move.refresh_from_db()
    assert len(move.plan) == 2
    assert {**move.plan, **kept} == move.plan
    with pytest.raises(PlanOutdated):
        apply_move(move=move, version=seen, by=manager)
    assert not Notification.objects.filter(kind="show_moved").exists()
    assert Show.objects.get(pk=show.pk).hall == show.hall
    apply_move(move=move, version=move.version, by=manager)
    assert Show.objects.get(pk=show.pk).hall == there


def test_staff_choose_other_seats_but_none_twice(theater: Theater, manager: User, customer: User):
    show, there = make_show(hall=make_hall(theater=theater)), make_hall(theater=theater, standing=1)
    first = make_paid(show, 0, customer=customer).tickets.get()
    second = make_paid(show, 1, email="other@example.com").tickets.get()
    move = plan_there(show, manager, hall=there)
    seats = list(there.seat_maps.get().seats.order_by("run", "position"))
    area = there.seat_maps.get().areas.get()
    assert [move.plan[str(ticket.pk)]["seat"] for ticket in (first, second)] == [seats[0].pk, seats[1].pk]
    for wrong in ({first.pk: ("seat", seats[1].pk)}, {first.pk: ("seat", seats_of(show)[3].pk)},
                  {first.pk: ("area", area.pk), second.pk: ("area", area.pk)}):  # fmt: skip
        with pytest.raises(PlaceTaken):
            adjust_move(move=move, version=move.version, places=wrong, by=manager)
    swap = {first.pk: ("seat", seats[1].pk), second.pk: ("seat", seats[7].pk)}
    adjust_move(move=move, version=1, places=swap, by=manager)
    with pytest.raises(PlanOutdated):
        adjust_move(move=move, version=1, places=swap, by=manager)
    apply_move(move=move, version=move.version, by=manager)
    assert {ticket.pk: ticket.seat_id for ticket in live(show)} == {first.pk: seats[1].pk, second.pk: seats[7].pk}


def test_tickets_without_a_place_are_refunded_in_full_if_staff_agree(theater: Theater, manager: User, customer: User):
    show = make_show(hall=make_hall(theater=theater, rows=2, seats=4), refund_hours=None)
    large = make_paid(show, 0, 1, 2, customer=customer)
    small = make_paid(show, 4, email="small@example.com")
    there = make_hall(theater=theater, rows=1, seats=3)
    move = plan_there(show, manager, hall=there)
    assert [move.plan[str(ticket.pk)]["fate"] for ticket in small.tickets.all()] == ["none"]
    with pytest.raises(TicketsUnplaced):
        apply_move(move=move, version=move.version, by=manager)
    assert Ticket.objects.issued().count() == 4
    apply_move(move=move, version=move.version, by=manager, pays_back=True)
    small.refresh_from_db()
    assert (small.state, Refund.objects.get().amount) == (Booking.State.CANCELED, small.total)
    assert {ticket.booking_id for ticket in live(show)} == {large.pk}
    told = sorted(Notification.objects.exclude(kind="booking_confirmed").values_list("kind", "recipient"))
    assert told == [("booking_canceled", "small@example.com"), ("show_moved", customer.email)]


def test_reservations_and_house_holds_move_too_and_end_as_long_before_the_start(theater: Theater, manager: User):
    show, there = make_show(hall=make_hall(theater=theater)), make_hall(theater=theater)
    until = show.starts_at - timedelta(minutes=30)
    reserved, house, cart = (make_hold(show, seat, channel=Booking.Channel.BOX_OFFICE) for seat in (0, 2, 4))
    Reservation.objects.create(booking=reserved, until=until, made_by=manager)
    Booking.objects.filter(pk=reserved.pk).update(expires_at=until, email="phoned@example.com")
    Booking.objects.filter(pk=house.pk).update(kind=Booking.Kind.HOUSE, expires_at=None)
    move = plan_there(show, manager, hall=there, starts_at=show.starts_at - timedelta(hours=2))
    apply_move(move=move, version=move.version, by=manager)
    assert {ticket.seat.seat_map.hall for ticket in live(show)} == {there}
    assert Reservation.objects.get().until == until - timedelta(hours=2)
    expires = dict(Booking.objects.values_list("pk", "expires_at"))
    assert expires == {reserved.pk: until - timedelta(hours=2), house.pk: None, cart.pk: cart.expires_at}
    assert not Notification.objects.exists()


@pytest.mark.parametrize("is_other_hall", [True, False])
def test_late_money_for_a_hold_that_was_let_go_comes_back(
    is_other_hall: bool, theater: Theater, manager: User, customer: User
):
    show = make_show(hall=make_hall(theater=theater))
    there = make_hall(theater=theater) if is_other_hall else show.hall
    hold = make_hold(show, 0, customer=customer)
    set_details(booking=hold, name="Asha", email=customer.email)
    started = start_payment(booking=hold, gateway="sandbox", return_url="https://example.com/")
    move = plan_there(show, manager, hall=there, starts_at=show.starts_at + timedelta(hours=1))
    assert move.plan == {}
    apply_move(move=move, version=move.version, by=manager)
    confirm_payment(payment=started.payment, reference="late")
    payment = Payment.objects.get()
    assert (payment.state, payment.refunded) == (Payment.State.SURPLUS, payment.amount)
    assert not Ticket.objects.live().exists()
    if not is_other_hall:
        return
    # The database says so too, whoever writes.
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(booking=hold).update(state=Ticket.State.ISSUED)


def test_an_impossible_move_is_refused_and_nothing_changes(theater: Theater, manager: User, customer: User):
    show, there = make_show(hall=make_hall(theater=theater)), make_hall(theater=theater)
    make_paid(show, 0, customer=customer)
    taken = make_show(hall=there, in_hours=72.5)
    with pytest.raises(HallTaken):
        plan_there(show, manager, hall=there)
    Show.objects.filter(pk=taken.pk).update(state=Show.State.CANCELED)
    first = plan_there(show, manager, hall=there)
    # Taken between plan and deed: the database refuses.
    taken = make_show(hall=there, in_hours=72.5)
    with pytest.raises(HallTaken):
        apply_move(move=first, version=first.version, by=manager)
    assert (Show.objects.get(pk=show.pk).hall, show.tickets.get().show_moved_at) == (show.hall, None)
    Show.objects.filter(pk=taken.pk).update(state=Show.State.CANCELED)
    second = plan_there(show, manager, hall=there)
    with pytest.raises(WrongState):
        apply_move(move=first, version=first.version, by=manager)
    assert ShowMove.objects.filter(state=ShowMove.State.PLANNED).get() == second
    Show.objects.filter(pk=show.pk).update(state=Show.State.CANCELED)
    with pytest.raises(WrongShowState):
        apply_move(move=second, version=second.version, by=manager)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestRaces:
    """A hold that is just taking a seat, while the show leaves for another hall."""

    @staticmethod
    def run(show: Show, there: Hall, by: User) -> list[Any]:
        """Move the show while a seat of the old hall is being taken."""
        move = plan_there(show, by, hall=there)
        return race_with_hold(show, lambda: apply_move(move=move, version=move.version, by=by))

    def test_no_ticket_slips_into_the_hall_that_is_left(self, theater: Theater, manager: User):
        there = make_hall(theater=theater)
        show = make_show(hall=make_hall(theater=theater))
        make_paid(show, 0, email="first@example.com")
        booking, moved = self.run(show, there, manager)
        show.refresh_from_db()
        assert isinstance(booking, Booking)
        # The move waited, found the hold that it had not locked, and is planned again.
        assert isinstance(moved, PlanOutdated), moved
        assert {ticket.seat.seat_map_id for ticket in live(show)} == {show.seat_map_id}

    def test_without_the_shared_row_one_would(self, theater: Theater, manager: User):
        there = make_hall(theater=theater)
        show = make_show(hall=make_hall(theater=theater))
        make_paid(show, 0, email="first@example.com")
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER guard_ticket_place_shared ON bookings_ticket")
        booking, moved = self.run(show, there, manager)
        show.refresh_from_db()
        guards.install(connection)
        assert isinstance(booking, Booking)
        assert isinstance(moved, ShowMove), moved
        assert len({ticket.seat.seat_map_id for ticket in live(show)}) == 2
