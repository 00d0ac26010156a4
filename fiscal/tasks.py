"""When receipts are issued that no counter issued at once."""

from celery import shared_task

from fiscal.services import issue


@shared_task
def issue_receipts() -> int:
    return issue.issue_all_missing()
