"""Which follows some news is about."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from events.catalogue.vocabulary import mark_person
from events.models import Event, Show
from follows.models import AnnouncedShow, Announcement, Follow


@dataclass(frozen=True)
class NewShow:
    """A show that followers are told of, with what it is found by."""

    show: Show
    is_first: bool
    labels: frozenset[int]
    people: frozenset[str]

    @property
    def city_id(self) -> int:
        return self.show.hall.theater.city_id


@dataclass(frozen=True)
class News:
    """The shows of an announcement of which it is still true, the soonest first."""

    kind: str
    shows: tuple[NewShow, ...]

    @classmethod
    def read(cls, announcement: Announcement) -> News:
        """Read them in two statements."""
        rows = AnnouncedShow.objects.filter(announcement=announcement, show__in=Show.objects.public())
        rows = rows.filter(show__state=Show.State.ON_SALE, show__sales_stopped_at=None)
        opens_later = Q(show__sales_open_at__gt=timezone.now())
        rows = rows.filter(opens_later if announcement.kind == Announcement.Kind.SOON else ~opens_later)
        found = list(rows.select_related("show__event", "show__hall__theater__city").order_by("show__starts_at", "pk"))
        events = {row.show.event_id: row.show.event for row in found}
        links = Event.labels.through.objects.filter(event__in=events)
        labels: dict[int, set[int]] = {pk: set() for pk in events}
        for event_id, label_id in links.values_list("event_id", "label_id"):
            labels[event_id].add(label_id)
        people = {pk: frozenset(_marks_of(event)) for pk, event in events.items()}
        return cls(
            announcement.kind,
            tuple(
                NewShow(row.show, row.is_first, frozenset(labels[row.show.event_id]), people[row.show.event_id])
                for row in found
            ),
        )


def _marks_of(event: Event) -> set[str]:
    return {mark_person(name) for person in [*event.cast, *event.credits] if (name := str(person.get("name", "")))}


def find_followed(news: News) -> QuerySet[Follow]:
    """Return the follows that may be concerned; `matches` decides which are. Lazy."""
    shows, firsts = news.shows, [one for one in news.shows if one.is_first]
    if news.kind == Announcement.Kind.SOON:
        return Follow.objects.filter(show__in=[one.show.pk for one in shows], asks_before=True)
    found = Q(show__in=[one.show.pk for one in shows]) | Q(event__in={one.show.event_id for one in shows})
    if firsts:
        found |= Q(theater__in={one.show.hall.theater_id for one in firsts})
        found |= Q(label__in={label for one in firsts for label in one.labels})
        found |= Q(person__in={mark for one in firsts for mark in one.people})
    return Follow.objects.filter(found)


def matches(follow: Follow, new: NewShow) -> bool:
    """Return True if `follow` is concerned by this show."""
    if follow.city_id not in (None, new.city_id):
        return False
    show = new.show
    if follow.show_id == show.pk or follow.event_id == show.event_id:
        return True
    return new.is_first and (
        follow.theater_id == show.hall.theater_id or follow.label_id in new.labels or follow.person in new.people
    )
