"""What this app keeps about people; see `accounts/privacy.py`."""

from django.db.models import QuerySet

from accounts.privacy import Holding, Person
from events.models import Review, TheaterReview
from events.reviews import refresh_rating, refresh_theater_rating


def _forget_reviews(person: Person, rows: QuerySet[Review]) -> None:
    events = list(rows.values_list("event_id", flat=True))
    rows.delete()
    for event_id in events:
        refresh_rating(event_id)


def _forget_theater_reviews(person: Person, rows: QuerySet[TheaterReview]) -> None:
    theaters = list(rows.values_list("theater_id", flat=True))
    rows.delete()
    for theater_id in theaters:
        refresh_theater_rating(theater_id)


HOLDINGS = [
    Holding(
        Review,
        lambda person: Review.objects.filter(user=person.user),
        section="reviews",
        personal=("text",),
        tells={"event": "event__title", "stars": "stars", "state": "state", "at": "created_at"},
        erase=_forget_reviews,
    ),
    Holding(
        TheaterReview,
        lambda person: TheaterReview.objects.filter(user=person.user),
        section="theater_reviews",
        personal=("text",),
        tells={"theater": "theater__name", "stars": "stars", "state": "state", "at": "created_at"},
        erase=_forget_theater_reviews,
    ),
]

NOT_PERSONAL = {
    "events.Label": ["name", "slug"],
    # Cast and credits, and their pictures, are what the theater announces.
    "events.Event": [
        "title",
        "sort_title",
        "slug",
        "tagline",
        "synopsis",
        "age_rating",
        "languages",
        "subtitles",
        "cast",
        "credits",
        "poster",
        "trailer_url",
    ],
    "events.EventPhoto": ["photo", "alt", "credit"],
    "events.Portrait": ["name", "photo", "credit"],
    "events.OwnSettings": ["languages"],
    "events.SearchWord": ["word"],
    "events.Show": ["code", "format", "language", "subtitles"],
    "events.ImportRun": ["file_name", "encoding", "language", "errors", "refusal", "content"],
    "events.ShowKey": ["key"],
    "events.TicketType": ["name", "who", "proof"],
    "events.PriceTemplate": ["name"],
    "events.TemplatePrice": ["category_name"],
    "events.FeeRule": ["name", "category_name"],
    "events.TimetableChange": ["shows", "before", "after"],
}
