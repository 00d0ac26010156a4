"""The counter: carts, money, complimentary tickets, reservations, and seats for the house."""

from datetime import timedelta
from decimal import Decimal as D  # noqa: N817

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.errors import HoldExpired, ReasonMissing, SeatsUnavailable, WrongState
from bookings.models import Booking, Reservation, Ticket
from bookings.seating.availability import read_availability
from bookings.services.release_hold import free_lapsed_holds
from box_office import house_holds, reservations
from box_office.sale import (
    Best,
    PaidOtherwise,
    change_lines,
    clear_cart,
    find_cart,
    find_finished,
    give_away,
    hold_at_counter,
    keep_cart,
    leave_cart,
    send_to,
    take_money,
)
from events.models import Price, Show, ShowArea, TicketType
from notifications.models import Notification
from payments.models import Payment
from testing.bookings import choose, choose_standing, lapse, make_hold, open_till, seats_of
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db
CART = "page-1"


@pytest.fixture
def show(theater: Theater) -> Show:
    show = make_show(hall=make_hall(theater=theater, rows=2, seats=6, standing=5), tickets_per_customer=2)
    child = TicketType.objects.create(theater=theater, name="Child", order=1)
    Price.objects.create(show=show, category=show.seat_map.categories.get(), ticket_type=child, amount=D(8))
    return show


def types(show: Show) -> tuple[int, int]:
    adult, child = show.hall.theater.ticket_types.order_by("order", "name")
    return adult.pk, child.pk


def hold(show: Show, seller: User, *seats: int, cart: str = CART) -> Booking:
    return hold_at_counter(show=show, seller=seller, cart=cart, seats=choose(show, *seats))


def labels(booking: Booking) -> list[str]:
    return [ticket.label for ticket in booking.tickets.live()]


def test_the_best_seats_for_a_family_beyond_the_limit_of_customers(show: Show, box_office: User):
    adult, child = types(show)
    best = Best({adult: 2, child: 2})
    booking = hold_at_counter(show=show, seller=box_office, cart=CART, best=best)
    assert (booking.total, booking.channel, booking.made_by) == (D(56), Booking.Channel.BOX_OFFICE, box_office)
    seats = [ticket.seat for ticket in booking.tickets.all()]
    assert len({seat.run for seat in seats}) == 1
    # Asked again, the same page gets the same seats and leaves nothing behind.
    again = hold_at_counter(show=show, seller=box_office, cart=CART, best=best)
    assert labels(again) == labels(booking) or set(labels(again)) == {seat.label for seat in seats}
    assert Ticket.objects.live().count() == 4
    assert find_cart(box_office, show.hall.theater_id, CART) == again


def test_a_choice_that_fails_keeps_what_was_held(show: Show, box_office: User):
    make_hold(show, 5)
    first = hold(show, box_office, 0, 1)
    with pytest.raises(SeatsUnavailable):
        hold(show, box_office, 4, 5)
    first.refresh_from_db()
    assert first.state == Booking.State.HELD
    assert find_cart(box_office, show.hall.theater_id, CART) == first


def test_lines_change(show: Show, box_office: User):
    adult, child = types(show)
    booking = hold(show, box_office, 0, 1, 2)
    first, second, _third = booking.tickets.order_by("seat__position")
    changed = change_lines(hold=booking, seller=box_office, types={first.pk: None, second.pk: child}).booking
    assert (len(labels(changed)), changed.total) == (2, D(28))
    assert set(changed.tickets.values_list("ticket_type", flat=True)) == {adult, child}


def test_the_page_keeps_and_leaves_its_seats(show: Show, box_office: User):
    booking = hold(show, box_office, 0)
    left = leave_cart(hold=booking)
    assert left.expires_at is not None
    assert left.expires_at < timezone.now() + timedelta(minutes=1)
    kept = keep_cart(hold=booking)
    assert kept.expires_at is not None
    assert kept.expires_at > timezone.now() + timedelta(minutes=5)
    # Not forever.
    booking.tickets.update(held_at=timezone.now() - timedelta(hours=1))
    leave_cart(hold=booking)
    kept = keep_cart(hold=booking)
    assert kept.expires_at is not None
    assert kept.expires_at < timezone.now() + timedelta(minutes=1)
    for _twice in range(2):
        assert clear_cart(hold=booking, seller=box_office).state == Booking.State.EXPIRED
    assert not Ticket.objects.live().exists()


def test_a_lapsed_cart_is_not_paid(show: Show, box_office: User):
    open_till(box_office, show.hall.theater)
    booking = hold(show, box_office, 0)
    lapse(booking)
    free_lapsed_holds()
    for gateway in ("cash", "terminal"):
        with pytest.raises(HoldExpired):
            take_money(hold=booking, gateway=gateway, seller=box_office)
    assert not Payment.objects.filter(state=Payment.State.CAPTURED).exists()


def test_money_that_is_taken_twice_in_different_ways_is_pointed_out(show: Show, box_office: User):
    """Two windows with one cart, or two sellers with one reservation: only the same way again is the same payment."""
    open_till(box_office, show.hall.theater)
    cart = "c" * 32
    booking = hold_at_counter(show=show, seller=box_office, cart=cart, seats=choose(show, 0))
    page = f"/admin/box-office/shows/{show.code}/"
    assert take_money(hold=booking, gateway="terminal", seller=box_office).state == Booking.State.CONFIRMED
    assert take_money(hold=booking, gateway="terminal", seller=box_office).state == Booking.State.CONFIRMED
    with pytest.raises(PaidOtherwise):
        take_money(hold=booking, gateway="cash", seller=box_office)
    seller = Client()
    seller.force_login(box_office)
    form = {"action": "pay", "cart": cart}
    assert seller.post(page, {**form, "gateway": "terminal"})["Location"].endswith(f"?sold={booking.code}")
    refused = seller.post(page, {**form, "gateway": "cash"})
    assert refused.status_code == 409
    assert "already been paid in another way" in refused.content.decode()
    assert [payment.gateway for payment in Payment.objects.all()] == ["terminal"]


def test_complimentary_tickets_cost_nothing_and_carry_a_reason(show: Show, box_office: User):
    booking = hold(show, box_office, 0, 1)
    with pytest.raises(ReasonMissing):
        give_away(hold=booking, reason=" ", seller=box_office)
    free = give_away(hold=booking, reason="press", seller=box_office, name="A Critic", email="critic@example.com")
    assert (free.kind, free.state, free.total, free.note) == ("complimentary", "confirmed", 0, "press")
    assert set(free.tickets.values_list("state", "price")) == {("issued", D(0))}
    assert AuditEntry.objects.get(action="give complimentary tickets").reason == "press"
    assert Notification.objects.get().recipient == "critic@example.com"
    assert find_finished(box_office, show.hall.theater_id, CART) == free
    with pytest.raises(HoldExpired):
        give_away(hold=booking, reason="press", seller=box_office)


def test_a_reservation_waits_is_collected_and_paid(show: Show, box_office: User, manager: User):
    booking = hold(show, box_office, 0, 1, 2)
    until = reservations.default_until(show, timezone.now())
    assert until == show.starts_at - timedelta(minutes=30)
    with pytest.raises(reservations.CallerUnknown):
        reservations.reserve(hold=booking, name="Ada", phone="", until=until, seller=box_office)
    for _twice in range(2):
        reservation = reservations.reserve(hold=booking, name="Ada", phone="0123", until=until, seller=box_office)
    assert free_lapsed_holds() == 0
    # Leaving the page does not end it.
    assert leave_cart(hold=booking).expires_at == until
    # Another seller hands it out, to fewer people than announced.
    cart = reservations.collect(reservation=reservation, seller=manager, cart="page-2")
    dropped = cart.tickets.first()
    assert dropped is not None
    fewer = change_lines(hold=cart, seller=manager, types={dropped.pk: None}).booking
    assert (fewer.name, fewer.phone, fewer.reservation.until) == ("Ada", "0123", until)
    assert clear_cart(hold=fewer, seller=manager).expires_at == until
    paid = take_money(hold=fewer, gateway="terminal", seller=manager)
    assert (paid.state, paid.total) == (Booking.State.CONFIRMED, D(40))
    with pytest.raises(WrongState):
        reservations.collect(reservation=fewer.reservation, seller=manager, cart="page-3")


def test_a_late_caller_loses_the_reservation(show: Show, box_office: User):
    booking = hold(show, box_office, 0)
    until = timezone.now() + timedelta(minutes=40)
    reservation = reservations.reserve(hold=booking, name="Ada", phone="0123", until=until, seller=box_office)
    lapse(booking)
    assert free_lapsed_holds() == 1
    with pytest.raises(HoldExpired):
        reservations.collect(reservation=reservation, seller=box_office, cart="late")
    assert reservations.give_up(reservation=reservation, seller=box_office).state == Booking.State.EXPIRED
    for until in (timezone.now(), show.ends_at + timedelta(minutes=1)):
        with pytest.raises(reservations.EndOutOfRange):
            reservations.reserve(hold=hold(show, box_office, 1), name="Ada", phone="1", until=until, seller=box_office)


def test_seats_for_the_house_are_blocked_sold_and_lifted(show: Show, box_office: User):
    cart = hold_at_counter(
        show=show, seller=box_office, cart=CART, seats=choose(show, 0, 1, 2, 3), areas=choose_standing(show, 2)
    )
    house = house_holds.block(hold=cart, reason="director", until=None, by=box_office)
    assert (house.kind, house.total, house.expires_at) == (Booking.Kind.HOUSE, 0, None)
    assert free_lapsed_holds() == 0
    ids = [seat.pk for seat in seats_of(show)[:4]]
    assert read_availability(show.pk).taken == ids
    with pytest.raises(SeatsUnavailable):
        hold(show, box_office, 0, cart="page-2")
    # Two are sold out of it, with a standing place; the rest stays.
    chosen = {t.pk for t in house.tickets.all() if t.seat_id in ids[:2]} | {
        house.tickets.filter(area__isnull=False)[0].pk
    }
    sale = house_holds.sell_from(house=house, tickets=chosen, cart="page-3", by=box_office)
    assert (sale.total, sale.tickets.count(), find_cart(box_office, show.hall.theater_id, "page-3")) == (D(60), 3, sale)
    rest = Booking.objects.get(kind=Booking.Kind.HOUSE, state=Booking.State.HELD)
    assert (rest.note, rest.tickets.live().count()) == ("director", 3)
    assert ShowArea.objects.get(show=show).taken == 2
    last = house_holds.lift(house=rest, tickets={rest.tickets.live()[0].pk}, by=box_office)
    assert last is not None
    assert house_holds.lift(house=last, tickets=None, by=box_office) is None
    assert Ticket.objects.live().count() == 3
    assert ShowArea.objects.get(show=show).taken == 1
    with pytest.raises(HoldExpired):
        house_holds.lift(house=last, tickets=None, by=box_office)


def test_a_house_hold_ends_by_itself(show: Show, box_office: User):
    until = timezone.now() + timedelta(days=1)
    with pytest.raises(house_holds.EndsInThePast):
        house_holds.block(hold=hold(show, box_office, 0), reason="x", until=timezone.now(), by=box_office)
    house = house_holds.block(hold=hold(show, box_office, 0), reason="x", until=until, by=box_office)
    assert free_lapsed_holds(now=until) == 1
    house.refresh_from_db()
    assert house.state == Booking.State.EXPIRED
    with pytest.raises(WrongState):
        house_holds.sell_from(house=hold(show, box_office, 1), tickets={1}, cart="c", by=box_office)


def test_tickets_are_sent_afterwards(show: Show, box_office: User):
    booking = take_money(hold=hold(show, box_office, 0), gateway="terminal", seller=box_office, reference="0815")
    assert booking.payments.get().reference == "0815"
    assert not Notification.objects.exists()
    send_to(booking=booking, email="Late@example.com", seller=box_office)
    assert Notification.objects.get().recipient == "late@example.com"
    with pytest.raises(WrongState):
        send_to(booking=booking, email="other@example.com", seller=box_office)
    assert Reservation.objects.count() == 0
