"""Where a person is at home: the city of their profile, or else that of their latest booking."""

from collections.abc import Collection
from typing import Any, cast

from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from bookings.models import Booking


def living_in(people: QuerySet[User], cities: Collection[int]) -> QuerySet[User]:
    """Keep those who are at home in one of these cities, by pk. Lazy, no query."""
    return cast(QuerySet[User], _with_home(people).filter(home_city__in=cities))


def at_home_nowhere(people: QuerySet[User]) -> QuerySet[User]:
    """Keep those of whom nobody knows a city. Lazy, no query."""
    return cast(QuerySet[User], _with_home(people).filter(home_city=None))


def _with_home(people: QuerySet[User]) -> Any:
    latest = Booking.objects.filter(customer=OuterRef("pk")).order_by("-created_at", "-pk")
    return people.annotate(
        home_city=Coalesce(
            "preferred_city_id",
            Subquery(latest.values("show__hall__theater__city_id")[:1]),
            output_field=BigIntegerField(),
        )
    )
