"""When exports are written, and their files deleted."""

from celery import shared_task

from reports.services import exports

# A million tickets as XLSX take some four minutes of one core.
WRITE_SECONDS = 1800


@shared_task(time_limit=WRITE_SECONDS)
def write_export(export_id: int) -> bool:
    return exports.run_export(export_id)


@shared_task
def resume_exports() -> int:
    return exports.resume_exports()


@shared_task
def delete_old_exports() -> int:
    return exports.delete_old_files()
