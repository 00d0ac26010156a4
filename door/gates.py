"""Which shows a gate admits to, what it is called, and which way people pass: all of it in its page's address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from accounts.models import User
from accounts.roles import Capability
from door.forms import GateForm
from door.models import CheckIn
from events.models import Show
from theaters.access import theaters_for
from theaters.models import Theater

# Shows that start within this time are tonight's, and one that is over is kept for people who come back for a coat.
HOURS_AHEAD = timedelta(hours=12)
HOURS_AFTER = timedelta(hours=2)
DOOR_STATES = (Show.State.ON_SALE, Show.State.ENDED)
# More than anyone chooses from.
MAX_SHOWS = 200


@dataclass(frozen=True)
class Gate:
    shows: Sequence[Show]
    # Chosen one by one, or by all that a theater shows; `shows` has both.
    show_codes: Sequence[str]
    theater_slugs: Sequence[str]
    name: str
    direction: str

    @property
    def query(self) -> str:
        fields = {"show": self.show_codes, "theater": self.theater_slugs, "gate": self.name}
        return urlencode({**fields, "direction": self.direction}, doseq=True)

    @property
    def address(self) -> str:
        return f"{reverse('door:gate')}?{self.query}"

    @property
    def list_address(self) -> str:
        """Where the device gets its tickets; the same for both directions."""
        fields = {"show": self.show_codes, "theater": self.theater_slugs}
        return f"{reverse('door:list')}?{urlencode(fields, doseq=True)}"

    @property
    def undo_address(self) -> str:
        return f"{reverse('door:undo')}?{self.query}"

    @property
    def count_address(self) -> str:
        return f"{reverse('door:count')}?{self.query}"

    @property
    def undo_count_address(self) -> str:
        return f"{reverse('door:undo_count')}?{self.query}"

    @property
    def house_address(self) -> str:
        return f"{reverse('door:house')}?{self.query}"

    @property
    def more(self) -> int:
        """How many shows there are beside the first."""
        return len(self.shows) - 1

    @property
    def is_out(self) -> bool:
        return self.direction == CheckIn.Direction.OUT

    @property
    def lets_in_again(self) -> bool:
        return any(show.hall.theater.allows_reentry for show in self.shows)

    @property
    def opposite(self) -> Gate:
        return replace(self, direction=CheckIn.Direction.IN if self.is_out else CheckIn.Direction.OUT)


def find_shows(user: User, now: datetime) -> list[Show]:
    """Return tonight's shows of the theaters where `user` may check in, by start. One query."""
    return list(_shows_of(user).filter(starts_at__lt=now + HOURS_AHEAD, ends_at__gt=now - HOURS_AFTER)[:MAX_SHOWS])


def find_next_show(user: User, now: datetime) -> Show | None:
    """Return the first show after tonight's where `user` may check in; None if none is planned. One query."""
    return _shows_of(user).filter(starts_at__gte=now + HOURS_AHEAD).first()


def _shows_of(user: User) -> QuerySet[Show]:
    theaters = theaters_for(user, Capability.CHECK_IN)
    shows = Show.objects.filter(hall__theater__in=theaters, state__in=DOOR_STATES)
    return shows.select_related("event", "hall__theater__city").order_by("starts_at", "pk")


def is_tonight(show: Show, now: datetime) -> bool:
    """Return True if `find_shows` returns the show to people who may check in there."""
    is_near = show.starts_at < now + HOURS_AHEAD and show.ends_at > now - HOURS_AFTER
    return is_near and show.state in DOOR_STATES


def house_address_of(show: Show) -> str:
    """Return the address of the house manager's page for this show alone."""
    return f"{reverse('door:house')}?{urlencode({'show': show.code})}"


def by_theater(shows: Sequence[Show]) -> dict[Theater, list[Show]]:
    """Group shows by theater, by the theaters' names."""
    found: dict[Theater, list[Show]] = {}
    for show in sorted(shows, key=lambda one: one.hall.theater.name):
        found.setdefault(show.hall.theater, []).append(show)
    return found


def read_gate(query: QueryDict, shows: Sequence[Show]) -> Gate | None:
    """Return the gate that an address describes, or None if it admits to none of `shows`."""
    form = GateForm(query)
    cleaned = form.cleaned_data if form.is_valid() else {}
    codes, slugs = set(query.getlist("show")), set(query.getlist("theater"))
    chosen = [show for show in shows if show.code in codes or show.hall.theater.slug in slugs]
    if not chosen:
        return None
    return Gate(
        shows=chosen,
        show_codes=[show.code for show in chosen if show.code in codes],
        theater_slugs=sorted({show.hall.theater.slug for show in chosen} & slugs),
        name=cleaned.get("gate", ""),
        direction=cleaned.get("direction") or CheckIn.Direction.IN,
    )
