"""Who may see which report of which theaters, and which files. Rights come from `theaters/access.py`."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from accounts.models import User
from accounts.roles import Capability, Person, roles_with
from reports.catalog import REPORTS, Report
from reports.models import Export, ExportQuerySet, ReportRun, ReportSchedule
from theaters.access import may, theaters_for
from theaters.models import StaffMembership, Theater, TheaterQuerySet


def reports_for(user: Person) -> list[Report]:
    """Return the reports that `user` may see for any theater. One query for each capability."""
    known: dict[str, bool] = {}
    for report in REPORTS.values():
        if report.capability not in known:
            known[report.capability] = may(user, report.capability)
    return [report for report in REPORTS.values() if known[report.capability]]


def find_report(user: Person, slug: str) -> Report:
    """Return a report that `user` may see. Raises `Http404` and `PermissionDenied`."""
    report = REPORTS.get(slug)
    if report is None:
        raise Http404
    if not may(user, report.capability):
        raise PermissionDenied
    return report


def report_theaters(user: Person, report: Report) -> TheaterQuerySet:
    """Return the theaters whose figures in this report `user` may see, with their cities. Lazy."""
    return theaters_for(user, report.capability).select_related("city").order_by("name", "pk")


def exports_for(user: Person) -> ExportQuerySet:
    """Return the exports all of whose theaters' figures `user` may see. Lazy."""
    rows = Export.objects.all()
    if not isinstance(user, User) or not user.is_active:
        return rows.none()
    if user.is_superuser:
        return rows
    allowed = Q(pk__in=[])
    for capability in {report.capability for report in REPORTS.values()}:
        slugs = [report.slug for report in REPORTS.values() if report.capability == capability]
        theaters = Export.theaters.through.objects.filter(export=OuterRef("pk"))
        foreign = theaters.exclude(theater__in=theaters_for(user, capability))
        allowed |= Q(report__in=slugs) & Exists(theaters) & ~Exists(foreign)
    return rows.filter(allowed)


def schedules_for(user: Person) -> QuerySet[ReportSchedule]:
    """Return the schedules that `user` owns, and those all of whose figures they may see. Lazy.

    A schedule without a theater covers all theaters of its owner as they are now, so `user` needs all of these.
    """
    rows = ReportSchedule.objects.select_related("theater__city", "owner")
    if not isinstance(user, User) or not user.is_active:
        return rows.none()
    if user.is_superuser:
        return rows
    allowed = Q(owner=user)
    for capability in {report.capability for report in REPORTS.values()}:
        slugs = [report.slug for report in REPORTS.values() if report.capability == capability]
        mine = theaters_for(user, capability)
        foreign = StaffMembership.objects.filter(user=OuterRef("owner"), role__in=roles_with(capability))
        is_theirs = ~Exists(foreign.exclude(theater__in=mine)) & Q(owner__is_superuser=False)
        has_theater = Q(parameters__has_key="theater")
        shows_mine = Exists(foreign.filter(theater__in=mine))
        allowed |= Q(report__in=slugs) & (has_theater & Q(theater__in=mine) | ~has_theater & shows_mine & is_theirs)
    return rows.filter(allowed)


def stranded_schedules() -> QuerySet[ReportSchedule]:
    """Return the schedules that cover all theaters of their owner and run by the clock of one the owner has lost."""
    lost = Q(pk__in=[])
    for capability in {report.capability for report in REPORTS.values()}:
        slugs = [report.slug for report in REPORTS.values() if report.capability == capability]
        own = StaffMembership.objects.filter(
            user=OuterRef("owner"), theater=OuterRef("theater"), role__in=roles_with(capability)
        )
        lost |= Q(~Exists(own), report__in=slugs)
    rows = ReportSchedule.objects.filter(lost, is_paused=False, owner__is_superuser=False)
    return rows.exclude(parameters__has_key="theater").select_related("theater__city", "owner")


def may_change_schedule(user: Person, schedule: ReportSchedule) -> bool:
    """Return True if `user` may change, run and delete a schedule that they see: its owner may."""
    return isinstance(user, User) and (user.is_superuser or user.pk == schedule.owner_id)


def may_look_after_schedule(user: Person, schedule: ReportSchedule) -> bool:
    """Return True if `user` may pause a schedule or take it over: managers may, while its owner is away."""
    if may_change_schedule(user, schedule):
        return True
    if "theater" in schedule.parameters:
        return may(user, Capability.EDIT_TEAM, schedule.theater_id)
    report = REPORTS.get(schedule.report)
    shown = theaters_for(schedule.owner, report.capability) if report else Theater.objects.none()
    return shown.filter(pk__in=theaters_for(user, Capability.EDIT_TEAM).values("pk")).exists()


def refused_recipients(report: Report, theaters: Iterable[Theater], addresses: Iterable[str]) -> list[str]:
    """Return the addresses that this report of these theaters may not be mailed to. Two queries.

    A report with names and addresses of customers goes to people who may see it in all of these theaters, and
    to domains that each of them allows (`Theater.report_domains`). Other reports may go to anyone.
    """
    addresses, places = list(addresses), list(theaters)
    if not report.names_customers or not addresses:
        return []
    team = StaffMembership.objects.filter(
        theater__in=places, role__in=roles_with(report.capability), user__email__in=addresses, user__is_active=True
    )
    may_see = set(team.values_list("theater_id", "user__email"))
    return [
        address
        for address in addresses
        if not all(
            (place.pk, address) in may_see or address.partition("@")[2] in place.report_domains.lower().split()
            for place in places
        )
    ]


def may_open_run(user: Person, run: ReportRun) -> bool:
    """Return True if `user` may see all figures of a run's file now."""
    report = REPORTS.get(run.schedule.report)
    if report is None:
        return False
    return not run.theaters.exclude(pk__in=theaters_for(user, report.capability).values("pk")).exists()
