"""When the work of the services is done, and how often it is tried again."""

from typing import Any
from uuid import UUID

from celery import shared_task

from bookings import digest, monthly_report, reminders
from bookings.services import cancel_show, deliver_webhook, offer_places, refund, release_hold, settle_payment


@shared_task
def free_lapsed_holds() -> int:
    return release_hold.free_lapsed_holds()


@shared_task
def offer_to_waiting() -> int:
    return offer_places.offer_to_waiting()


@shared_task
def settle_open_payments() -> int:
    """Ask about payments without an answer, and remind of refunds that wait for another try."""
    refund.wake_due_refunds()
    return settle_payment.settle_open_payments()


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
def carry_on_canceling(cancellation_id: int) -> int:
    """See to the bookings of a canceled show; the sweep wakes another when this one is killed."""
    return cancel_show.carry_on(cancellation_id)


@shared_task
def wake_silent_cancellations() -> int:
    return cancel_show.wake_silent()


@shared_task
def remind_of_lapsing_holds() -> int:
    return reminders.remind_of_lapsing_holds()


@shared_task
def remind_of_visits() -> int:
    """Remind of shows to come, and ask about those that were."""
    return reminders.remind_of_shows() + reminders.ask_for_reviews()


@shared_task
def send_digests() -> int:
    return digest.send_digests()


@shared_task
def send_monthly_reports() -> int:
    return monthly_report.send_monthly_reports()
