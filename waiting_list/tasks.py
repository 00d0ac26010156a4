"""When free places are offered."""

from celery import shared_task

from waiting_list import offers


@shared_task
def offer_to_waiting() -> int:
    return offers.offer_to_waiting()
