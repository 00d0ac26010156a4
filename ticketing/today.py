"""The console's first page: tonight's shows, how full they are, and what needs somebody's attention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.contrib import admin
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.models import Payment, Refund
from events.models import Show
from notifications.models import Notification
from theaters.access import Capability
from ticketing.console import ScopedAdmin

# All shows that begin within this are listed, of each theater those of its own day.
SHOWS = 60


@dataclass(frozen=True, slots=True)
class ShowRow:
    title: str
    hall: str
    starts_at: datetime
    sold: int
    capacity: int
    state: str
    url: str

    @property
    def percent(self) -> int:
        return round(100 * self.sold / self.capacity) if self.capacity else 0


@dataclass(frozen=True, slots=True)
class Concern:
    text: str
    url: str


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add today's shows and what needs attention to the context of the page, scoped to this person. Four queries."""
    now = timezone.now()
    context["shows_today"] = _read_shows(request, now)
    context["concerns"] = _find_concerns(request, now)
    return context


def _rows(request: HttpRequest, model: type[Any], capability: Capability) -> Any:
    model_admin = cast(ScopedAdmin, admin.site._registry[model])
    return model_admin.scope(model.objects.all(), request.user, capability)


def _read_shows(request: HttpRequest, now: datetime) -> list[ShowRow]:
    sold = Show.objects.filter(pk=OuterRef("pk"), tickets__state__in=("held", "issued")).order_by()
    shows = (
        _rows(request, Show, Capability.SEE_PROGRAMME)
        .filter(starts_at__gt=now - timedelta(days=1), starts_at__lt=now + timedelta(days=1))
        .select_related("event", "hall__theater__city")
        .annotate(
            sold=Coalesce(Subquery(sold.values("pk").values_list(Count("tickets"))), 0),
            capacity=F("seat_map__capacity"),
        )
        .order_by("starts_at", "pk")
    )
    rows = []
    for show in shows[: 3 * SHOWS]:
        zone = show.hall.theater.tz
        starts_at = timezone.localtime(show.starts_at, zone)
        if starts_at.date() == timezone.localtime(now, zone).date():
            url = reverse("admin:events_show_change", args=[show.pk])
            rows.append(
                ShowRow(
                    title=show.event.title,
                    hall=str(show.hall),
                    starts_at=starts_at,
                    sold=show.sold,
                    capacity=show.capacity,
                    state=show.get_state_display(),
                    url=url,
                )
            )
    return rows[:SHOWS]


def _find_concerns(request: HttpRequest, now: datetime) -> list[Concern]:
    """Return what somebody has to look at: money that bought nothing, refunds and messages that failed."""
    found = [
        (
            _rows(request, Payment, Capability.SEE_MONEY).filter(state=Payment.State.SURPLUS, refunded__lt=F("amount")),
            "bookings_payment",
            "state__exact=surplus",
            _("payments bought nothing and are not paid back yet"),
        ),
        (
            _rows(request, Refund, Capability.SEE_MONEY).filter(state=Refund.State.FAILED),
            "bookings_refund",
            "state__exact=failed",
            _("refunds failed"),
        ),
        (
            _rows(request, Notification, Capability.SEE_BOOKINGS).filter(state=Notification.State.FAILED),
            "notifications_notification",
            "state__exact=failed",
            _("messages could not be sent"),
        ),
    ]
    concerns = []
    for rows, name, query, text in found:
        if count := rows.count():
            concerns.append(Concern(f"{count} {text}", f"{reverse(f'admin:{name}_changelist')}?{query}"))
    return concerns
