"""Tasks call their service, by the names that the schedule and the services use."""

from datetime import timedelta

import pytest
from celery import current_app
from django.conf import settings

from bookings import tasks
from bookings.models import Booking
from bookings.services.pay import start_payment
from bookings.services.refund import request_refund
from bookings.services.settle import ASK_GATEWAY_AFTER
from events.models import Show
from payments.gateways.sandbox import decide
from payments.models import Payment, Refund, SandboxAnswer
from testing.bookings import captured, lapse, make_hold, make_paid
from testing.builders import make_hall, make_show
from theaters.models import Theater


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater))


def test_every_name_is_known():
    current_app.loader.import_default_modules()
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    names |= {"bookings.tasks.settle_refund", "bookings.tasks.deliver_sandbox_webhook"}
    assert {name for name in names if name.startswith("bookings.")} <= set(current_app.tasks)


@pytest.mark.django_db
def test_lapsed_holds_are_freed(show: Show):
    booking = make_hold(show, 0)
    lapse(booking)
    assert tasks.free_lapsed_holds() == 1
    booking.refresh_from_db()
    assert booking.state == Booking.State.EXPIRED


@pytest.mark.django_db
def test_open_payments_are_asked_about(show: Show, customer):
    payment = start_payment(booking=make_hold(show, 0, customer=customer), gateway="sandbox", return_url="").payment
    decide(payment, SandboxAnswer.Decision.APPROVE)
    Payment.objects.update(created_at=payment.created_at - ASK_GATEWAY_AFTER - timedelta(seconds=1))
    assert tasks.settle_open_payments() == 1
    payment.refresh_from_db()
    assert payment.state == Payment.State.CAPTURED


@pytest.mark.django_db
def test_refunds_are_settled(show: Show, customer):
    refund = request_refund(payment=captured(make_paid(show, 0, customer=customer)), amount=5)
    tasks.settle_refund(refund.pk)
    refund.refresh_from_db()
    assert refund.state == Refund.State.SUCCEEDED


@pytest.mark.django_db
def test_webhooks_are_delivered(show: Show, customer, settings):
    settings.SITE_URL = "http://127.0.0.1:9"
    payment = start_payment(booking=make_hold(show, 0, customer=customer), gateway="sandbox", return_url="").payment
    decide(payment, SandboxAnswer.Decision.APPROVE)
    assert tasks.deliver_sandbox_webhook(str(payment.key)) == "handed in"
