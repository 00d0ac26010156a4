"""A person's home city: that of their profile, or else that of their latest booking."""

from collections.abc import Collection
from typing import Any, cast

from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from bookings.models import Booking


def with_home_city_in(people: QuerySet[User], cities: Collection[int]) -> QuerySet[User]:
    """Keep people whose home is one of these cities, by pk. Lazy."""
    return cast(QuerySet[User], _with_home(people).filter(home_city__in=cities))


def without_home_city(people: QuerySet[User]) -> QuerySet[User]:
    """Keep people without a known home city. Lazy."""
    return cast(QuerySet[User], _with_home(people).filter(home_city=None))


def _with_home(people: QuerySet[User]) -> Any:
    latest = Booking.objects.filter(customer=OuterRef("pk")).order_by("-created_at", "-pk")
    return people.annotate(
        home_city=Coalesce(
            "preferred_city_id",
            Subquery(latest.values("theater__city_id")[:1]),
            output_field=BigIntegerField(),
        )
    )
