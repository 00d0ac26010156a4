"""Asking a worker for a job now. What has to be done for certain has a sweep, or a page that asks again."""

import threading
import time

import structlog
from celery import current_app
from kombu.exceptions import KombuError

log = structlog.get_logger(__name__)

# For so long a broker that did not answer is not asked again, so that not every request waits for it.
BROKER_REST_SECONDS = 30


class _Rest:
    """What this process knows of the broker."""

    def __init__(self) -> None:
        self.until = 0.0
        self.lock = threading.Lock()


_rest = _Rest()


def ask_worker(task: str, *arguments: object, countdown: float | None = None) -> bool:
    """Queue a task by its name, after the commit of what it is about; return False if the broker is down.

    That is no error of the caller, whose work is done already; it is logged once for each rest.
    """
    if time.monotonic() < _rest.until:
        return False
    try:
        current_app.send_task(
            task, arguments, countdown=countdown, retry=True, retry_policy={"max_retries": 1, "interval_start": 0}
        )
    except (KombuError, OSError) as error:
        with _rest.lock:
            is_news = time.monotonic() >= _rest.until
            _rest.until = time.monotonic() + BROKER_REST_SECONDS
        if is_news:
            log.warning("broker_down", task=task, error=str(error))
        return False
    return True
