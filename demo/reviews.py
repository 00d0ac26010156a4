"""Reviews of events and theaters by demo customers who had a ticket."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from bookings.models import Ticket, TicketQuerySet
from demo.season import dice
from demo.titles import TITLES
from events.models import Event, Review, Show, TheaterReview
from events.reviews import refresh_rating, refresh_theater_rating
from theaters.models import Theater

MAX_REVIEWS_PER_EVENT = 34
_WORDS = {
    "film": (
        "A clean print, and loud enough at the back.",
        "The live music makes the difference.",
        "Row H in the middle is the right distance for this screen.",
        "The introduction before the film was short and useful.",
        "The seats are comfortable; the foyer is a bit small.",
        "We had not seen it on a big screen before.",
    ),
    "play": (
        "Surtitles are easy to read from the stalls and the circle.",
        "The interval comes at the right place.",
        "Good sight lines from the side blocks too.",
        "Long, but it does not feel so.",
        "We sat in the balcony and understood every word.",
        "The set is simple and used well.",
    ),
    "music": (
        "From the gallery one sees less, and hears everything.",
        "Friendly ushers; the bar in the interval is quick.",
        "The sound is balanced even at the sides.",
        "Our second visit this season.",
        "A good first evening for the children.",
        "The programme notes are worth reading beforehand.",
    ),
    "other": (
        "We did not know what to expect and would come again.",
        "Come early, the tables fill up.",
        "Short queue, warm room, good mood.",
        "Better on a Saturday than in the week.",
        "The host keeps it moving.",
    ),
}
_THEATER_WORDS = (
    "Easy to reach, and the cloakroom is quick.",
    "The foyer bar stays open after the curtain.",
    "Warm welcome; the seats in the last row are fine, too.",
    "Clear signs, and a lift that works.",
    "A little drafty by the door.",
)
MAX_REVIEWS_PER_THEATER = 12
_BY_KIND = {"film": "film", "play": "play", "opera": "music", "concert": "music", "dance": "music"}


def load_reviews(shows: Sequence[Show], now: datetime) -> int:
    """Add reviews by some customers who have seen one of these shows; return how many."""
    liking = {plan.slug: plan.liking for plan in TITLES}
    tickets = _read_visits(now).filter(show__in=[show.pk for show in shows if show.event.slug in liking])
    seen: dict[int, dict[int, datetime]] = defaultdict(dict)
    for event_id, user_id, ends_at in tickets.values_list("show__event", "booking__customer", "show__ends_at"):
        seen[event_id].setdefault(user_id, ends_at)
    reviews: list[Review] = []
    for event in Event.objects.filter(pk__in=seen):
        have = set(event.reviews.values_list("user_id", flat=True))
        chance = dice("reviews", event.slug, len(have))
        words = _WORDS[_BY_KIND.get(event.kind, "other")]
        people = [user_id for user_id in seen[event.pk] if user_id not in have]
        room = max(0, MAX_REVIEWS_PER_EVENT - len(have))
        for user_id in chance.sample(people, min(len(people) // 3, room)):
            stars = min(5, max(1, round(chance.gauss(liking[event.slug], 0.8))))
            reviews.append(
                Review(
                    event=event,
                    user_id=user_id,
                    stars=stars,
                    text=chance.choice(words) if chance.random() < 0.55 else "",  # noqa: PLR2004
                    created_at=min(now, seen[event.pk][user_id] + timedelta(hours=chance.uniform(1, 40))),
                )
            )
    Review.objects.bulk_create(reviews)
    for event_id in {review.event_id for review in reviews}:
        refresh_rating(event_id)
    return len(reviews)


def load_theater_reviews(now: datetime) -> int:
    """Let some who were there rate each theater that nobody has rated yet; return how many."""
    visitors: dict[int, dict[int, datetime]] = defaultdict(dict)
    unrated = _read_visits(now).filter(booking__theater__reviews=None)
    for theater_id, user_id, ends_at in unrated.values_list("booking__theater", "booking__customer", "show__ends_at"):
        visitors[theater_id].setdefault(user_id, ends_at)
    reviews = []
    for theater in Theater.objects.filter(pk__in=visitors).order_by("slug"):
        chance = dice("theater reviews", theater.slug)
        people = sorted(visitors[theater.pk])
        reviews += [
            TheaterReview(
                theater=theater,
                user_id=user_id,
                stars=min(5, max(1, round(chance.gauss(4.2, 0.8)))),
                text=chance.choice(_THEATER_WORDS) if chance.random() < 0.5 else "",  # noqa: PLR2004
                created_at=min(now, visitors[theater.pk][user_id] + timedelta(hours=chance.uniform(1, 40))),
            )
            for user_id in chance.sample(people, min(len(people) // 3, MAX_REVIEWS_PER_THEATER))
        ]
    TheaterReview.objects.bulk_create(reviews)
    for theater_id in {review.theater_id for review in reviews}:
        refresh_theater_rating(theater_id)
    return len(reviews)


def _read_visits(now: datetime) -> TicketQuerySet:
    """Return what demo customers had for shows that are over, the first show first."""
    return (
        Ticket.objects.issued()
        .filter(
            show__ends_at__lte=now,
            booking__customer__email__startswith="customer-",
            booking__state="confirmed",
        )
        .exclude(show__state="canceled")
        .order_by("show__starts_at", "pk")
    )
