"""The jobs that settle the bookings of a canceled show, and bring shows to a version of their seat map."""

from celery import shared_task

from show_changes import cancel, map_updates


@shared_task
def carry_on_canceling(cancellation_id: int) -> int:
    """Settle the bookings of a canceled show; if this is killed, the sweep wakes another."""
    return cancel.carry_on(cancellation_id)


@shared_task
def carry_on_updating(update_id: int) -> int:
    """Bring shows to a version of their seat map; if this is killed, the sweep wakes another."""
    return map_updates.carry_on(update_id)


@shared_task
def wake_silent_changes() -> int:
    """Wake a worker for each cancellation and each update of a map that has stopped on its way."""
    return cancel.wake_silent() + map_updates.wake_silent()
