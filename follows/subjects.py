"""What can be followed: how it is found by its address, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from events.catalogue.vocabulary import mark_person
from events.models import Event, Label, SearchWord, Show
from follows.models import Follow
from theaters.models import Theater

# Longer ones are nobody's.
MAX_NAME = 200


@dataclass(frozen=True)
class Subject:
    """An event, theater, label, show or person; `key` is its primary key, or the mark of a person."""

    kind: str
    key: int | str
    name: str
    # Where it is followed, and its own page.
    address: str
    page: str
    show: Show | None = None
    # Whose brand its page bears.
    theater_id: int | None = None

    @property
    def is_of_city(self) -> bool:
        """Return True if it may be followed in one city alone."""
        return self.kind in ("event", "label", "person")

    @property
    def opens_later(self) -> bool:
        """Return True for a show whose sale opens by the clock."""
        opens_at = self.show.sales_open_at if self.show else None
        return opens_at is not None and opens_at > timezone.now()

    @property
    def reference(self) -> int | str:
        """By which a signed link names it."""
        return self.name if self.kind == "person" else self.key

    @property
    def condition(self) -> dict[str, Any]:
        """By which its follows are found."""
        return {"person": self.key} if self.kind == "person" else {f"{self.kind}_id": self.key}


def find_subject(kind: str, name: str) -> Subject:
    """Return what can be followed at this address, or raise `Http404`. One query."""
    rows = _rows(kind)
    if kind == "person":
        return _person(name)
    field = "code" if kind == "show" else "slug"
    found = rows.filter(**{field: name}).first()
    if found is None:
        raise Http404
    return describe(kind, found)


def find_by_reference(kind: str, reference: int | str) -> Subject | None:
    """Return what a signed link names, or None if it is gone. One query, for a person none."""
    if kind == "person":
        return _named(str(reference))
    found = _rows(kind).filter(pk=reference).first()
    return describe(kind, found) if found else None


def subject_of(follow: Follow) -> Subject:
    """Return what is followed. No query if the row's relations are loaded."""
    if follow.person is not None:
        return _named(follow.person_name)
    return describe(follow.subject, getattr(follow, follow.subject))


def describe(kind: str, found: Any) -> Subject:
    if kind == "person":
        return _named(found)
    if kind == "show":
        address = reverse("follows:show", args=[found.code])
        return Subject(
            kind, found.pk, found.event.title, address, found.get_absolute_url(), found, found.hall.theater_id
        )
    address = reverse(f"follows:{kind}", args=[found.slug])
    if kind == "label":
        return Subject(kind, found.pk, found.name, address, f"{reverse('events:list')}?label={found.slug}")
    theater_id = found.pk if kind == "theater" else found.theater_id
    return Subject(kind, found.pk, str(found), address, found.get_absolute_url(), theater_id=theater_id)


def _rows(kind: str) -> Any:
    match kind:
        case "event":
            return Event.objects.published()
        case "theater":
            return Theater.objects.published()
        case "show":
            shows = Show.objects.public().live().upcoming(timezone.now())
            return shows.select_related("event", "hall__theater__city")
    return Label.objects.all()


def _person(name: str) -> Subject:
    """Return the person if an event names them, so that nothing else is followed."""
    name = " ".join(name.split())
    if len(name) > MAX_NAME or not SearchWord.objects.filter(word=mark_person(name)).exists():
        raise Http404
    return _named(name)


def _named(name: str) -> Subject:
    page = reverse("events:list", query={"person": name})
    return Subject("person", mark_person(name), name, reverse("follows:person", args=[name]), page)
