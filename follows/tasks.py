"""When followers are told."""

from celery import shared_task

from follows import announcing, seats
from lib.jobs import ask_worker


@shared_task
def tell_followers() -> None:
    """Tell followers what was noted, for a turn; then other jobs have theirs."""
    if announcing.tell_followers():
        ask_worker("follows.tasks.tell_followers")


@shared_task
def tell_of_seats() -> int:
    return seats.tell_of_seats()
