"""Celery tasks; see `CELERY_BEAT_SCHEDULE`."""

from celery import shared_task
from django.utils import timezone

from events.imports import runs
from events.sales import opening


@shared_task
def end_past_shows() -> int:
    return opening.end_past_shows(timezone.now())


@shared_task
def work_on_import(run_id: int) -> bool:
    return runs.work_on_import(run_id)
