"""What a theater needs before its first sale, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.roles import Capability
from events.models import Event, Show, TicketType
from lib.compiled import compiled
from reports.today.scope import Scope
from theaters.models import Hall, SeatMap, StaffMembership, Theater


@dataclass(frozen=True, slots=True)
class Step:
    name: str | Promise
    url: str
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class NextSteps:
    """The steps of one theater to its first sale; `next` is the one to take."""

    theater: str
    steps: list[Step]

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def next(self) -> Step | None:
        return next((step for step in self.steps if not step.is_done), None)


def find_next_steps(request: HttpRequest, scope: Scope) -> list[NextSteps]:
    """Return the steps of each theater that has never put a show on sale, for people who may take them. One query."""
    is_superuser = bool(getattr(request.user, "is_superuser", False))
    if is_superuser and not scope.places:
        first = [Step(_("City"), reverse("admin:theaters_city_add"))]
        return [NextSteps("", [*first, Step(_("Theater"), reverse("admin:theaters_theater_add"))])]
    ids = scope.ids(Capability.EDIT_PROGRAMME)
    if not ids:
        return []
    found = _find_beginners(tuple(ids), request.user.pk or 0)
    builders = scope.ids(Capability.EDIT_THEATER)
    return [_steps_of(theater, may_build=theater.pk in builders) for theater in found]


@compiled
def _find_beginners(theaters: tuple[int, ...], person: int) -> QuerySet[Theater]:
    """Find theaters that have never had a show on sale, and what they have already."""
    shows = Show.objects.filter(hall__theater=OuterRef("pk"))
    beginners = Theater.objects.filter(~Exists(shows.exclude(state=Show.State.DRAFT)), pk__in=theaters).annotate(
        has_hall=Exists(Hall.objects.filter(theater=OuterRef("pk"))),
        has_map=Exists(SeatMap.objects.filter(hall__theater=OuterRef("pk"), state=SeatMap.State.PUBLISHED)),
        has_types=Exists(TicketType.objects.filter(theater=OuterRef("pk"))),
        has_event=Exists(Event.objects.filter(theater=OuterRef("pk"))),
        has_show=Exists(shows),
        has_prices=Exists(shows.filter(lowest_price__isnull=False)),
        has_staff=Exists(StaffMembership.objects.filter(theater=OuterRef("pk")).exclude(user=person)),
    )
    return beginners.order_by("name")[:5]


def _steps_of(theater: Theater, *, may_build: bool) -> NextSteps:
    def step(name: Promise | str, done: str, url: str) -> Step:
        return Step(name, reverse(f"admin:{url}"), is_done=bool(getattr(theater, done)))

    building = [
        step(_("Make a hall"), "has_hall", "theaters_hall_add"),
        step(_("Draw or upload its seat map, and publish it"), "has_map", "theaters_seatmap_new_map"),
    ]
    page = reverse("admin:theaters_theater_change", args=[theater.pk])
    publishing = [Step(_("Publish the theater's page"), page, is_done=theater.is_published)] if may_build else []
    programme = [
        step(_("Name the ticket types"), "has_types", "events_tickettype_add"),
        step(_("Add an event"), "has_event", "events_event_add"),
        step(_("Plan its shows"), "has_show", "events_show_add"),
        step(_("Set the prices"), "has_prices", "events_show_changelist"),
        *publishing,
        Step(_("Put a show on sale"), reverse("admin:events_show_changelist")),
    ]
    team = [step(_("Invite your colleagues"), "has_staff", "theaters_staffmembership_add")]
    return NextSteps(theater.name, [*building, *programme, *team] if may_build else programme)
