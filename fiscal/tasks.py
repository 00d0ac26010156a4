"""When receipts are issued that no counter issued at once, and signed."""

from celery import shared_task

from fiscal.models import SigningDevice
from fiscal.services import control, issue, sign


@shared_task
def issue_receipts() -> int:
    """Issue what is missing, then the receipts that devices ask for, and sign what waits."""
    issued = issue.issue_all_missing()
    control.issue_due_controls()
    sign.sign_all_pending()
    return issued


@shared_task
def sign_receipts(device_id: int) -> int:
    return sign.sign_pending(SigningDevice.objects.get(pk=device_id))
