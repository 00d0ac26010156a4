"""What this app keeps about people; see `accounts/privacy.py`."""

from django.db.models import Q, QuerySet

from accounts.privacy import Holding, Person
from follows.models import Follow, Follower


def _followers(person: Person) -> QuerySet[Follower]:
    return Follower.objects.filter(Q(user=person.user) | Q(email__in=person.addresses))


HOLDINGS = [
    # Deleted before the followers that they belong to.
    Holding(
        Follow,
        lambda person: Follow.objects.filter(follower__in=_followers(person)),
        section="follows",
        tells={
            "event": "event__title",
            "theater": "theater__name",
            "label": "label__name",
            "show": "show__code",
            "person": "person_name",
            "city": "city__name",
            "people": "party_size",
            "at_most": "max_price",
            "where": "category",
            "since": "created_at",
        },
        is_deleted=True,
    ),
    Holding(
        Follower,
        _followers,
        section="follower",
        personal=("email",),
        tells={"language": "language", "since": "created_at"},
        is_deleted=True,
    ),
]

NOT_PERSONAL = {
    # Of cast and credits, as published.
    "follows.Follow": ["person", "person_name", "category"],
    "follows.Follower": ["language"],
}
