"""Tickets are exchanged for more expensive ones: the new places are held until the difference is paid."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.models import Booking, Exchange, Ticket, Voucher
from bookings.services.cancel import cancel_tickets, quote_cancellation
from bookings.services.confirm import confirm_payment
from bookings.services.exchange import ExchangeWish, quote_exchange
from bookings.services.pay import start_payment
from bookings.services.refund import give_goodwill
from bookings.services.release_hold import free_lapsed_holds, release_hold
from bookings.tickets.codes import sign
from door.check_in import check_in
from events.models import Show
from lib.refusals import Refusal
from notifications.models import Notification
from payments.models import Payment, Refund
from testing.bookings import captured, choose, choose_standing, lapse, make_hold, make_paid, race
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


@pytest.mark.slow
def test_until_it_is_paid_new_seats_are_held_and_old_ones_kept(booking, show, later, manager, client):
    until = timezone.now() + timedelta(hours=24)
    for _time in range(2):
        held = exchange(booking, later, 2, 3, by=manager, until=until, send_link=True, reason="ill")
    assert (held.state, held.total, held.due, held.expires_at) == ("held", Decimal(70), Decimal(30), until)
    assert taken(show) == [0, 1]
    assert taken(later) == [2, 3]
    assert Exchange.objects.count() == 1
    mail = Notification.objects.get(kind="exchange_surcharge")
    assert Decimal(mail.context["due"]["amount"]) == 30

    payment = start_payment(booking=held, gateway="sandbox", return_url="https://a.example/").payment
    assert payment.amount == Decimal(30)
    for _time in range(2):
        confirm_payment(payment=payment, amount=Decimal(30), currency="EUR")
    held.refresh_from_db()
    booking.refresh_from_db()
    assert (held.state, booking.state) == ("confirmed", "canceled")
    assert taken(show) == []
    assert taken(later) == [2, 3]
    assert_settled(booking, held)
    carried = Refund.objects.get()
    assert (carried.amount, carried.state, carried.carried_to.booking) == (Decimal(40), "succeeded", held)
    assert Notification.objects.filter(kind="booking_confirmed", about=held.code).count() == 1
    assert AuditEntry.objects.filter(action="exchange tickets").count() == 1
    assert exchange(booking, later, 2, 3, tickets=list(booking.tickets.all()), by=manager).pk == held.pk


@pytest.mark.slow
def test_the_customer_pays_it_by_the_link(show, later, manager, client):
    booking = make_paid(show, 0, email="guest@example.com", locale="en")
    Booking.objects.filter(pk=booking.pk).update(name="Gita Guest")
    booking.refresh_from_db()
    held = exchange(booking, later, 2, by=manager, send_link=True)
    url = Notification.objects.get(kind="exchange_surcharge").context["url"]
    page = client.get(url, follow=True).content.decode()
    for told in ("€35.00", "−€20.00", "Pay €15.00", "Your current tickets stay valid"):
        assert told in page, told
    assert "I have a voucher" not in page
    choose_anew = client.get(later.get_absolute_url())
    assert choose_anew.context["hold"] is None
    client.post(f"/bookings/{held.code}/pay/", {"gateway": "sandbox"})
    confirm_payment(payment=held.payments.get())
    assert "Booked" in client.get(held.get_absolute_url()).content.decode()
    old = Client()
    assert old.get(Notification.objects.get(about=booking.code).context["url"]).status_code == 302
    assert "€20.00 counted toward booking" in old.get(booking.get_absolute_url()).content.decode()


def test_never_paid_it_lapses_and_nothing_has_changed(booking, later, manager):
    old = issued(booking)
    held = exchange(booking, later, 2, 3, by=manager)
    lapse(held)
    free_lapsed_holds()
    assert taken(later) == []
    assert issued(booking) == old
    assert_settled(booking)


@pytest.mark.slow
def test_late_money_still_makes_it_while_the_seats_are_free(booking, later, manager, rival):
    held = exchange(booking, later, 2, 3, by=manager)
    payment = start_payment(booking=held, gateway="sandbox", return_url="https://a.example/").payment
    release_hold(booking=held)
    confirm_payment(payment=payment)
    held.refresh_from_db()
    assert held.state == "confirmed"
    assert_settled(held)


@pytest.mark.slow
def test_late_money_for_lost_seats_is_refunded_and_the_old_stay(booking, later, manager, rival):
    old = issued(booking)
    held = exchange(booking, later, 2, 3, by=manager)
    payment = start_payment(booking=held, gateway="sandbox", return_url="https://a.example/").payment
    release_hold(booking=held)
    make_paid(later, 2, customer=rival)
    confirm_payment(payment=payment)
    payment.refresh_from_db()
    assert (payment.state, payment.refunded) == ("surplus", Decimal(30))
    assert issued(booking) == old


@pytest.mark.slow
@pytest.mark.parametrize("gone", ["tickets", "money"])
def test_tickets_or_money_returned_meanwhile_pay_for_nothing(gone, booking, later, manager):
    held = exchange(booking, later, 2, 3, by=manager)
    payment = start_payment(booking=held, gateway="sandbox", return_url="https://a.example/").payment
    if gone == "tickets":
        cancel_tickets(booking=booking, tickets=issued(booking)[:1], by=manager)
    else:
        give_goodwill(booking=booking, amount=Decimal(1), by=manager, reason="x", key=payment.key)
    confirm_payment(payment=payment)
    payment.refresh_from_db()
    assert (payment.state, payment.refunded) == ("surplus", Decimal(30))
    assert Ticket.objects.issued().filter(show=later).count() == 0
    assert booking.tickets.issued().exists()


@pytest.mark.slow
def test_another_wish_takes_the_place_of_one_that_is_not_paid(booking, show, later, manager):
    first = exchange(booking, later, 2, 3, by=manager)
    second = exchange(booking, later, 3, 4, by=manager)
    first.refresh_from_db()
    assert (first.state, second.state) == ("expired", "held")
    assert taken(later) == [3, 4]


@pytest.mark.slow
def test_people_who_share_a_show_share_a_booking(booking, show, manager, client):
    """A better seat for one of two: the other comes along, with place and price."""
    old = issued(booking)
    Ticket.objects.filter(pk=old[1].pk).update(attendee_name="Asha")
    held = exchange(booking, show, 6, tickets=old[:1], by=manager)
    assert (held.total, held.due) == (Decimal(50), Decimal(10))
    assert taken(show) == [0, 1, 6]
    client.force_login(booking.customer)
    page = client.get(held.get_absolute_url(), follow=True).content.decode()
    for told in ("seat 2", "stays as it is", "€50.00", "−€40.00", "Pay €10.00"):
        assert told in page, told
    pay(held)
    booking.refresh_from_db()
    assert (booking.state, taken(show)) == ("canceled", [1, 6])
    assert {ticket.price: ticket.attendee_name for ticket in issued(held)} == {20: "Asha", 30: ""}
    assert {ticket.code for ticket in issued(held)}.isdisjoint({ticket.code for ticket in old})
    assert_settled(booking, held)
    assert exchange(booking, show, 6, tickets=old[:1], by=manager).pk == held.pk
    refund = cancel_tickets(booking=held, tickets=[issued(held)[1]], by=None)
    assert refund.amount == Decimal(20)
    assert quote_cancellation(held, now=timezone.now()).amount == Decimal(30)


@pytest.mark.slow
def test_it_is_one_booking_with_tax_on_top_a_voucher_and_standing_room(show, customer, manager):
    Theater.objects.update(prices_include_tax=False, tax_rate=Decimal("8.875"))
    Voucher.objects.create(code="PART", theater=show.hall.theater, percent=Decimal("33.3"))
    hold = make_hold(show, 0, 1, customer=customer, voucher_code="PART", areas=choose_standing(show, 1))
    pay(hold)
    booking = Booking.objects.get(pk=hold.pk)
    held = exchange(booking, show, 6, tickets=issued(booking)[:1], by=manager)
    assert held.due == quote_exchange(booking, ExchangeWish(issued(booking)[:1], show, choose(show, 6))).due
    pay(held)
    assert (taken(show), show.areas.get().taken) == ([1, 6], 1)
    net = sum((ticket.price - ticket.discount for ticket in issued(held)), Decimal(0))
    held.refresh_from_db()
    assert (held.total, held.discount) == (net + held.tax, sum(ticket.discount for ticket in issued(held)))
    assert_settled(booking, held)


@pytest.mark.slow
@pytest.mark.parametrize("why", ["used", "goodwill"])
def test_a_used_ticket_or_one_without_its_money_stays_behind(why, booking, show, manager):
    first, second = issued(booking)
    if why == "used":
        Show.objects.filter(pk=show.pk).update(doors_at=timezone.now())
        assert check_in(qr=sign(second), gate="", by=manager).result == "admitted"
    else:
        give_goodwill(booking=booking, amount=Decimal(1), by=manager, reason="x", key=captured(booking).key)
    held = exchange(booking, show, 6, tickets=[first], by=manager)
    pay(held)
    booking.refresh_from_db()
    assert (booking.state, issued(booking)) == ("confirmed", [second])
    assert [ticket.price for ticket in issued(held)] == [Decimal(30)]
    assert_settled(booking, held)


@pytest.mark.slow
def test_for_another_show_the_others_stay(booking, show, later, manager):
    first, second = issued(booking)
    held = exchange(booking, later, 0, tickets=[first], by=manager)
    pay(held)
    assert (issued(booking), taken(show), taken(later)) == ([second], [1], [0])


@pytest.mark.slow
def test_a_ticket_used_meanwhile_is_not_exchanged(booking, show, later, manager):
    held = exchange(booking, later, 2, 3, by=manager)
    payment = start_payment(booking=held, gateway="sandbox", return_url="https://a.example/").payment
    Show.objects.filter(pk=show.pk).update(doors_at=timezone.now())
    assert check_in(qr=sign(issued(booking)[0]), gate="", by=manager).result == "admitted"
    confirm_payment(payment=payment)
    payment.refresh_from_db()
    assert (payment.state, payment.refunded) == ("surplus", Decimal(30))
    assert Ticket.objects.issued().filter(show=later).count() == 0


@pytest.mark.slow
def test_waived_it_is_made_at_once(booking, later, manager):
    made = exchange(booking, later, 0, 1, is_even=True, by=manager)
    assert (made.state, made.total, made.due, made.discount) == ("confirmed", Decimal(40), 0, Decimal(30))
    assert_settled(booking, made)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_paid_canceled_and_exchanged_again_at_once_it_has_one_outcome(booking, show, later, manager):
    held = exchange(booking, later, 2, 3, by=manager)
    payment = start_payment(booking=held, gateway="sandbox", return_url="https://a.example/").payment
    results = race(
        lambda: confirm_payment(payment=Payment.objects.get(pk=payment.pk)),
        lambda: cancel_tickets(booking=booking, by=manager),
        lambda: exchange(booking, later, 4, 5, tickets=list(booking.tickets.all()), by=manager),
    )
    assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, Refusal)], results
    payment.refresh_from_db()
    assert payment.state in ("captured", "surplus")
    assert taken(show) == [] or payment.state == "surplus"
    money = Payment.objects.exclude(gateway="exchange").aggregate(came=Sum("amount"), went=Sum("refunded"))
    live = Ticket.objects.issued().aggregate(sum=Sum("price"))["sum"] or 0
    carried = Refund.objects.exclude(carried_to=None).aggregate(sum=Sum("amount"))["sum"] or 0
    assert money["came"] - (money["went"] - carried) == live
