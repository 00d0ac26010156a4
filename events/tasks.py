"""Celery tasks; see `CELERY_BEAT_SCHEDULE`."""

from celery import shared_task
from django.utils import timezone

from events.imports import runs
from events.prices.charge_changes import follow_fees
from events.sales import opening


@shared_task
def follow_clock() -> None:
    """End past shows, and let “from” prices have the fees that hold from or until a moment that has passed."""
    now = timezone.now()
    opening.end_past_shows(now)
    follow_fees(now)


@shared_task
def work_on_import(run_id: int) -> bool:
    return runs.work_on_import(run_id)
