"""Refunds: promised once, tried until the gateway answers, and failures are seen."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from bookings.models import Booking
from bookings.services import refund as module
from bookings.services.refund import apply_refund_outcome, request_refund, settle_refund, wake_due_refunds
from bookings.services.remedy import open_failures
from notifications.models import Notification
from payments.errors import GatewayUnavailable, RefundTooLarge
from payments.gateways.base import RefundOutcome, RefundStatus
from payments.gateways.sandbox import SandboxGateway
from payments.models import Refund, SandboxAnswer
from testing.bookings import captured, make_paid
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking(theater: Theater, customer) -> Booking:
    return make_paid(make_show(hall=make_hall(theater=theater)), 0, 1, customer=customer)


@pytest.fixture
def refund(booking: Booking) -> Refund:
    return request_refund(payment=captured(booking), amount=Decimal(15), reason="ill")


def refunded(refund: Refund) -> Decimal:
    refund.payment.refresh_from_db()
    return refund.payment.refunded


def test_it_is_promised_before_the_gateway_is_called(booking: Booking, refund: Refund):
    assert (refund.state, refund.attempts, refunded(refund)) == (Refund.State.PENDING, 0, 15)
    with pytest.raises(RefundTooLarge):
        request_refund(payment=captured(booking), amount=Decimal("25.01"))
    assert Refund.objects.count() == 1
    request_refund(payment=captured(booking), amount=Decimal(25))
    assert refunded(refund) == 40


def test_it_is_made_and_announced_once(refund: Refund):
    for _again in range(2):
        settled = settle_refund(refund.pk)
        assert (settled.state, settled.attempts) == (Refund.State.SUCCEEDED, 1)
        assert settled.reference == f"sandbox-{refund.key}"
        assert settled.settled_at is not None
    assert Notification.objects.filter(kind="booking_refunded").count() == 1
    assert refunded(refund) == 15


def test_one_that_fails_is_seen_and_may_be_promised_again(booking: Booking, refund: Refund):
    SandboxAnswer.objects.update(refuses_refunds=True)
    settled = settle_refund(refund.pk)
    assert (settled.state, settled.error) == (Refund.State.FAILED, "The sandbox was told to refuse refunds.")
    assert refunded(refund) == 0
    entry = AuditEntry.objects.get(action="refund failed")
    assert (entry.theater_id, entry.after["amount"]) == (booking.theater_id, "15.000")
    assert not Notification.objects.filter(kind="booking_refunded").exists()
    settle_refund(refund.pk)
    assert refunded(refund) == 0
    request_refund(payment=captured(booking), amount=Decimal(40))
    assert refunded(refund) == 40


def test_a_returned_refund_is_owed_again_and_failure_is_final(refund: Refund):
    settle_refund(refund.pk)
    for status in (RefundStatus.FAILED, RefundStatus.SUCCEEDED, RefundStatus.PENDING):
        apply_refund_outcome(refund, RefundOutcome(status, error="account closed"))
        refund.refresh_from_db()
        assert (refund.state, refunded(refund)) == (Refund.State.FAILED, 0)
    assert list(open_failures()) == [refund]


def test_no_answer_leaves_it_to_be_tried_again(refund: Refund, monkeypatch):
    def fail(self: SandboxGateway, asked: Refund) -> RefundOutcome:
        raise GatewayUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(SandboxGateway, "refund", fail)
        with pytest.raises(GatewayUnavailable):
            settle_refund(refund.pk)
    refund.refresh_from_db()
    assert (refund.state, refund.attempts, refunded(refund)) == (Refund.State.PENDING, 1, 15)
    assert settle_refund(refund.pk).state == Refund.State.SUCCEEDED


def test_one_that_the_gateway_still_works_on_keeps_its_reference(refund: Refund, monkeypatch):
    monkeypatch.setattr(SandboxGateway, "refund", lambda self, asked: RefundOutcome(RefundStatus.PENDING, "re_1"))
    settled = settle_refund(refund.pk)
    assert (settled.state, settled.reference) == (Refund.State.PENDING, "re_1")


def test_the_sweep_tries_again_at_growing_intervals(refund: Refund, monkeypatch):
    woken: list[int] = []
    monkeypatch.setattr(module, "wake_refund", woken.append)

    def due(minutes: float) -> bool:
        woken.clear()
        wake_due_refunds(now=refund.created_at + timedelta(minutes=minutes))
        return woken == [refund.pk]

    assert (due(1.9), due(2)) == (False, True)
    Refund.objects.update(attempts=2)
    assert (due(13.9), due(14)) == (False, True)
    settle_refund(refund.pk)
    assert not due(10_000)


def test_a_worker_is_woken_after_the_commit(booking: Booking, monkeypatch, django_capture_on_commit_callbacks):
    woken: list[int] = []
    monkeypatch.setattr(module, "wake_refund", woken.append)
    with django_capture_on_commit_callbacks(execute=True):
        refund = request_refund(payment=captured(booking), amount=Decimal(1))
        assert woken == []
    assert woken == [refund.pk]


def test_a_broker_that_is_down_is_no_error(refund: Refund, broken_broker: list[str]):
    module.wake_refund(refund.pk)
    assert wake_due_refunds(now=timezone.now() + timedelta(hours=1)) == 1
