"""Stripe through the official SDK, against a double of ours at the HTTP boundary."""

import json
import time
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from bookings.services.pay import pay_with_token, start_payment
from bookings.services.refund import settle_refund
from bookings.services.release_hold import release_hold
from bookings.services.remedy import needing_remedy
from bookings.services.settle import ASK_GATEWAY_AFTER, settle_open_payments, settle_payment
from payments.errors import GatewayNotOffered, GatewayUnavailable
from payments.gateways import offered_gateways, stripe
from payments.gateways.stripe import from_stripe_units, to_stripe_units
from payments.models import GatewayEvent, Payment, Refund
from payments.tests.stripe_double import StripeDouble
from testing.bookings import make_hold
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db
BACK = "https://marquee.example/bookings/X/payment/"


@pytest.fixture
def booking(theater: Theater, customer) -> Booking:
    return make_hold(make_show(hall=make_hall(theater=theater), price="12.50"), 0, 1, customer=customer)


def start(booking: Booking, **how: object):
    return start_payment(booking=booking, gateway="stripe", return_url=BACK, **how)


def post(body: bytes, headers: dict[str, str]):
    client = Client(enforce_csrf_checks=True)
    return client.post("/webhooks/stripe/", data=body, content_type="application/json", headers=headers)


def states(payment: Payment) -> tuple[str, str]:
    payment.refresh_from_db()
    payment.booking.refresh_from_db()
    return payment.state, payment.booking.state


@pytest.fixture
def paid(double: StripeDouble, booking: Booking) -> Payment:
    payment = start(booking).payment
    double.pay(payment.reference)
    settle_payment(payment=payment)
    return payment


def test_it_opens_a_checkout_session_of_the_whole_booking(double: StripeDouble, booking: Booking):
    started = start(booking)
    (session,) = double.sessions.values()
    assert started.redirect_url == session["url"]
    payment = booking.payments.get()
    assert (payment.state, payment.reference) == (Payment.State.STARTED, session["id"])
    assert (session["amount_total"], session["currency"], session["mode"]) == (2500, "eur", "payment")
    assert session["metadata"] == {"payment_key": str(payment.key), "booking": booking.code}
    assert session["success_url"] == BACK
    (_method, _path, form) = double.calls[0]
    assert form["customer_email"] == "customer@example.com"
    assert form["payment_intent_data[metadata][payment_key]"] == str(payment.key)


def test_a_double_click_finds_the_same_session(double: StripeDouble, booking: Booking):
    first, second = start(booking), start(booking)
    assert first == second
    assert len(double.sessions) == 1


def test_an_answer_that_was_lost_on_the_way_is_found_again(double: StripeDouble, booking: Booking):
    double.fails_after = 1
    with pytest.raises(GatewayUnavailable):
        start(booking)
    assert booking.payments.get().reference == ""
    started = start(booking)
    assert len(double.sessions) == 1
    assert started.redirect_url == double.sessions[started.payment.reference]["url"]


def test_stripe_that_is_down_can_be_tried_again(double: StripeDouble, booking: Booking):
    double.fails_before = 1
    with pytest.raises(GatewayUnavailable):
        start(booking)
    booking.refresh_from_db()
    assert booking.state == Booking.State.HELD
    start(booking)
    assert booking.payments.count() == 1


def test_stripe_that_cannot_be_reached_is_said_so(double: StripeDouble, booking: Booking, settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    with pytest.raises(GatewayUnavailable):
        start(booking)


def test_a_wrong_key_is_said_so(double: StripeDouble, booking: Booking, settings):
    settings.STRIPE_SECRET_KEY = "sk_test_wrong"
    with pytest.raises(GatewayUnavailable):
        start(booking)


def test_the_sdk_tries_again_by_itself(double: StripeDouble, booking: Booking, monkeypatch):
    monkeypatch.setattr(stripe, "NETWORK_RETRIES", 1)
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *args, **kwargs: 0)
    double.fails_before = 1
    start(booking)
    assert len(double.calls) == 2


def test_the_way_back_asks_stripe(double: StripeDouble, booking: Booking):
    payment = start(booking).payment
    settle_payment(payment=payment)
    assert states(payment) == ("started", "held")
    double.pay(payment.reference)
    settle_payment(payment=payment)
    assert states(payment) == ("captured", "confirmed")
    # The payment intent, which is what refunds and the dashboard go by.
    assert payment.reference.startswith("pi_")


def test_a_second_click_after_payment_leads_to_the_tickets(double: StripeDouble, booking: Booking):
    payment = start(booking).payment
    double.pay(payment.reference)
    again = start(booking)
    assert (again.redirect_url, again.payment.state) == (BACK, Payment.State.CAPTURED)
    assert states(payment) == ("captured", "confirmed")


def test_the_webhook_confirms_first_late_or_twice(double: StripeDouble, booking: Booking):
    payment = start(booking).payment
    session = double.pay(payment.reference)
    body, headers = double.build_webhook("checkout.session.completed", session)
    assert (post(body, headers).content, states(payment)) == (b"accepted", ("captured", "confirmed"))
    assert post(body, headers).content == b"repeated"
    again = double.build_webhook("checkout.session.async_payment_succeeded", session)
    assert (post(*again).content, states(payment)) == (b"accepted", ("captured", "confirmed"))
    assert not Refund.objects.exists()
    kept = GatewayEvent.objects.order_by("pk")[0]
    assert (kept.kind, kept.payload) == ("checkout.session.completed", {"object": session["id"], "status": "paid"})


def test_a_session_that_is_complete_but_not_paid_yet_waits(double: StripeDouble, booking: Booking):
    payment = start(booking).payment
    session = {**double.sessions[payment.reference], "status": "complete"}
    post(*double.build_webhook("checkout.session.completed", session))
    assert states(payment) == ("started", "held")
    post(*double.build_webhook("checkout.session.async_payment_failed", session))
    assert states(payment) == ("declined", "held")


def test_a_session_that_expired_is_given_up(double: StripeDouble, booking: Booking):
    payment = start(booking).payment
    session = {**double.sessions[payment.reference], "status": "expired"}
    post(*double.build_webhook("checkout.session.expired", session))
    assert states(payment) == ("abandoned", "held")


def test_forged_and_old_webhooks_are_refused(double: StripeDouble, booking: Booking, settings):
    payment = start(booking).payment
    session = double.pay(payment.reference)
    kind = "checkout.session.completed"
    body, headers = double.build_webhook(kind, session)
    forged = json.dumps({**json.loads(body), "id": "evt_0"}).encode()
    for bad in [
        (forged, headers),
        (body, {}),
        (body, {"Stripe-Signature": "nonsense"}),
        double.build_webhook(kind, session, secret="whsec_other"),
        double.build_webhook(kind, session, at=time.time() - 400),
    ]:
        assert post(*bad).status_code == 400
    settings.STRIPE_WEBHOOK_SECRET = ""
    assert post(*double.build_webhook(kind, session, secret="")).status_code == 400
    assert states(payment) == ("started", "held")
    assert not GatewayEvent.objects.exists()


@pytest.mark.parametrize("about", [{"object": "customer", "id": "cus_1"}, {"object": "checkout.session", "id": "cs_9"}])
def test_events_that_are_not_ours_are_noted_and_do_nothing(double: StripeDouble, about: dict[str, str]):
    assert post(*double.build_webhook("checkout.session.completed", about)).content == b"accepted"


def test_an_event_of_ours_that_makes_no_sense_is_refused(double: StripeDouble):
    about = {"object": "checkout.session", "id": "cs_9", "payment_status": "unpaid", "status": "open"}
    for key in ("nonsense", 7):
        body, headers = double.build_webhook("checkout.session.completed", {**about, "metadata": {"payment_key": key}})
        assert post(body, headers).status_code == 400


def test_a_wrong_amount_buys_nothing(double: StripeDouble, booking: Booking):
    payment = start(booking).payment
    double.pay(payment.reference, amount=2400)
    settle_payment(payment=payment)
    assert states(payment) == ("surplus", "held")
    assert Refund.objects.get().amount == Decimal(24)


def test_a_hold_that_is_over_closes_its_session(double: StripeDouble, booking: Booking):
    payment = start(booking).payment
    release_hold(booking=booking)
    with time_machine.travel(timezone.now() + ASK_GATEWAY_AFTER):
        assert settle_open_payments() == 1
    assert double.sessions[payment.reference]["status"] == "expired"
    assert states(payment) == ("abandoned", "expired")


def test_money_that_came_before_the_session_was_closed_takes_the_seats_again(double: StripeDouble, booking: Booking):
    payment = start(booking).payment
    release_hold(booking=booking)
    double.pay(payment.reference)
    with time_machine.travel(timezone.now() + ASK_GATEWAY_AFTER):
        assert settle_open_payments() == 1
    assert states(payment) == ("captured", "confirmed")


def test_a_session_that_was_never_opened_is_given_up_without_a_call(double: StripeDouble, booking: Booking):
    double.fails_before = 1
    with pytest.raises(GatewayUnavailable):
        start(booking)
    release_hold(booking=booking)
    before = len(double.calls)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert settle_open_payments() == 1
    assert len(double.calls) == before


def cancel(payment: Payment) -> Refund:
    refund = cancel_tickets(booking=payment.booking, by=payment.booking.customer)
    assert refund is not None
    return refund


def test_it_refunds_once(double: StripeDouble, paid: Payment):
    refund = cancel(paid)
    for _again in range(2):
        settled = settle_refund(refund.pk)
        assert settled.state == Refund.State.SUCCEEDED
    (made,) = double.refunds.values()
    assert (made["amount"], made["payment_intent"], made["id"]) == (2500, paid.reference, settled.reference)
    assert made["metadata"]["refund_key"] == str(refund.key)


def test_a_refund_whose_answer_was_lost_is_not_made_twice(double: StripeDouble, paid: Payment):
    refund = cancel(paid)
    double.fails_after = 1
    with pytest.raises(GatewayUnavailable):
        settle_refund(refund.pk)
    assert settle_refund(refund.pk).state == Refund.State.SUCCEEDED
    assert len(double.refunds) == 1


def test_a_refund_that_stripe_refuses_is_seen(double: StripeDouble, paid: Payment):
    double.sessions[next(iter(double.sessions))]["amount_total"] = 100
    settled = settle_refund(cancel(paid).pk)
    assert settled.state == Refund.State.FAILED
    assert settled.error == "Refund amount is greater than unrefunded amount on charge"
    paid.refresh_from_db()
    assert paid.refunded == 0


@pytest.mark.parametrize(
    ("status", "state"), [("succeeded", "succeeded"), ("failed", "failed"), ("canceled", "failed")]
)
def test_a_refund_that_takes_time_ends_by_asking_again(double: StripeDouble, paid: Payment, status: str, state: str):
    double.refund_status = "pending"
    refund = cancel(paid)
    assert settle_refund(refund.pk).state == Refund.State.PENDING
    (made,) = double.refunds.values()
    made["status"] = status
    assert settle_refund(refund.pk).state == state
    assert len(double.refunds) == 1


def test_a_refund_that_takes_time_ends_by_webhook(double: StripeDouble, paid: Payment):
    double.refund_status = "pending"
    refund = cancel(paid)
    settle_refund(refund.pk)
    (made,) = double.refunds.values()
    about = {**made, "status": "failed", "failure_reason": "expired_or_canceled_card"}
    assert post(*double.build_webhook("refund.failed", about)).content == b"accepted"
    refund.refresh_from_db()
    assert (refund.state, refund.error) == (Refund.State.FAILED, "expired_or_canceled_card")


def test_tokens_are_not_taken(double: StripeDouble, booking: Booking):
    with pytest.raises(GatewayNotOffered):
        pay_with_token(booking=booking, gateway="stripe", token="pm_card_visa")


def test_it_is_offered_to_customers(double: StripeDouble, booking: Booking):
    assert [gateway.name for gateway in offered_gateways(booking.theater, booking.due)] == ["stripe"]


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [("12.5", "EUR", 1250), ("1250", "JPY", 1250), ("1.250", "KWD", 1250), ("5", "ISK", 500), ("700", "UGX", 70000)],
)
def test_amounts_are_counted_as_stripe_counts(amount: str, currency: str, units: int):
    assert to_stripe_units(Decimal(amount), currency) == units
    assert from_stripe_units(units, currency) == Decimal(amount)


def only_session(double: StripeDouble) -> dict[str, Any]:
    (session,) = double.sessions.values()
    return session


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["charge.refunded", "refund.created", "charge.refunded with refunds"])
def test_a_refund_in_the_dashboard_is_written_down_once_by_whichever_event(
    double: StripeDouble, paid: Payment, kind: str
):
    ours = settle_refund(cancel_some(paid, "5").pk)
    charge = double.refund_in_dashboard(only_session(double), 700)
    made = list(double.refunds.values())
    about = {"charge.refunded": charge, "refund.created": made[-1]}.get(kind, {**charge, "refunds": {"data": made}})
    for _again in range(2):
        assert post(*double.build_webhook(kind.split(maxsplit=1)[0], about)).content == b"accepted"
    for again in ("refund.created", "refund.updated", "charge.refund.updated"):
        assert post(*double.build_webhook(again, made[-1])).status_code == 200
    outside = Refund.objects.exclude(pk=ours.pk).get()
    assert (outside.source, outside.amount, outside.reference) == ("gateway", 7, made[-1]["id"])
    paid.refresh_from_db()
    assert (paid.refunded, list(needing_remedy())) == (12, [paid])
    assert post(*double.build_webhook("refund.failed", {**made[-1], "status": "failed"})).status_code == 200
    paid.refresh_from_db()
    assert (paid.refunded, list(needing_remedy())) == (5, [])


def cancel_some(payment: Payment, amount: str) -> Refund:
    refund = cancel_tickets(
        booking=payment.booking,
        tickets=[payment.booking.tickets.order_by("pk")[0]],
        by=payment.booking.customer,
        amount=Decimal(amount),
    )
    assert refund is not None
    return refund


@pytest.mark.parametrize(
    ("statuses", "state", "refunded"),
    [
        (["warning_needs_response", "warning_closed"], None, 0),
        (["needs_response", "under_review"], "pending", 25),
        (["needs_response", "lost"], "succeeded", 25),
        (["needs_response", "won"], "failed", 0),
        (["lost"], "succeeded", 25),
    ],
)
def test_a_dispute_is_a_chargeback(
    double: StripeDouble, paid: Payment, statuses: list[str], state: str | None, refunded: int
):
    for status in statuses:
        kind = "charge.dispute.created" if status == statuses[0] else "charge.dispute.closed"
        about = double.dispute(only_session(double), status)
        assert post(*double.build_webhook(kind, about)).content == b"accepted"
    found = [(refund.source, refund.state) for refund in Refund.objects.all()]
    assert found == ([("chargeback", state)] if state else [])
    paid.refresh_from_db()
    assert paid.refunded == refunded


def test_a_dispute_in_the_currency_of_the_card_takes_the_payment(double: StripeDouble, paid: Payment):
    about = {**double.dispute(only_session(double), "lost"), "amount": 3100, "currency": "usd"}
    post(*double.build_webhook("charge.dispute.closed", about))
    assert (Refund.objects.get().amount, Refund.objects.get().currency) == (25, "EUR")


def test_stripe_that_does_not_list_its_refunds_sends_the_event_again(double: StripeDouble, paid: Payment):
    charge = double.refund_in_dashboard(only_session(double), 700)
    double.fails_before = 1
    body, headers = double.build_webhook("charge.refunded", charge)
    assert post(body, headers).status_code == 503
    assert post(body, headers).content == b"accepted"


def test_refunds_of_another_installation_are_ignored(double: StripeDouble, paid: Payment):
    about = {**double.dispute(only_session(double), "lost"), "payment_intent": "pi_elsewhere"}
    assert post(*double.build_webhook("charge.dispute.closed", about)).content == b"unknown"
    assert not Refund.objects.exists()
