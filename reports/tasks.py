"""Exports and scheduled reports, made by workers."""

from celery import shared_task

from reports.exports import run
from reports.schedules import run as schedules

# A million tickets as XLSX take one core some four minutes.
WRITE_SECONDS = 1800


@shared_task(time_limit=WRITE_SECONDS)
def write_export(export_id: int) -> bool:
    return run.run_export(export_id)


@shared_task
def delete_old_exports() -> int:
    return run.delete_old_files()


@shared_task
def start_due_reports() -> int:
    """Start what is due, and exports whose worker has died; see `schedules/run.py` for why nothing is sent twice.

    Both each minute, as one job: a job that is due costs the scheduler a statement.
    """
    return schedules.start_due() + run.resume_exports()


@shared_task(time_limit=WRITE_SECONDS)
def make_run(run_id: int) -> bool:
    return schedules.make_run(run_id)
