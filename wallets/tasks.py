"""When passes are brought up to date."""

from celery import shared_task

from wallets import passes


@shared_task
def renew_passes() -> int:
    passes.renew_changed()
    return passes.tell_wallets()
