"""Prices a show, puts it on sale and takes it off. Callers check first that `by` may (`theaters/access.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from events.errors import InThePast, InvalidPrices, NotReadyForSale
from events.locking import claim_show
from events.models import Price, Review, Show, ShowArea, TicketType
from events.price_ranges import refresh_price_ranges
from events.reviews import refresh_rating
from events.selectors import forget_catalogue
from lib.amounts import MAX_AMOUNT
from lib.money import format_money, round_charge
from theaters.models import Area, Seat, SeatCategory

PriceKey = tuple[int, int]


def set_prices(*, show: Show, prices: Mapping[PriceKey, Decimal], by: User | None) -> None:
    """Make `prices`, by (category pk, ticket type pk), all the prices of the show.

    A pair that is left out is not sold. Amounts are in the theater's currency. Tickets and holds keep
    what they were quoted. Raises `InvalidPrices` with every problem, and then nothing has changed; a
    show on sale keeps at least one price in each category.
    """
    with transaction.atomic():
        show = claim_show(show, Show.State.DRAFT, Show.State.ON_SALE)
        _check_prices(show, prices)
        before = _describe_prices(show)
        gone = [
            pk
            for pk, *pair in show.prices.values_list("pk", "category_id", "ticket_type_id")
            if tuple(pair) not in prices
        ]
        Price.objects.filter(pk__in=gone).delete()
        Price.objects.bulk_create(
            [
                Price(show=show, category_id=category_id, ticket_type_id=ticket_type_id, amount=amount)
                for (category_id, ticket_type_id), amount in sorted(prices.items())
            ],
            update_conflicts=True,
            unique_fields=["show", "category", "ticket_type"],
            update_fields=["amount"],
        )
        refresh_price_ranges([show.pk])
        after = _describe_prices(show)
        if after != before:
            audit.record(
                by=by,
                action="set prices",
                on=show,
                theater_id=show.hall.theater_id,
                before=before,
                after=after,
            )
            forget_catalogue()


def open_sales(*, show: Show, by: User | None) -> Show:
    """Put a draft on sale, with a counter for each standing area; harmless when it is on sale already.

    Raises `NotReadyForSale` with all that is missing, or `WrongShowState` for a show that is over.
    """
    with transaction.atomic():
        show = claim_show(show, Show.State.DRAFT, Show.State.ON_SALE)
        if show.state == Show.State.ON_SALE:
            return show
        if missing := find_missing(show, timezone.now()):
            raise NotReadyForSale(missing)
        ShowArea.objects.bulk_create(
            [ShowArea(show=show, area=area, capacity=area.capacity) for area in show.seat_map.areas.all()],
            ignore_conflicts=True,
        )
        Show.objects.filter(pk=show.pk).update(state=Show.State.ON_SALE)
        show.state = Show.State.ON_SALE
        audit.record(by=by, action="open sales", on=show, theater_id=show.hall.theater_id)
        forget_catalogue()
    return show


def close_sales(*, show: Show, by: User | None) -> Show:
    """Stop selling a show now; bookings and holds stand. Harmless when its sale is closed already."""
    with transaction.atomic():
        show = claim_show(show, Show.State.ON_SALE)
        now = timezone.now()
        if show.sales_end_at > now:
            show.sales_stopped_at = now
            Show.objects.filter(pk=show.pk).update(sales_stopped_at=now)
            audit.record(by=by, action="close sales", on=show, theater_id=show.hall.theater_id)
            forget_catalogue()
    return show


def reopen_sales(*, show: Show, by: User | None) -> Show:
    """Sell a show again whose sale was closed: until it was to close before, else until the start.

    Harmless when it is being sold. Raises `WrongShowState`, and `InThePast` for one that has begun.
    """
    with transaction.atomic():
        show = claim_show(show, Show.State.ON_SALE)
        now = timezone.now()
        if show.sales_end_at > now:
            return show
        if show.starts_at <= now:
            raise InThePast
        before, show.sales_close_at = show.sales_close_at, find_former_close(show, now)
        show.sales_stopped_at = None
        Show.objects.filter(pk=show.pk).update(sales_stopped_at=None, sales_close_at=show.sales_close_at)
        audit.record(
            by=by,
            action="reopen sales",
            on=show,
            theater_id=show.hall.theater_id,
            before={"sales_close_at": before.isoformat() if before else None},
            after={"sales_close_at": show.sales_close_at.isoformat() if show.sales_close_at else None},
        )
        forget_catalogue()
    return show


def find_former_close(show: Show, now: datetime) -> datetime | None:
    """Return when a sale that is resumed closes: as it was to, or None for at the start where that is over. Pure."""
    former = show.sales_close_at
    return former if former and now < former < show.starts_at else None


def end_past_shows(now: datetime) -> int:
    """Mark shows that are over as ended, and return how many; run every few minutes."""
    return Show.objects.filter(state=Show.State.ON_SALE, ends_at__lte=now).update(state=Show.State.ENDED)


def set_review_state(*, review: Review, state: Review.State, by: User) -> bool:
    """Hide a review or show it again, and say whether that changed anything."""
    with transaction.atomic():
        if not Review.objects.filter(pk=review.pk).exclude(state=state).update(state=state):
            return False
        before, review.state = review.state, state
        refresh_rating(review.event_id)
        audit.record(
            by=by,
            action="hide review" if state == Review.State.HIDDEN else "publish review",
            on=review,
            theater_id=review.event.theater_id,
            before={"state": before},
            after={"state": state},
        )
        forget_catalogue()
    return True


def find_missing(show: Show, now: datetime, *, unpriced: Iterable[SeatCategory] | None = None) -> list[str | Promise]:
    """Return a sentence for each thing that a sale of this show needs and that is not there.

    `unpriced` are its categories without a price, where the caller knows them.
    """
    if unpriced is None:
        unpriced = used_categories(show.seat_map_id).exclude(pk__in=show.prices.values("category"))
    missing: list[str | Promise] = []
    if not show.event.is_published:
        missing.append(_("The event “%(title)s” is not published.") % {"title": show.event.title})
    if not show.hall.theater.is_published:
        missing.append(_("The theater “%(name)s” is not published.") % {"name": show.hall.theater.name})
    if show.starts_at <= now:
        missing.append(_("The show has begun already."))
    missing += [_("The category “%(name)s” has no price.") % {"name": category.name} for category in unpriced]
    return missing


def used_categories(seat_map_id: int) -> QuerySet[SeatCategory]:
    """Return the categories of a map that have a place."""
    has_place = Exists(Seat.objects.filter(category=OuterRef("pk"))) | Exists(
        Area.objects.filter(category=OuterRef("pk"))
    )
    return SeatCategory.objects.filter(has_place, seat_map=seat_map_id)


def _check_prices(show: Show, prices: Mapping[PriceKey, Decimal]) -> None:
    currency = show.hall.theater.currency
    categories = {category.pk: category for category in SeatCategory.objects.filter(seat_map=show.seat_map_id)}
    ticket_types = {one.pk: one for one in TicketType.objects.filter(theater=show.hall.theater_id)}
    problems: list[str | Promise] = []
    for (category_id, ticket_type_id), amount in prices.items():
        if category_id not in categories or ticket_type_id not in ticket_types:
            problems.append(_("A price names a category or ticket type that this show does not have."))
            continue
        place = f"{categories[category_id].name}, {ticket_types[ticket_type_id].name}"
        problems += find_wrong_amount(place, amount, currency)
    if show.state == Show.State.ON_SALE:
        priced = {category_id for category_id, _ticket_type_id in prices}
        problems += [
            _("The category “%(name)s” is on sale and needs a price.") % {"name": category.name}
            for category in used_categories(show.seat_map_id).exclude(pk__in=priced)
        ]
    if problems:
        raise InvalidPrices(problems)


def check_amounts(amounts: Mapping[str, Decimal], currency: str) -> None:
    """Raise `InvalidPrices` with every amount, named by its place, that is none in this currency."""
    problems = [problem for place, amount in amounts.items() for problem in find_wrong_amount(place, amount, currency)]
    if problems:
        raise InvalidPrices(problems)


def find_wrong_amount(place: str, amount: Decimal, currency: str) -> list[str | Promise]:
    """Say what is wrong with a price at `place` of the grid; nothing for one that this currency has."""
    if not amount.is_finite() or not 0 <= amount <= MAX_AMOUNT:
        return [_("%(place)s: the price must be zero or more.") % {"place": place}]
    if round_charge(amount, currency) == amount:
        return []
    example = format_money(round_charge(amount, currency), currency)
    return [
        _("%(place)s: %(currency)s has no such small coins; did you mean %(example)s?")
        % {"place": place, "currency": currency, "example": example}
    ]


def _describe_prices(show: Show) -> dict[str, str]:
    rows = show.prices.order_by("category__rank", "ticket_type__order", "pk")
    return {
        f"{category}, {ticket_type}": f"{amount.normalize():f}"
        for category, ticket_type, amount in rows.values_list("category__name", "ticket_type__name", "amount")
    }
