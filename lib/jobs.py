"""Asking a worker to do a job now. Jobs that must not be lost have a sweep, or a page that asks again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from celery import current_app
from django.db.models import QuerySet
from django.utils import timezone
from kombu.exceptions import KombuError

from lib.circuit_breaker import CircuitBreaker

log = structlog.get_logger(__name__)

BROKER_REST_SECONDS = 30
# A page that waits for a worker asks again after this long without a sign of it.
LOST_AFTER = timedelta(minutes=1)

broker = CircuitBreaker(rest_seconds=BROKER_REST_SECONDS, log_seconds=BROKER_REST_SECONDS)


def ask_worker(task: str, *arguments: object, countdown: float | None = None) -> bool:
    """Queue a task by name, after the commit of its subject. Return False if the broker is down.

    That is no error for the caller, whose work is already done.
    """
    if not broker.may_try():
        return False
    try:
        current_app.send_task(
            task, arguments, countdown=countdown, retry=True, retry_policy={"max_retries": 1, "interval_start": 0}
        )
    except (KombuError, OSError) as error:
        if broker.fail():
            log.warning("broker_down", task=task, error=str(error))
        return False
    broker.succeed()
    return True


def ask_if_lost(waiting: QuerySet[Any], ask: Callable[[int], object]) -> None:
    """Ask again for each row without a sign of its worker since `woken_at`. Of many pages, only one asks."""
    now = timezone.now()
    for pk in waiting.filter(woken_at__lt=now - LOST_AFTER).values_list("pk", flat=True):
        if waiting.filter(pk=pk, woken_at__lt=now - LOST_AFTER).update(woken_at=now):
            ask(pk)
