"""Tickets are exchanged for more expensive ones: the new places are held until the difference is paid."""

from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.models import Booking, Exchange, Ticket, Voucher, by_show
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
from payments.gateways.sandbox import read_return_url
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
    booking.refresh_from_db()
    assert (booking.state, booking.total, payment.booking) == ("confirmed", Decimal(70), booking)
    assert not Booking.objects.exclude(pk=booking.pk).exists()
    assert taken(show) == []
    assert taken(later) == [2, 3]
    assert_settled(booking)
    assert not Refund.objects.exists()
    assert Notification.objects.filter(kind="booking_confirmed", about=booking.code).count() == 2
    assert AuditEntry.objects.filter(action="exchange tickets").count() == 1
    old = list(booking.tickets.filter(state="canceled"))
    assert exchange(booking, later, 2, 3, tickets=old, by=manager).pk == booking.pk


@pytest.mark.slow
def test_the_customer_pays_it_by_the_link(show, later, manager, client):
    booking = make_paid(show, 0, email="guest@example.com", locale="en")
    Booking.objects.filter(pk=booking.pk).update(name="Gita Guest")
    booking.refresh_from_db()
    held = exchange(booking, later, 2, by=manager, send_link=True)
    url = Notification.objects.get(kind="exchange_surcharge").context["url"]
    page = client.get(url, follow=True)
    checkout = reverse("bookings:checkout", args=[held.code])
    assert checkout in page.content.decode()
    assert Client().get(checkout).status_code == 404
    for shown in (page, client.get(checkout)):
        for told in ("€35.00", "−€20.00", "Pay €15.00", "Your current tickets stay valid"):
            assert told in shown.content.decode(), told
    assert "I have a voucher" not in shown.content.decode()
    assert client.get(later.get_absolute_url()).context["hold"] is None
    sent_on = client.post(reverse("bookings:pay", args=[held.code]), {"gateway": "sandbox"})
    back = read_return_url(parse_qs(urlsplit(sent_on["Location"]).query)["back"][0])
    waits = client.get(back)
    assert waits.context["state"] == "waiting"
    payment = booking.payments.get(state="started")
    confirm_payment(payment=payment)
    assert client.get(f"{back}?state").json() == {"state": "settled"}
    assert client.get(back)["Location"] == booking.get_absolute_url()
    page = client.get(booking.get_absolute_url()).content.decode()
    for told in ("Booked", "€35.00", "Exchanged"):
        assert told in page, told


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
    assert taken(later) == [2, 3]
    assert_settled(booking)


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
def test_a_better_seat_for_one_of_two_leaves_the_other_as_it_is(booking, show, manager, client):
    old = issued(booking)
    Ticket.objects.filter(pk=old[0].pk).update(attendee_name="Asha")
    held = exchange(booking, show, 6, tickets=old[:1], by=manager)
    assert (held.total, held.due) == (Decimal(30), Decimal(10))
    assert taken(show) == [0, 1, 6]
    pay(held)
    booking.refresh_from_db()
    assert (booking.state, booking.total, taken(show)) == ("confirmed", Decimal(50), [1, 6])
    assert {ticket.price: ticket.attendee_name for ticket in issued(booking)} == {20: "", 30: "Asha"}
    assert old[1] in issued(booking)
    assert_settled(booking)
    assert exchange(booking, show, 6, tickets=old[:1], by=manager).pk == booking.pk
    refund = cancel_tickets(booking=booking, tickets=old[1:], by=None)
    assert refund.amount == Decimal(20)
    assert quote_cancellation(booking, now=timezone.now()).amount == Decimal(30)


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
    tickets = issued(booking)
    booking.refresh_from_db()
    assert booking.total == sum(ticket.amount for ticket in tickets)
    assert booking.discount == sum(ticket.discount for ticket in tickets)
    assert booking.tax == sum(ticket.tax for ticket in tickets)
    assert_settled(booking)


@pytest.mark.slow
def test_after_goodwill_the_tickets_count_for_what_is_left(booking, show, manager):
    give_goodwill(booking=booking, amount=Decimal(25), by=manager, reason="x", key=captured(booking).key)
    held = exchange(booking, show, 6, tickets=issued(booking)[:1], by=manager)
    assert (held.credit, held.due) == (Decimal(15), Decimal(15))
    pay(held)
    assert_settled(booking)


@pytest.mark.slow
def test_for_another_show_the_others_stay(booking, show, later, manager):
    first, second = issued(booking)
    pay(exchange(booking, later, 0, tickets=[first], by=manager))
    assert (issued(booking)[0], taken(show), taken(later)) == (second, [1], [0])
    assert set(by_show(Ticket.objects.issued().filter(booking=booking).select_related("show"))) == {show, later}
    again = exchange(booking, show, 3, tickets=issued(booking)[1:], by=manager)
    assert (again.pk, taken(show), taken(later)) == (booking.pk, [1, 3], [])
    assert Refund.objects.get().amount == Decimal(15)
    assert_settled(booking)


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
    assert (made.pk, made.state, made.total, made.discount) == (booking.pk, "confirmed", Decimal(40), Decimal(30))
    assert_settled(booking)


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
    money = Payment.objects.exclude(state="started").aggregate(came=Sum("amount"), went=Sum("refunded"))
    live = Ticket.objects.issued().aggregate(sum=Sum("price"))["sum"] or 0
    assert money["came"] - money["went"] == live
