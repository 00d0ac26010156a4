"""When messages are sent: at once after their commit, and by a sweep for whatever was left behind."""

import time

import structlog
from celery import shared_task
from kombu.exceptions import KombuError

from notifications import sending

log = structlog.get_logger(__name__)

# The sweep stops taking further messages after this, so that its own time limit is never met.
SWEEP_SECONDS = 45
# As often as the sweep runs, which then sends what was not announced.
BROKER_REST_SECONDS = 30
_rest_until = 0.0


@shared_task(time_limit=sending.SEND_SECONDS)
def send(pk: int) -> None:
    sending.send(pk)


@shared_task(time_limit=SWEEP_SECONDS + sending.SEND_SECONDS)
def send_waiting() -> int:
    """Send what is due: retries, and messages whose worker was killed or whose wake-up got lost."""
    return sending.send_due(seconds=SWEEP_SECONDS)


def wake(pk: int) -> None:
    """Ask a worker to send one message now.

    A broker that is down delays the message until a sweep and is no error of the caller, whose
    transaction is committed already. It is then left alone for a while, so that not every
    request waits for it to time out.
    """
    global _rest_until  # noqa: PLW0603 what this process knows of the broker
    if time.monotonic() < _rest_until:
        return
    try:
        send.apply_async((pk,), retry=True, retry_policy={"max_retries": 1, "interval_start": 0})
    except (KombuError, OSError) as error:
        _rest_until = time.monotonic() + BROKER_REST_SECONDS
        log.warning("broker_down", notification=pk, error=str(error))
