"""The jobs that settle the bookings of a canceled show."""

from celery import shared_task

from show_changes import cancel


@shared_task
def carry_on_canceling(cancellation_id: int) -> int:
    """Settle the bookings of a canceled show; if this is killed, the sweep wakes another."""
    return cancel.carry_on(cancellation_id)


@shared_task
def wake_silent_cancellations() -> int:
    return cancel.wake_silent()
