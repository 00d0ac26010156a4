"""What runs by itself: see `CELERY_BEAT_SCHEDULE`."""

from celery import shared_task
from django.utils import timezone

from events import services


@shared_task
def end_past_shows() -> int:
    return services.end_past_shows(timezone.now())
