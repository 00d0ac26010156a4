"""The jobs of these mails."""

from celery import shared_task

from follows import announcing
from mailings import digest, monthly_report, reminders, sending_domains


@shared_task
def write_due_messages() -> int:
    """Remind of lapsing holds, and note sales that have opened. One job, since the scheduler claims each by itself."""
    return reminders.remind_of_lapsing_holds() + announcing.tell_due()


@shared_task
def remind_of_visits() -> int:
    """Remind customers of coming shows and of bank transfers that are due, and ask about past shows."""
    return reminders.remind_of_shows() + reminders.remind_of_transfers() + reminders.ask_for_reviews()


@shared_task
def send_digests() -> int:
    return digest.send_digests()


@shared_task
def send_monthly_reports() -> int:
    return monthly_report.send_monthly_reports()


@shared_task
def check_sending_domains() -> int:
    return sending_domains.check_sending_domains()
