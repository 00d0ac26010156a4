"""Signals to the apps above this one."""

from django.dispatch import Signal

from lib.after_commit import after_commit

# With `show_id`, after the commit: places of the show came free.
places_freed = Signal()


def announce_freed(show_id: int) -> None:
    """Send `places_freed` right after this transaction's commit."""
    after_commit(_send_freed, show_id)


def _send_freed(show_id: int) -> None:
    places_freed.send(sender=None, show_id=show_id)
