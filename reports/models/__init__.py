"""Exports, scheduled reports, and terms agreed with partners."""

from reports.models.exports import Export, ExportQuerySet
from reports.models.schedules import ReportRun, ReportSchedule
from reports.models.settlement import SettlementTerms

__all__ = ["Export", "ExportQuerySet", "ReportRun", "ReportSchedule", "SettlementTerms"]
