"""Tell people of seats that they wait for: cheaper ones, or in a better category, side by side for their party.

Unlike the waiting list, nothing is held, and the show need not be full: everyone who waits for such seats is told of
them once, and the first to book has them. Seats come free, prices are lowered: a job looks each minute at the shows of
which anything has changed.
"""

from __future__ import annotations

from django.core.cache import cache
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from bookings.seating.page import SeatPage, read_seat_page
from events.models import Show
from follows.following import Terms
from follows.messages import draft_seats
from follows.models import Follow
from notifications.services import notify_many
from waiting_list.offers import WaitingWish, find_places

# How many people are told of seats of one show at once, the first to ask first. Others are told a minute later.
SEAT_BATCH = 50
# For how long a show is not looked at again unless anything changes.
UNCHANGED_SECONDS = 3600


def find_awaited_shows() -> list[int]:
    """Return the shows of which people wait for seats. One statement."""
    now = timezone.now()
    waiting = Follow.objects.filter(party_size__isnull=False, told_of_seats_at=None, show__starts_at__gt=now)
    waiting = waiting.filter(Q(show__sales_open_at=None) | Q(show__sales_open_at__lte=now))
    return list(waiting.order_by("show").values_list("show", flat=True).distinct())


def tell_of_seats() -> int:
    """Tell those who wait of seats that are free now; return how many. Repeatable."""
    return sum(_tell_of(pk) for pk in find_awaited_shows())


def _tell_of(show_id: int) -> int:
    show = Show.objects.public().select_related("event", "hall__theater__city").filter(pk=show_id).first()
    if show is None or not show.is_on_sale(timezone.now()):
        return 0
    page = read_seat_page(show)
    waiting = Follow.objects.filter(show=show, party_size__isnull=False, told_of_seats_at=None)
    latest = waiting.aggregate(latest=Max("follower__changed_at"))["latest"]
    seen, key = f"{page.availability.version}:{page.plan.digest}:{latest}", f"follows:seats:{show_id}"
    if cache.get(key) == seen:
        return 0
    with transaction.atomic():
        rows = waiting.select_related("follower__user", "event", "theater", "label").order_by("created_at", "pk")
        found = [
            one for one in rows.select_for_update(skip_locked=True, of=("self",)) if has_seats(page, Terms.of(one))
        ]
        told = found[:SEAT_BATCH]
        notify_many([message for one in told if (message := draft_seats(one, show))])
        Follow.objects.filter(pk__in=[one.pk for one in told]).update(told_of_seats_at=timezone.now())
    if len(found) == len(told):
        cache.set(key, seen, UNCHANGED_SECONDS)
    return len(told)


def has_seats(page: SeatPage, terms: Terms) -> bool:
    """Return True if places that meet the wish are free, by what the page shows. Statements as `find_places`."""
    wanted = frozenset(
        category.id
        for category in page.categories
        if category.price is not None
        and terms.category in ("", category.name)
        and (terms.max_price is None or category.price.amount <= terms.max_price)
    )
    if not wanted or terms.party_size is None:
        return False
    return find_places(page.show, WaitingWish(terms.party_size, wanted), page.availability) is not None
