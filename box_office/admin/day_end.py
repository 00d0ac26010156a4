"""The end of the day at the box office: takings, refunds and drawers, on a page to print and as CSV."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.generic import View

from accounts.models import User
from accounts.roles import Capability
from box_office.admin.scope import choose_theater, counter_context, counter_theaters
from box_office.day_end import DayEnd, read_day_end, sellers_of
from box_office.selectors import local_day
from console.people import may_at, person_of
from console.site import add_page
from lib.moments import parse_day
from lib.spreadsheets import csv_lines, disarm
from payments.drawers import find_open_drawer


class DayEndView(View):
    """A day of a theater for those who may see its money; sellers see their own part.

    For a seller, a drawer that is still open does not show what is expected in it.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        theaters = counter_theaters(request, Capability.SELL, Capability.SEE_MONEY)
        theater = choose_theater(request, theaters)
        viewer = person_of(request)
        sees_all = may_at(viewer, Capability.SEE_MONEY, theater.pk)
        today = local_day(timezone.now(), theater)
        day = parse_day(request.GET.get("day", "")) or today
        people = list(sellers_of(theater, day)) if sees_all else [viewer]
        person = _choose_person(request, people) if sees_all else viewer
        report = read_day_end(theater, day, person=person)
        drawer = None if sees_all else find_open_drawer(viewer, theater.pk)
        hides_cash = drawer is not None and day >= local_day(drawer.opened_at, theater)
        if request.GET.get("format") == "csv" and not hides_cash:
            return _write_csv(report)
        context = {
            **counter_context(request),
            "title": gettext_lazy("Day end"),
            "theaters": theaters,
            "theater": theater,
            "tz": theater.city.time_zone,
            "day": day,
            "today": today,
            "people": people,
            "person": person,
            "sees_all": sees_all,
            "may_close": may_at(viewer, Capability.SELL, theater.pk),
            "hides_cash": hides_cash,
            "report": report,
        }
        return TemplateResponse(request, "admin/box_office/day_end.html", context)


def _choose_person(request: HttpRequest, people: list[User]) -> User | None:
    text = request.GET.get("person", "")
    if not text:
        return None
    for person in people:
        if str(person.pk) == text:
            return person
    raise Http404


def _write_csv(report: DayEnd) -> HttpResponse:
    head = [gettext("Part"), gettext("What"), gettext("Number"), gettext("Amount"), gettext("Currency")]
    rows = [[part, disarm(what), count, amount, report.currency] for part, what, count, amount in _rows(report)]
    response = HttpResponse(csv_lines([head, *rows]), content_type="text/csv; charset=utf-8")
    who = f"-{report.person.pk}" if report.person else ""
    response["Content-Disposition"] = f'attachment; filename="day-end-{report.theater.slug}-{report.day}{who}.csv"'
    return response


def _rows(report: DayEnd) -> list[tuple[str, str, Any, Any]]:
    rows: list[tuple[str, str, Any, Any]] = []
    for part, lines in (
        (gettext("Takings"), report.takings),
        (gettext("Refunds"), report.refunds),
        (gettext("Ticket types"), report.by_type),
    ):
        rows += [(part, line.label, line.count, line.amount) for line in lines]
    for line in report.by_show:
        when = f"{timezone.localtime(line.starts_at, report.theater.tz):%Y-%m-%d %H:%M} " if line.starts_at else ""
        rows.append((gettext("Shows"), f"{when}{line.label}", line.count, line.amount))
    rows += [
        (gettext("Beside the tickets"), gettext("Fees"), "", report.fees),
        (gettext("Beside the tickets"), gettext("Tax"), "", report.tax),
        (gettext("Beside the tickets"), gettext("Carried over by exchanges"), "", -report.carried),
        (gettext("Beside the tickets"), gettext("Money that bought nothing"), "", report.surplus),
        (gettext("Beside the tickets"), gettext("Complimentary tickets"), report.complimentary, 0),
    ]
    for one in report.drawers:
        opened_at = timezone.localtime(one.drawer.opened_at, report.theater.tz)
        part = f"{gettext('Drawer')} {one.drawer.person} {opened_at:%H:%M}"
        rows += [
            (part, gettext("Opening float"), "", one.drawer.opening_float),
            (part, gettext("Sales in cash"), "", one.sales),
            (part, gettext("Refunds in cash"), "", -one.refunds),
            *((part, entry.reason, "", entry.change) for entry in one.moves),
            (part, gettext("Expected"), "", one.expected),
        ]
        if one.drawer.counted is not None:
            rows += [
                (part, gettext("Counted"), "", one.drawer.counted),
                (part, gettext("Difference"), "", one.drawer.difference),
            ]
    rows += [(gettext("Checks"), str(check.label), "", check.one - check.other) for check in report.checks]
    return rows


add_page("box-office/day-end/", DayEndView.as_view(), name="box_office_day_end")
