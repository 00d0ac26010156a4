"""Correct what times of coming shows follow from: preview every show, then change them all at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.roles import Capability
from console.confirm_first import SHOW_SOURCES
from console.people import person_of
from console.site import add_page
from events.errors import SchedulingError, describe_occupancy
from events.models import Event
from lib.moments import write_moment
from show_changes.correct_times import Correction, CorrectionPlan, ShowCorrection, correct_times, plan_correction
from theaters.access import require
from theaters.models import City, Hall, Theater

_KEY = re.compile(r"(event|hall|theater|city)-(\d{1,18})-(\w+)")
_MODELS: dict[str, type[Model]] = {"event": Event, "hall": Hall, "theater": Theater, "city": City}


@dataclass(frozen=True)
class FieldChange:
    """A field of a row, and its new value."""

    row: Any
    name: str
    value: Any

    @property
    def label(self) -> str | Promise:
        label: str | Promise = self.row._meta.get_field(self.name).verbose_name
        return label

    @property
    def before(self) -> Any:
        return getattr(self.row, self.name)


@dataclass(frozen=True)
class Row:
    """A line as the page shows it."""

    line: ShowCorrection

    @property
    def starts(self) -> tuple[str, str]:
        return self._write("starts_at")

    @property
    def ends(self) -> tuple[str, str]:
        return self._write("ends_at")

    @property
    def cleared(self) -> tuple[str, str]:
        return self._write("cleared_at")

    @property
    def others(self) -> list[str]:
        return [describe_occupancy(other, self.line.show.hall) for other in self.line.others]

    def _write(self, name: str) -> tuple[str, str]:
        old = self.line.show.hall.theater.tz
        style = "DATETIME_FORMAT" if name == "starts_at" else "TIME_FORMAT"
        before = write_moment(getattr(self.line.show, name), old, style)
        return before, write_moment(getattr(self.line.wanted, name), self.line.zone, style)


def show_correction(request: HttpRequest) -> HttpResponse:
    """Show what becomes of each coming show, and make the correction when the form is sent."""
    person = person_of(request)
    wishes = _read_wishes(request.GET, person)
    correction = _gather(wishes)
    back = reverse(
        f"admin:{wishes[0].row._meta.app_label}_{wishes[0].row._meta.model_name}_change", args=[wishes[0].row.pk]
    )
    problem = ""
    if request.method == "POST":
        try:
            done = correct_times(
                correction=correction,
                seen=request.POST.get("seen", ""),
                by=person,
                skips_clashes="skips_clashes" in request.POST,
            )
        except SchedulingError as refusal:
            problem = str(refusal)
        else:
            messages.success(request, _say_done(done))
            return HttpResponseRedirect(back)
    plan = plan_correction(correction, timezone.now())
    context = {
        **admin.site.each_context(request),
        "title": _("What this does to coming shows"),
        "wishes": wishes,
        "plan": plan,
        "rows": [Row(line) for line in plan.lines],
        "sold": sum(1 for line in plan.changed if line.sold),
        "may_leave_out": bool(plan.clashes) and not correction.moves_clocks,
        "is_blocked": bool(plan.clashes) and correction.moves_clocks,
        "problem": problem,
        "back": back,
    }
    return TemplateResponse(request, "admin/correct_times.html", context, status=409 if problem else 200)


def _read_wishes(sent: Any, person: User) -> list[FieldChange]:
    """Return the changes that the address asks for, on rows that the person may change."""
    wishes = []
    for key, text in sent.items():
        found = _KEY.fullmatch(key)
        if found is None or found[3] not in SHOW_SOURCES[found[1]][1]:
            continue
        row: Any = _MODELS[found[1]]._default_manager.filter(pk=int(found[2])).first()
        if row is None:
            raise Http404
        _require(person, row)
        field: Any = row._meta.get_field(found[3])
        try:
            value = field.clean(text, row)
        except ValidationError as error:
            raise Http404 from error
        wishes.append(FieldChange(row, found[3], City.objects.get(pk=value) if found[3] == "city" else value))
    if not wishes:
        raise Http404
    return wishes


def _require(person: User, row: Any) -> None:
    """Raise `PermissionDenied` unless the person may change the row."""
    theater_id = row.pk if isinstance(row, Theater) else getattr(row, "theater_id", None)
    if theater_id is None:
        # Cities, and events that theaters share.
        if not person.is_superuser:
            raise PermissionDenied
    else:
        needed = Capability.EDIT_PROGRAMME if isinstance(row, Event) else Capability.EDIT_THEATER
        require(person, needed, theater_id)


def _gather(wishes: list[FieldChange]) -> Correction:
    wanted = {(type(wish.row), wish.row.pk, wish.name): wish.value for wish in wishes}
    lengths = {}
    for wish in wishes:
        if isinstance(wish.row, Event):
            running, interval = (
                wanted.get((Event, wish.row.pk, name), getattr(wish.row, name))
                for name in ("running_minutes", "interval_minutes")
            )
            lengths[wish.row.pk] = (running, interval)
    return Correction(
        lengths=lengths,
        cleaning={wish.row.pk: wish.value for wish in wishes if isinstance(wish.row, Hall)},
        zones={wish.row.pk: wish.value for wish in wishes if isinstance(wish.row, City)},
        cities={wish.row.pk: wish.value.pk for wish in wishes if isinstance(wish.row, Theater)},
    )


def _say_done(done: CorrectionPlan) -> str:
    count = len(done.lines)
    text = ngettext("Changed, with %(count)d show.", "Changed, with %(count)d shows.", count)
    return text % {"count": count}


add_page("correct-times/", show_correction, name="correct_times")
