"""When messages are sent: right after their commit, and by a sweep for what was left behind."""

import time

from celery import shared_task
from django.conf import settings
from django.core.cache import cache

from lib.jobs import ask_worker
from notifications import sending
from notifications.sending import Batch

# The sweep takes no more messages after this, so that it never meets its own time limit.
SWEEP_SECONDS = 45
# After this, other jobs have their turn.
TURN_SECONDS = 5
# A worker that has sent all looks again after this. In a rush the next message is there by then: a job of its own would
# take 2 ms of its sender's time and 5 of the worker's.
PAUSE_SECONDS = 0.2
# Set while a worker sends, or was asked to: then nobody else has to ask. If it is lost, this ends by itself.
AWAKE, AWAKE_SECONDS = "notifications:awake", 10


@shared_task(time_limit=TURN_SECONDS + sending.SEND_SECONDS)
def send_new() -> None:
    """Send messages that were just written, and those that are written meanwhile."""
    ends_at = time.monotonic() + TURN_SECONDS
    has_help = False
    while time.monotonic() < ends_at:
        _stay_awake()
        batch = sending.send_batch(ends_at=ends_at)
        if batch is Batch.EMPTY:
            time.sleep(PAUSE_SECONDS)
            batch = sending.send_batch(ends_at=ends_at)
        if batch in (Batch.EMPTY, Batch.STOPPED):
            _fall_asleep()
            # A message that was written before this moment asked for no worker.
            if batch is Batch.STOPPED or sending.send_batch(ends_at=ends_at) is Batch.EMPTY:
                return
        if batch is Batch.FULL and not has_help:
            has_help = ask_worker("notifications.tasks.send_new")
    ask_worker("notifications.tasks.send_new")


@shared_task(time_limit=SWEEP_SECONDS + sending.SEND_SECONDS)
def send_waiting() -> int:
    """Send what is due: retries, and messages whose worker was killed or whose wake-up was lost."""
    return sending.send_due(seconds=SWEEP_SECONDS)


def wake() -> None:
    """Ask a worker to send what was written, unless one is at it. A broker that is down delays it until a sweep.

    Without Redis each message asks: that costs no more than a look into the database's cache.
    """
    if settings.REDIS_URL and not cache.add(AWAKE, 1, AWAKE_SECONDS):
        return
    if not ask_worker("notifications.tasks.send_new"):
        _fall_asleep()


def _stay_awake() -> None:
    if settings.REDIS_URL:
        cache.set(AWAKE, 1, AWAKE_SECONDS)


def _fall_asleep() -> None:
    if settings.REDIS_URL:
        cache.delete(AWAKE)
