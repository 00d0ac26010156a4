"""Celery tasks of this app."""

from celery import shared_task

from theaters.seat_maps import uploads


@shared_task
def read_seat_map(upload_id: int) -> bool:
    return uploads.work_on_upload(upload_id)
