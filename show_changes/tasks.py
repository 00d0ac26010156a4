"""The jobs that settle the bookings of a canceled show, bring shows to a version of their seat map, and send notes."""

from celery import shared_task

from show_changes import cancel, map_updates, notes


@shared_task
def carry_on_canceling(cancellation_id: int) -> int:
    """Settle the bookings of a canceled show; if this is killed, the sweep wakes another."""
    return cancel.carry_on(cancellation_id)


@shared_task
def carry_on_updating(update_id: int) -> int:
    """Bring shows to a version of their seat map; if this is killed, the sweep wakes another."""
    return map_updates.carry_on(update_id)


@shared_task
def carry_on_noting(note_id: int) -> int:
    """Write the messages of a note to a show's customers; if this is killed, the sweep wakes another."""
    return notes.carry_on_noting(note_id)


@shared_task
def wake_silent_changes() -> int:
    """Wake a worker for each cancellation, each update of a map and each note that has stopped on its way."""
    return cancel.wake_silent() + map_updates.wake_silent() + notes.wake_silent_notes()
