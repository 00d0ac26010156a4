"""When the services' work is done, and how often it is tried again."""

from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from bookings import also_booked
from bookings.services import deliver_webhook, refund, release_hold, settle


@shared_task
def free_lapsed_holds() -> int:
    return release_hold.free_lapsed_holds()


@shared_task
def settle_open_payments() -> int:
    """Settle payments without an answer, and wake refunds that wait for another try."""
    refund.wake_due_refunds()
    return settle.settle_open_payments()


@shared_task
def settle_refund(refund_id: int) -> None:
    """Try a refund; the sweep tries it again, at growing intervals, while the gateway does not answer."""
    refund.settle_refund(refund_id)


@shared_task(autoretry_for=(Exception,), retry_backoff=5, max_retries=5)
def deliver_sandbox_webhook(payment_key: str) -> str:
    return deliver_webhook.deliver_sandbox_webhook(UUID(payment_key))


@shared_task(autoretry_for=(Exception,), retry_backoff=5, max_retries=5)
def deliver_sandbox_event(event: dict[str, Any]) -> str:
    return deliver_webhook.deliver_sandbox_event(event)


@shared_task
def rank_also_booked() -> int:
    return also_booked.rank_also_booked(timezone.now())
