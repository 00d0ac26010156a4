"""Write a report as one file: its format, its name, and a ZIP of one file for each theater."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import IO, Any

from django.utils import timezone

from reports.catalog import Report
from reports.models import Export
from reports.results import ReportRequest

MIME_TYPES = {
    Export.Format.CSV: "text/csv; charset=utf-8",
    Export.Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Export.Format.PDF: "application/pdf",
}
ZIP = "application/zip"


@dataclass(frozen=True)
class Written:
    name: str
    mime_type: str
    rows: int


def name_file(report: Report, request: ReportRequest, file_format: str) -> str:
    """Return a file name for the report, such as “sales-riverside-2026-01-01-2026-01-31.csv”."""
    parts = [report.slug]
    if len(request.theaters) == 1:
        parts.append(request.theaters[0].slug)
    days = request.period or None
    if days is not None:
        parts += [f"{days.first}", f"{days.last}"]
    else:
        parts.append(f"{timezone.localtime(request.now, request.theaters[0].tz):%Y-%m-%d}")
    suffix = "zip" if is_zipped(report, request, file_format) else file_format
    return f"{re.sub(r'[^a-z0-9-]+', '-', '-'.join(parts).lower())}.{suffix}"


def mime_type_of(name: str) -> str:
    suffix = name.rpartition(".")[2]
    return ZIP if suffix == "zip" else MIME_TYPES[Export.Format(suffix)]


def is_zipped(report: Report, request: ReportRequest, file_format: str) -> bool:
    is_table = file_format == Export.Format.CSV
    return report.has_file_for_each_theater and is_table and len(request.theaters) > 1


def write_report(
    report: Report,
    request: ReportRequest,
    file_format: str,
    file: IO[bytes],
    *,
    on_row: Callable[[int], None] | None = None,
    on_built: Callable[[int | None], None] | None = None,
    **options: Any,
) -> Written:
    """Build the report and write it into `file`, in place of what is there.

    `on_built` gets the number of rows to come, if known; `on_row` is called after each row, and may raise to stop.
    """
    writer = import_module(f"reports.formats.{Export.Format(file_format)}")
    name = name_file(report, request, file_format)
    file.seek(0)
    file.truncate()
    if not is_zipped(report, request, file_format):
        result = report.build(request)
        if on_built is not None:
            on_built(result.expected)
        rows = writer.write(result, file, on_row=on_row, **options)
        return Written(name, MIME_TYPES[Export.Format(file_format)], rows)
    rows = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for theater in request.theaters:
            alone = replace(request, theaters=[theater])
            with archive.open(name_file(report, alone, file_format), "w") as part:
                rows += writer.write(report.build(alone), part, **options)
            if on_row is not None:
                on_row(rows)
    return Written(name, ZIP, rows)
