"""When messages are sent: right after their commit, and by a sweep for what was left behind."""

from celery import shared_task

from lib.jobs import ask_worker
from notifications import sending

# The sweep takes no more messages after this, so that it never meets its own time limit.
SWEEP_SECONDS = 45


@shared_task(time_limit=sending.SEND_SECONDS)
def send(pk: int) -> None:
    sending.send(pk)


@shared_task(time_limit=SWEEP_SECONDS + sending.SEND_SECONDS)
def send_waiting() -> int:
    """Send what is due: retries, and messages whose worker was killed or whose wake-up was lost."""
    return sending.send_due(seconds=SWEEP_SECONDS)


def wake(pk: int) -> None:
    """Ask a worker to send one message now. A broker that is down delays it until a sweep."""
    ask_worker("notifications.tasks.send", pk)
