"""What the customer sees when coming back from the gateway, in whatever order the news arrives.

The sandbox is real here: its page is posted to, its webhooks are signed and sent to our address.
"""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking, Ticket
from bookings.services.settle import settle_open_payments
from bookings.views import payment as payment_page
from events.models import Show
from notifications.models import Notification
from notifications.rendering import render
from payments.gateways.sandbox import SandboxGateway, build_webhook
from payments.models import Payment, Refund, SandboxAnswer
from testing.bookings import lapse, make_hold, seats_of
from testing.builders import make_hall, make_show

pytestmark = pytest.mark.django_db


class Visitor:
    """A browser with a hold that is ready to be paid."""

    def __init__(self, show: Show, *indices: int) -> None:
        self.client = Client()
        seats = seats_of(show)
        answer = self.client.post(
            reverse("bookings:hold", args=[show.code]), {"seat": [seats[index].pk for index in indices]}
        )
        self.code = answer.url.split("/")[2]
        self.client.post(self.url("checkout"), {"name": "Asha", "email": "asha@example.com"})

    def url(self, name: str) -> str:
        return reverse(f"bookings:{name}", args=[self.code])

    @property
    def booking(self) -> Booking:
        return Booking.objects.get(code=self.code)

    @property
    def payment(self) -> Payment:
        return self.booking.payments.latest("created_at", "pk")

    def pay(self) -> str:
        """Start the payment; return the address of the gateway's page."""
        return self.client.post(self.url("pay"), {"gateway": "sandbox"}).url

    def decide(self, decision: str) -> str:
        """Pay and decide on the gateway's page; return where it sends the browser back to."""
        return self.client.post(self.pay(), {"decision": decision}).url

    def come_back(self) -> str:
        """Return the words of the page that the browser ends on."""
        return self.client.get(self.url("payment-return"), follow=True).content.decode()

    def webhook(self, decision: str = "approve") -> int:
        """Let the gateway tell its decision, as often as it likes; return our answer's status."""
        payment = Payment.objects.filter(booking__code=self.code).earliest("created_at", "pk")
        answer, _is_new = SandboxAnswer.objects.get_or_create(
            payment=payment, defaults={"decision": decision, "answers_at": timezone.now()}
        )
        body, headers = build_webhook(answer, timezone.now())
        content_type = headers.pop("Content-Type")
        return (
            Client()
            .post(reverse("bookings:webhook", args=["sandbox"]), body, content_type=content_type, headers=headers)
            .status_code
        )

    def state_of_waiting(self) -> str:
        return self.client.get(self.url("payment-return") + "?state").json()["state"]


@pytest.fixture
def show() -> Show:
    return make_show(hall=make_hall(rows=2, seats=6))


@pytest.fixture
def visitor(show: Show) -> Visitor:
    return Visitor(show, 0, 1)


def test_news_that_arrives_while_the_page_is_made_is_no_refusal(monkeypatch):
    visitor = Visitor(make_show(), 0)
    visitor.pay()
    read_newest_payment = payment_page.read_newest_payment

    def read_late(booking, exchange):
        visitor.webhook()
        return read_newest_payment(booking, exchange)

    monkeypatch.setattr(payment_page, "read_newest_payment", read_late)
    answer = visitor.client.get(visitor.url("payment-return"))
    assert (answer.status_code, answer["Location"]) == (302, visitor.url("detail"))
    assert visitor.booking.state == Booking.State.CONFIRMED


def test_approved_leads_to_the_tickets(visitor: Visitor):
    address = visitor.decide("approve")

    assert address.endswith(visitor.url("payment-return"))
    # At once, and again when the page is loaded again.
    for _time in range(2):
        answer = visitor.client.get(address)
        assert answer.status_code == 200
        assert "Tickets as PDF" in answer.content.decode()
    assert visitor.booking.state == Booking.State.CONFIRMED
    assert Notification.objects.filter(kind="booking_confirmed").count() == 1


@pytest.mark.slow
def test_reloading_and_going_back_changes_nothing(visitor: Visitor):
    gateway = visitor.pay()
    visitor.client.post(gateway, {"decision": "approve"})
    for _reload in range(3):
        assert "Tickets as PDF" in visitor.come_back()
    # Back to the gateway's page, and once more forward.
    assert "This payment was approved." in visitor.client.get(gateway).content.decode()
    visitor.client.post(gateway, {"decision": "decline"})
    assert "Tickets as PDF" in visitor.come_back()
    # Back to the checkout and pay again.
    assert visitor.pay() == visitor.booking.get_absolute_url()
    assert Payment.objects.count() == 1
    assert Notification.objects.filter(kind="booking_confirmed").count() == 1


@pytest.mark.slow
def test_declined_keeps_the_seats_and_then_approved(visitor: Visitor):
    visitor.decide("decline")
    words = visitor.come_back()
    assert "The payment was declined" in words
    assert "your seats are still held for you" in words
    assert Ticket.objects.live().count() == 2
    assert visitor.booking.state == Booking.State.HELD

    visitor.decide("approve")

    assert "Tickets as PDF" in visitor.come_back()
    assert sorted(Payment.objects.values_list("state", flat=True)) == ["captured", "declined"]


def test_a_webhook_that_comes_first(visitor: Visitor):
    visitor.pay()
    assert visitor.webhook() == 200
    assert visitor.booking.state == Booking.State.CONFIRMED
    assert "Tickets as PDF" in visitor.come_back()


@pytest.mark.slow
def test_a_webhook_that_comes_twice(visitor: Visitor):
    visitor.decide("approve")
    visitor.come_back()
    assert [visitor.webhook(), visitor.webhook()] == [200, 200]
    assert "Tickets as PDF" in visitor.come_back()
    assert Payment.objects.get().state == Payment.State.CAPTURED
    assert Notification.objects.filter(kind="booking_confirmed").count() == 1


@pytest.mark.slow
def test_a_later_answer_is_waited_for(visitor: Visitor):
    visitor.decide("later")
    words = visitor.come_back()
    assert "One moment, please" in words
    assert '<meta http-equiv="refresh" content="5">' in words
    assert visitor.state_of_waiting() == "waiting"

    with time_machine.travel(timezone.now() + timedelta(seconds=20)):
        assert visitor.webhook() == 200
        assert visitor.state_of_waiting() == "settled"
        assert "Tickets as PDF" in visitor.come_back()


@pytest.mark.slow
def test_asking_makes_up_for_a_lost_webhook(visitor: Visitor):
    visitor.decide("later")
    assert "One moment, please" in visitor.come_back()
    with time_machine.travel(timezone.now() + timedelta(seconds=30)):
        # Redis does not travel along: it would still know that the gateway has just been asked.
        cache.clear()
        # The page itself asks the gateway; no webhook has come.
        assert "Tickets as PDF" in visitor.come_back()


@pytest.mark.slow
def test_the_browser_that_never_comes_back_gets_its_tickets_too(visitor: Visitor):
    visitor.decide("later")
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        settle_open_payments()
    assert visitor.booking.state == Booking.State.CONFIRMED
    assert "Tickets as PDF" in visitor.come_back()


@pytest.mark.slow
def test_no_answer_at_all_ends_with_the_hold(visitor: Visitor, show: Show):
    visitor.decide("never")
    assert "I have not paid yet" in visitor.come_back()
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert "we have not heard about the payment yet" in visitor.come_back()
        assert visitor.client.get(visitor.booking.get_absolute_url(), follow=True).status_code == 200
        settle_open_payments()
        assert "Your seats are no longer held" in visitor.come_back()
    assert Payment.objects.get().state == Payment.State.ABANDONED


def test_money_that_comes_late_takes_the_same_seats_again(visitor: Visitor):
    visitor.pay()
    lapse(visitor.booking)
    assert visitor.webhook() == 200
    assert "Tickets as PDF" in visitor.come_back()
    assert visitor.booking.tickets.issued().count() == 2


@pytest.mark.slow
def test_money_that_comes_too_late_is_returned_and_explained(visitor: Visitor, show: Show):
    visitor.pay()
    lapse(visitor.booking)
    make_hold(show, 0)

    assert visitor.webhook() == 200

    words = visitor.come_back()
    assert "Your payment came too late" in words
    assert "€40.00" in words
    assert Refund.objects.get().amount == 40
    assert Notification.objects.filter(kind="money_returned").count() == 1
    assert visitor.booking.state == Booking.State.EXPIRED
    # The same on the booking's own page, and however often it is looked at.
    words = visitor.client.get(visitor.booking.get_absolute_url(), follow=True).content.decode()
    assert "Your payment came too late" in words


def test_money_for_a_canceled_show_is_explained_without_offering_its_seats(visitor: Visitor, show: Show):
    visitor.pay()
    Show.objects.filter(pk=show.pk).update(state="canceled")
    assert visitor.webhook() == 200
    words = visitor.come_back()
    assert "This show is canceled" in words
    assert "the show had been canceled when it arrived" in words
    assert "too late" not in words
    assert "Choose other seats" not in words
    mail = Notification.objects.get(kind="money_returned")
    assert mail.context["why"] == "show_canceled"
    assert "See which seats are free" not in render(mail.kind, mail.context, "en").text


@pytest.mark.slow
def test_another_amount_is_refunded_and_the_live_hold_can_be_paid_again(visitor: Visitor):
    gateway = visitor.pay()
    visitor.client.post(gateway, {"decision": "approve", "amount": "26.50"})
    words = visitor.come_back()
    assert "We are refunding €26.50" in words
    assert "you can pay again" in words
    visitor.client.post(visitor.pay(), {"decision": "approve"})
    assert "Tickets as PDF" in visitor.come_back()
    assert Payment.objects.filter(state=Payment.State.CAPTURED).count() == 1


@pytest.mark.slow
def test_two_tabs_that_both_pay_are_charged_once(visitor: Visitor):
    first, second = visitor.pay(), visitor.pay()
    assert first.split("?")[0] == second.split("?")[0]
    visitor.client.post(first, {"decision": "approve"})
    visitor.come_back()
    visitor.client.post(second, {"decision": "approve"})
    assert "Tickets as PDF" in visitor.come_back()
    assert Payment.objects.get().refunded == 0


@pytest.mark.slow
def test_seats_changed_in_another_tab_while_paying_are_bought_at_the_same_price(visitor: Visitor, show: Show):
    gateway = visitor.pay()
    seats = seats_of(show)
    visitor.client.post(reverse("bookings:hold", args=[show.code]), {"seat": [seats[1].pk, seats[2].pk]})
    visitor.client.post(gateway, {"decision": "approve"})
    visitor.come_back()

    booking = Booking.objects.get()
    assert booking.state == Booking.State.CONFIRMED
    assert set(booking.tickets.values_list("seat", flat=True)) == {seats[1].pk, seats[2].pk}
    assert not Refund.objects.exists()


@pytest.mark.slow
def test_a_basket_that_costs_more_by_then_is_not_bought_and_stays(visitor: Visitor, show: Show):
    gateway = visitor.pay()
    seats = [seat.pk for seat in seats_of(show)[:3]]
    visitor.client.post(reverse("bookings:hold", args=[show.code]), {"seat": seats})
    visitor.client.post(gateway, {"decision": "approve"})

    assert "Your payment could not be used" in visitor.come_back()
    booking = Booking.objects.get()
    assert (booking.state, booking.total) == (Booking.State.HELD, 60)
    assert Refund.objects.get().amount == 40


def test_coming_back_without_having_paid_leads_to_the_checkout(visitor: Visitor):
    words = visitor.come_back()
    assert "Pay €40.00" in words


@pytest.mark.slow
def test_asking_is_limited_however_often_the_page_asks(visitor: Visitor, monkeypatch):
    asked = []
    fetch = SandboxGateway.fetch
    visitor.decide("never")
    monkeypatch.setattr(SandboxGateway, "fetch", lambda self, payment: asked.append(1) or fetch(self, payment))
    with time_machine.travel(timezone.now(), tick=False):
        for _poll in range(5):
            visitor.state_of_waiting()
    assert len(asked) == 1


def test_the_state_is_not_shown_to_others(visitor: Visitor):
    assert Client().get(visitor.url("payment-return") + "?state").status_code == 404


def test_right_after_paying_the_page_says_so_and_what_happens_next(visitor: Visitor):
    visitor.decide("approve")
    words = visitor.come_back()
    assert "You are going!" in words
    assert "24 hours before the show we write to you" in words
    assert f'data-share="http://testserver{visitor.booking.shows[0].event.get_absolute_url()}"' in words
    later = visitor.client.get(visitor.booking.get_absolute_url()).content.decode()
    assert "You are going!" not in later
    assert "What happens next" in later
