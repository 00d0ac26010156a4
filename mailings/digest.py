"""The evening digest: what is on in the city of a person who has stayed away, by their taste.

It goes to people who asked for it and have neither been here nor booked for `DIGEST_AFTER_DAYS`, at six in
the evening in their city. No event is mentioned twice; if there is nothing new, nothing is sent. The
outbox's unique key holds person and local date, so that no one gets two a day, whatever is repeated.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.messages.customers import describe_amount
from bookings.models import Booking, Ticket
from events.models import Event, Review, Show
from mailings.home_city import with_home_city_in
from notifications.models import Channel, Notification
from notifications.preferences import people_who_want
from notifications.services import known_language, notify
from theaters.models import City

KIND = Notification.Kind.DIGEST
SEND_FROM = time(18)
# A scheduler that was down until then waits for the next evening.
SEND_UNTIL = time(21)
SHOWS_AHEAD = timedelta(days=30)
# An event that was mentioned may be mentioned again after this.
REPEAT_AFTER = timedelta(days=60)
MAX_EVENTS = 6
# People whose taste is read at once, in four queries.
PEOPLE_BATCH = 200
# The weight of a booking for a person's taste, and that of each star above or below three.
BOOKING_WEIGHT, STAR_WEIGHT = 2, 1


@dataclass(frozen=True)
class DigestEvent:
    """An event that can be booked in a city, with its next show."""

    event_id: int
    created_at: datetime
    starts_at: datetime
    labels: frozenset[int]
    # For the message.
    words: dict[str, object]


def send_digests(now: datetime | None = None) -> int:
    """Write the digests for every city where it is evening; return how many."""
    now = now or timezone.now()
    told = 0
    for city in City.objects.filter(theaters__is_published=True).distinct():
        local = now.astimezone(city.tz)
        if SEND_FROM <= local.time() < SEND_UNTIL and (offers := read_offers(city, now)):
            told += _tell_people(city, offers, local.date(), now)
            told += _tell_rooms(city, offers, local.date(), now)
    return told


def read_offers(city: City, now: datetime) -> list[DigestEvent]:
    """Return what can be booked in the city, soonest first. Three queries."""
    shows = (
        Show.objects.public()
        .upcoming(now)
        .filter(state=Show.State.ON_SALE, starts_at__lt=now + SHOWS_AHEAD, hall__theater__city=city)
        .select_related("hall__theater")
        .order_by("starts_at", "pk")
    )
    first: dict[int, Show] = {}
    for show in shows:
        if show.is_on_sale(now):
            first.setdefault(show.event_id, show)
    events = Event.objects.filter(pk__in=first).prefetch_related("labels").in_bulk()
    return [_describe(events[event_id], show, city) for event_id, show in first.items()]


def _describe(event: Event, show: Show, city: City) -> DigestEvent:
    theater = show.hall.theater
    labels = list(event.labels.all())
    words: dict[str, object] = {
        "title": event.title,
        "theater": theater.name,
        "starts_at": show.starts_at.isoformat(),
        "time_zone": city.time_zone,
        "price": describe_amount(show.from_price, theater.currency) if show.from_price is not None else None,
        "labels": [label.name for label in labels],
        "url": settings.SITE_URL + event.get_absolute_url(),
    }
    return DigestEvent(event.pk, event.created_at, show.starts_at, frozenset(label.pk for label in labels), words)


def _tell_people(city: City, offers: list[DigestEvent], today: date, now: datetime) -> int:
    told = 0
    since = now - timedelta(days=settings.DIGEST_AFTER_DAYS)
    has_booked = Booking.objects.filter(customer=OuterRef("pk"), created_at__gt=since)
    for channel in (Channel.EMAIL, Channel.CHAT):
        people = with_home_city_in(people_who_want(KIND, channel), [city.pk]).filter(last_seen_at__lte=since)
        people = people.exclude(Exists(has_booked)).order_by("pk")
        last = 0
        while batch := list(people.filter(pk__gt=last)[:PEOPLE_BATCH]):
            last = batch[-1].pk
            told += _tell_batch(batch, channel, city, offers, today, now=now)
    return told


def _tell_batch(
    people: list[User], channel: Channel, city: City, offers: list[DigestEvent], today: date, *, now: datetime
) -> int:
    keys = {f"{KIND}:{person.pk}:{today}:{channel}": person for person in people}
    known = set(Notification.objects.filter(unique_key__in=keys).values_list("unique_key", flat=True))
    people = [person for key, person in keys.items() if key not in known]
    taste, seen = read_tastes(people)
    earlier = Notification.objects.filter(
        user__in=people, kind=KIND, channel=channel, created_at__gt=now - REPEAT_AFTER
    )
    for person_id, context in earlier.values_list("user_id", "context"):
        seen[person_id].update(context.get("event_ids", []))
    told = 0
    with transaction.atomic():
        for person in people:
            chosen = choose(offers, taste[person.pk], seen[person.pk], person.last_seen_at)
            if chosen:
                notify(
                    kind=KIND,
                    channel=channel,
                    recipient=person.contact_email if channel == Channel.EMAIL else f"person:{person.pk}",
                    user=person,
                    unique_key=f"{KIND}:{person.pk}:{today}:{channel}",
                    language=person.language,
                    context=_context(city, chosen, person.last_seen_at, name=person.name),
                )
                told += 1
    return told


def _tell_rooms(city: City, offers: list[DigestEvent], today: date, now: datetime) -> int:
    """Write to the city's chat rooms in the settings."""
    told = 0
    for name, room in settings.CHAT_ROOMS.items():
        if room.get("city") != city.slug:
            continue
        recipient = f"room:{name}"
        key = f"{KIND}:{recipient}:{today}"[:160]
        earlier = Notification.objects.filter(kind=KIND, recipient=recipient, created_at__gt=now - REPEAT_AFTER)
        rows = list(earlier.values_list("unique_key", "context"))
        seen = {event_id for _key, context in rows for event_id in context.get("event_ids", [])}
        chosen = choose(offers, Counter(), seen, now)
        if chosen and key not in {row_key for row_key, _context in rows}:
            notify(
                kind=KIND,
                channel=Channel.CHAT,
                recipient=recipient,
                unique_key=key,
                language=known_language(room.get("language", "")),
                context=_context(city, chosen, now, name=""),
            )
            told += 1
    return told


def read_tastes(people: Sequence[User]) -> tuple[dict[int, Counter[int]], dict[int, set[int]]]:
    """Return by person how much they like each label, and which events they have booked. Three queries."""
    taste: dict[int, Counter[int]] = defaultdict(Counter)
    seen: dict[int, set[int]] = defaultdict(set)
    tickets = Ticket.objects.issued().filter(booking__customer__in=people).order_by()
    for person_id, event_id in tickets.values_list("booking__customer_id", "show__event_id").distinct():
        seen[person_id or 0].add(event_id)
    reviews = list(Review.objects.filter(user__in=people).values_list("user_id", "event_id", "stars"))
    labels: dict[int, list[int]] = defaultdict(list)
    events = {event_id for booked in seen.values() for event_id in booked} | {row[1] for row in reviews}
    for event_id, label_id in Event.labels.through.objects.filter(event__in=events).values_list("event_id", "label_id"):
        labels[event_id].append(label_id)
    for person_id, booked in seen.items():
        for event_id in booked:
            taste[person_id].update(dict.fromkeys(labels[event_id], BOOKING_WEIGHT))
    for person_id, event_id, stars in reviews:
        taste[person_id].update(dict.fromkeys(labels[event_id], (stars - 3) * STAR_WEIGHT))
    return taste, seen


def choose(offers: Iterable[DigestEvent], taste: Counter[int], seen: set[int], since: datetime) -> list[DigestEvent]:
    """Return what to mention: nothing booked or mentioned before; new events first, then by taste, then the soonest."""

    def rank(offer: DigestEvent) -> tuple[bool, Decimal, datetime]:
        # The mean, so that many labels do not make an event more liked.
        liking = Decimal(sum(taste[label] for label in offer.labels)) / max(len(offer.labels), 1)
        return offer.created_at <= since, -liking, offer.starts_at

    return sorted((offer for offer in offers if offer.event_id not in seen), key=rank)[:MAX_EVENTS]


def _context(city: City, chosen: list[DigestEvent], since: datetime, *, name: str) -> dict[str, object]:
    return {
        "name": name,
        "city": city.name,
        "events": [{**offer.words, "is_new": offer.created_at > since} for offer in chosen],
        "event_ids": [offer.event_id for offer in chosen],
        "others": len(chosen) - 1,
        "more_url": f"{settings.SITE_URL}{reverse('events:list')}?city={city.slug}",
    }
