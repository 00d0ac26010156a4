"""Tickets are moved to other seats, or exchanged for others that cost no more."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.access import guest_path
from bookings.errors import NoPrice, SeatsUnavailable, UnknownPlace, WrongState
from bookings.models import Booking, Exchange, Ticket, Voucher
from bookings.seating.chosen import SeatChoice
from bookings.services.cancel import cancel_tickets, quote_cancellation
from bookings.services.confirm import confirm_free, confirm_payment
from bookings.services.exchange import ExchangeWish, NotExchangeable, exchange_tickets, quote_exchange
from bookings.services.hold_seats import HoldTerms
from bookings.services.move_tickets import TicketUsed, move_tickets
from bookings.services.pay import start_payment
from bookings.services.refund import hand_out_refund, settle_refund, waits_in_cash
from bookings.tickets.codes import sign
from box_office.selectors import read_cash_refunds
from door.check_in import check_in
from door.models import CheckIn
from events.models import Price, Show, ShowArea, TicketType
from notifications.models import Notification
from notifications.rendering import render
from payments.models import Payment, Refund
from testing.bookings import captured, choose, choose_standing, lapse, make_hold, make_paid, open_till, race
from testing.builders import make_hall, make_show
from testing.console import signed_in
from testing.exchanges import assert_settled, exchange, issued, make_later_show, make_show_at_two_prices, pay, taken
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show_at_two_prices(theater)


@pytest.fixture
def later(theater: Theater) -> Show:
    return make_later_show(theater)


@pytest.fixture
def booking(show: Show, customer: User) -> Booking:
    return make_paid(show, 0, 1, customer=customer)


def snapshot() -> list[Any]:
    """Return all that an exchange could change."""
    return [
        list(Booking.objects.order_by("pk").values_list("state", "total", "discount")),
        list(Ticket.objects.order_by("pk").values_list("state", "code")),
        list(Payment.objects.order_by("pk").values_list("state", "amount", "refunded")),
        Refund.objects.count(),
        Notification.objects.count(),
        AuditEntry.objects.count(),
        list(ShowArea.objects.values_list("taken", flat=True)),
    ]


class TestMove:
    def test_other_seats_at_the_same_price_stay_the_same_booking(self, booking, show, manager):
        old = issued(booking)
        Ticket.objects.filter(pk=old[0].pk).update(attendee_name="Asha")
        for _time in range(2):
            moved = exchange(booking, show, 3, 4, tickets=old, by=manager, reason="closer to the door")
        assert moved.pk == booking.pk
        assert taken(show) == [3, 4]
        fresh = issued(booking)
        assert [ticket.moved_from_id for ticket in fresh] == [ticket.pk for ticket in old]
        assert [ticket.attendee_name for ticket in fresh] == ["Asha", ""]
        assert {ticket.code for ticket in fresh}.isdisjoint({ticket.code for ticket in old})
        assert AuditEntry.objects.get(action="move tickets").reason == "closer to the door"
        assert Notification.objects.filter(kind="booking_confirmed").count() == 2
        assert_settled(booking)

    @pytest.mark.slow
    def test_the_old_codes_admit_nobody_once_the_new_ones_are_mailed(self, booking, show, manager):
        old = issued(booking)
        Show.objects.filter(pk=show.pk).update(doors_at=timezone.now())
        exchange(booking, show, 3, 4, by=manager)
        Notification.objects.update(state=Notification.State.SENT)
        results = [check_in(qr=sign(ticket), gate="", by=manager).result for ticket in [*old, *issued(booking)]]
        assert results == ["not_valid", "not_valid", "admitted", "admitted"]

    def test_a_moved_ticket_refunds_what_it_cost(self, booking, show, manager, customer):
        exchange(booking, show, 3, tickets=issued(booking)[:1], by=manager)
        assert quote_cancellation(booking, now=timezone.now()).amount == Decimal(40)
        refund = cancel_tickets(booking=booking, tickets=issued(booking)[-1:], by=customer)
        assert refund is not None
        assert refund.amount == Decimal(20)
        assert_settled(booking)

    def test_a_voucher_stays_worth_it(self, show, later, customer, manager):
        Voucher.objects.create(code="HALF", theater=show.hall.theater, percent=50)
        booking = make_paid(show, 0, customer=customer, voucher_code="HALF")
        assert exchange(booking, show, 2, by=manager).pk == booking.pk
        assert quote_exchange(booking, ExchangeWish(issued(booking), later, choose(later, 0))).due == Decimal(25)

    def test_between_seats_and_standing_room(self, booking, show, manager):
        wish = ExchangeWish(issued(booking), show, areas=choose_standing(show, 2))
        assert exchange_tickets(booking=booking, wish=wish, by=manager).pk == booking.pk
        assert show.areas.get().taken == 2
        exchange(booking, show, 0, 1, by=manager)
        assert show.areas.get().taken == 0

    def test_a_lapsed_hold_makes_room_and_a_live_one_does_not(self, booking, show, manager, rival):
        hold = make_hold(show, 3, customer=rival)
        before = snapshot()
        with pytest.raises(SeatsUnavailable) as refused:
            exchange(booking, show, 3, 4, by=manager)
        assert refused.value.labels == ["Stalls, row A, seat 4"]
        assert snapshot() == before
        lapse(hold)
        exchange(booking, show, 3, 4, by=manager)
        assert taken(show) == [3, 4]

    def test_with_the_difference_waived_even_better_seats(self, booking, show, manager):
        exchange(booking, show, 6, 7, is_even=True, by=manager)
        assert taken(show) == [6, 7]
        assert booking.payments.get().refunded == 0


class TestCredit:
    @pytest.mark.slow
    def test_the_rest_is_refunded_through_the_gateway(self, show, customer, manager):
        booking = make_paid(show, 6, 7, customer=customer)
        old = issued(booking)
        made = exchange(booking, show, 0, 1, by=manager)
        assert (made.pk, made.state, made.total) == (booking.pk, "confirmed", Decimal(60))
        refund = Refund.objects.get()
        assert (refund.amount, refund.payment) == (Decimal(20), captured(booking))
        assert dict(refund.lines.values_list("ticket", "amount")) == {ticket.pk: Decimal(10) for ticket in old}
        assert settle_refund(refund.pk).state == "succeeded"
        assert taken(show) == [0, 1]
        assert [ticket.credited for ticket in booking.tickets.filter(state="canceled")] == [Decimal(20)] * 2
        assert not Booking.objects.exclude(pk=booking.pk).exists()
        assert_settled(booking)

    @pytest.mark.slow
    def test_a_later_cancellation_refunds_the_money_the_way_it_came(self, booking, later, customer, manager):
        held = exchange(booking, later, 2, 3, by=manager)
        held = confirm_payment(
            payment=start_payment(booking=held, gateway="sandbox", return_url="https://a.example/").payment
        )
        assert held.pk == booking.pk
        assert quote_cancellation(held, now=timezone.now()).amount == Decimal(70)
        refund = cancel_tickets(booking=held, by=customer)
        assert refund is not None
        assert refund.amount == Decimal(70)
        pending = Refund.objects.filter(state="pending")
        surcharge = booking.payments.exclude(exchange=None).get()
        assert sorted((one.amount, one.payment == surcharge) for one in pending) == [(30, True), (40, False)]
        assert {settle_refund(one.pk).state for one in pending} == {"succeeded"}
        assert_settled(booking)

    @pytest.mark.slow
    def test_exchanged_again_and_again_nothing_is_lost(self, booking, show, later, manager):
        pay(exchange(booking, later, 2, 3, by=manager))
        for seats in ((6, 7), (0, 1)):
            assert exchange(booking, show, *seats, by=manager).pk == booking.pk
        assert_settled(booking)
        assert sum(ticket.worth for ticket in issued(booking)) == Decimal(40)
        for refund in Refund.objects.filter(state="pending"):
            assert settle_refund(refund.pk).state == "succeeded"
        went_out = Refund.objects.aggregate(sum=Sum("amount"))["sum"]
        came_in = Payment.objects.aggregate(sum=Sum("amount"))["sum"]
        assert came_in - went_out == Decimal(40)
        assert quote_cancellation(booking, now=timezone.now()).amount == Decimal(40)

    def test_the_same_seat_at_another_type(self, booking, show, manager, theater):
        """A ticket for a child becomes one for a patron on the same seat, and both seats stay the party's."""
        patron = TicketType.objects.create(theater=theater, name="Patron", order=9)
        old = issued(booking)
        show.prices.create(category=old[0].category, ticket_type=patron, amount=Decimal(26))
        seats = [SeatChoice(old[0].seat_id, patron.pk)]
        held = exchange_tickets(booking=booking, wish=ExchangeWish(old[:1], show, seats), by=manager)
        assert (held.total, held.due, taken(show)) == (Decimal(26), Decimal(6), [0, 1])
        pay(held)
        assert taken(show) == [0, 1]
        assert [ticket.ticket_type.name for ticket in issued(booking)][1:] == ["Patron"]
        booking.refresh_from_db()
        assert booking.total == Decimal(46)
        assert_settled(booking)

    def test_the_same_standing_room_at_another_type_though_it_is_full(self, show, customer, manager, theater):
        patron = TicketType.objects.create(theater=theater, name="Patron", order=9)
        show.prices.create(category=show.areas.get().area.category, ticket_type=patron, amount=Decimal(26))
        booking = make_hold(show, customer=customer, areas=choose_standing(show, 4))
        pay(booking)
        [area] = choose_standing(show, 1)
        wish = ExchangeWish(issued(booking)[:1], show, areas=[replace(area, ticket_type_id=patron.pk)])
        pay(exchange_tickets(booking=booking, wish=wish, by=manager))
        assert show.areas.get().taken == 4
        assert sorted(ticket.price for ticket in issued(booking)) == [20, 20, 20, 26]
        assert_settled(booking)


class TestRefusals:
    @pytest.fixture(autouse=True)
    def _nothing_changes(self, booking: Booking):
        yield
        assert len(issued(booking)) == 2
        assert not Exchange.objects.exists()

    def test_a_used_ticket_stays(self, booking, show, later, manager, door_staff):
        CheckIn.objects.create(ticket=issued(booking)[0], result="admitted", passage=1, by=door_staff)
        for target in (show, later):
            with pytest.raises(TicketUsed):
                exchange(booking, target, 2, 3, by=manager)

    def test_another_theaters_show(self, booking, other_theater, manager):
        elsewhere = make_show(hall=make_hall(theater=other_theater))
        with pytest.raises(NotExchangeable):
            exchange(booking, elsewhere, 0, 1, by=manager)

    def test_other_numbers_of_places_and_strangers_tickets(self, booking, show, later, rival, manager):
        with pytest.raises(UnknownPlace):
            exchange(booking, later, 0, by=manager)
        others = make_paid(show, 4, customer=rival)
        with pytest.raises(WrongState):
            exchange(booking, later, 0, tickets=issued(others), by=manager)
        with pytest.raises(WrongState):
            move_tickets(booking=booking, tickets=issued(others), seats=choose(show, 5), by=manager)

    def test_taken_seats_and_missing_prices(self, booking, later, rival, manager):
        make_hold(later, 0, customer=rival)
        with pytest.raises(SeatsUnavailable):
            exchange(booking, later, 0, 1, by=manager)
        Price.objects.filter(show=later).delete()
        with pytest.raises(NoPrice):
            exchange(booking, later, 2, 3, by=manager)

    def test_customers_keep_to_the_policy(self, booking, later, show, customer):
        Show.objects.filter(pk=show.pk).update(refunds="never", refund_hours=None, refund_percent=None)
        booking = Booking.objects.get(pk=booking.pk)
        with pytest.raises(NotExchangeable):
            exchange(booking, later, 0, 1, by=customer, by_customer=True)


def test_what_was_not_bought_is_for_the_box_office(later, show, customer, manager):
    given = make_hold(
        show, 2, customer=customer, channel="box_office", made_by=manager, terms=HoldTerms(kind="complimentary")
    )
    given = confirm_free(booking=given)
    with pytest.raises(NotExchangeable, match="not bought"):
        exchange(given, later, 0, by=customer, by_customer=True)
    assert not Exchange.objects.exists()
    assert exchange(given, later, 0, by=manager) == given


def test_other_ticket_types_for_the_same_places_are_another_wish(booking, later, customer):
    first, second = (
        TicketType.objects.create(theater=booking.theater, name=name, order=order)
        for order, name in enumerate(("Patron", "Friend"), 5)
    )
    seat = later.seat_map.seats.order_by("run", "position")[0]
    for kind, amount in ((first, 50), (second, 60)):
        later.prices.create(category=seat.category, ticket_type=kind, amount=amount)
    ticket = issued(booking)[0]
    wishes = [ExchangeWish([ticket], later, [SeatChoice(seat.pk, kind.pk)]) for kind in (first, second)]
    holds = [
        exchange_tickets(booking=booking, wish=wish, by=customer, by_customer=True)
        for wish in (wishes[0], wishes[0], wishes[1])
    ]
    assert holds[0] == holds[1] != holds[2]
    assert [hold.due for hold in holds] == [30, 30, 40]
    holds[0].refresh_from_db()
    assert holds[0].state == "expired"


def test_customers_may_exchange_within_their_limit(show, later, customer):
    Show.objects.filter(pk=show.pk).update(refund_percent=50, tickets_per_customer=2)
    booking = make_paid(show, 6, 7, customer=customer)
    booking = Booking.objects.select_related("customer").get(pk=booking.pk)
    made = exchange(booking, show, 0, 1, by=customer, by_customer=True)
    assert made.state == "confirmed"
    assert Refund.objects.get().amount == Decimal(10)


def test_the_database_keeps_what_an_exchange_did(booking, later, manager):
    exchange(booking, later, 0, 1, is_even=True, by=manager)
    old, new = booking.tickets.filter(state="canceled").first(), issued(booking)[0]
    for write in (
        lambda: Ticket.objects.filter(pk=old.pk).update(credited=0),
        lambda: Ticket.objects.filter(pk=new.pk).update(credited=1),
        lambda: Ticket.objects.filter(pk=new.pk).update(moved_from=old),
        lambda: Booking.objects.filter(pk=booking.pk).update(total=41),
        lambda: Exchange.objects.update(completed_at=None),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_one_of_two_customers_gets_the_seat_and_the_other_keeps_theirs(show, customer, rival, manager):
    mine, theirs = make_paid(show, 0, customer=customer), make_paid(show, 1, customer=rival)
    results = race(
        lambda: exchange(mine, show, 4, by=manager),
        lambda: exchange(theirs, show, 4, by=manager),
        lambda: make_hold(show, 4, email="third@example.com"),
    )
    assert sum(isinstance(one, Booking) for one in results) == 1, results
    assert all(isinstance(one, Booking | SeatsUnavailable) for one in results), results
    assert 4 in taken(show)
    assert all(booking.tickets.issued().count() == 1 for booking in (mine, theirs))


class TestCash:
    """Tickets that were paid in cash become cheaper ones: the rest waits in cash."""

    @pytest.fixture
    def box_sale(self, later: Show, box_office: User) -> Booking:
        hold = make_hold(later, 0, 1, channel=Booking.Channel.BOX_OFFICE, made_by=box_office, email="guest@example.com")
        open_till(box_office, later.hall.theater)
        payment = start_payment(booking=hold, gateway="cash", return_url="", made_by=box_office).payment
        return confirm_payment(payment=payment, by=box_office)

    @pytest.mark.slow
    def test_the_drawer_finds_what_it_owes(self, box_sale, show, later, box_office, client):
        exchange(box_sale, show, 0, 1, by=box_office)
        refund = Refund.objects.get()
        assert refund.amount == Decimal(30)
        assert read_cash_refunds([show.hall.theater], box_sale.code) == [refund]
        assert waits_in_cash(box_sale)
        page = signed_in(box_office).get(reverse("admin:box_office_drawer"), {"q": box_sale.code}).content.decode()
        assert "exchanged for cheaper tickets" in page

    @pytest.mark.slow
    def test_its_pages_show_the_refund(self, box_sale, show, box_office, manager, client):
        exchange(box_sale, show, 0, 1, by=box_office)
        page = client.get(guest_path(box_sale), follow=True).content.decode()
        assert "€30.00" in page
        assert "waiting for you at the box office" in page
        story = signed_in(manager).get(reverse("admin:bookings_booking_change", args=[box_sale.pk])).content.decode()
        assert "The surplus value of the exchanged tickets" in story

    @pytest.mark.slow
    def test_the_mail_of_the_refund_names_the_exchange(self, box_sale, show, box_office):
        exchange(box_sale, show, 0, 1, by=box_office)
        hand_out_refund(refund=Refund.objects.get(), by=box_office)
        mail = Notification.objects.get(kind="booking_refunded")
        assert "You exchanged tickets for others that cost less." in render(mail.kind, mail.context, "en").text


@pytest.mark.slow
def test_a_voucher_that_stays_behind_is_named_before_and_after(show, later, customer, manager):
    Voucher.objects.create(code="HALF", theater=show.hall.theater, percent=50)
    booking = make_paid(show, 0, customer=customer, voucher_code="HALF")
    wish = ExchangeWish(issued(booking), later, choose(later, 0))
    assert quote_exchange(booking, wish).lost_discount == Decimal(10)
    assert quote_exchange(booking, ExchangeWish(wish.tickets, later, wish.seats, is_even=True)).lost_discount == 0
    asked = {"ticket": wish.tickets[0].code, "show": later.code, "seats": "A 1"}
    page = signed_in(manager).get(reverse("admin:bookings_booking_exchange", args=[booking.pk]), asked)
    assert "Voucher HALF took €10.00 off the current tickets. It does not carry over" in page.content.decode()
    exchange(booking, later, 0, by=manager, send_link=True)
    mail = Notification.objects.get(kind="exchange_surcharge")
    assert "Voucher HALF does not carry over" in render(mail.kind, mail.context, "en").text
    assert AuditEntry.objects.get(action="start exchange").after["voucher"] == "HALF stays behind"
