"""When the bookings of a canceled show are worked on."""

from celery import shared_task

from show_changes import cancel


@shared_task
def carry_on_canceling(cancellation_id: int) -> int:
    """See to the bookings of a canceled show; the sweep wakes another when this one is killed."""
    return cancel.carry_on(cancellation_id)


@shared_task
def wake_silent_cancellations() -> int:
    return cancel.wake_silent()
