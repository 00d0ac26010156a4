"""Jobs that keep the site itself in order."""

from celery import shared_task

from operations import heartbeats, retention
from operations.models import Heartbeat


@shared_task
def show_worker_alive() -> None:
    heartbeats.beat(Heartbeat.Part.WORKER)


@shared_task
def prune() -> dict[str, int]:
    return retention.prune()
