"""Puts a show on sale, stops and resumes its sale. Callers check first that `by` may (`theaters/access.py`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from events.catalogue import forget_catalogue
from events.errors import InThePast, NotReadyForSale
from events.locking import lock_show
from events.models import Show, ShowArea
from events.prices.grid import used_categories
from events.signals import sales_opened
from theaters.models import SeatCategory


def open_sales(*, show: Show, by: User | None) -> Show:
    """Put a draft on sale, with a counter for each standing area; harmless when it is on sale already.

    Raises `NotReadyForSale` with all that is missing, or `WrongShowState` for a show that is over.
    """
    with transaction.atomic():
        show = lock_show(show, Show.State.DRAFT, Show.State.ON_SALE)
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
        audit.record(by=by, action=Action.OPEN_SALES, on=show, theater_id=show.hall.theater_id)
        sales_opened.send(sender=None, shows=[show])
        forget_catalogue(changed=[show.event_id])
    return show


def close_sales(*, show: Show, by: User | None) -> Show:
    """Stop selling a show now; bookings and holds stay. Harmless when its sale is already closed."""
    with transaction.atomic():
        show = lock_show(show, Show.State.ON_SALE)
        now = timezone.now()
        if show.sales_end_at > now:
            show.sales_stopped_at = now
            Show.objects.filter(pk=show.pk).update(sales_stopped_at=now)
            audit.record(by=by, action=Action.CLOSE_SALES, on=show, theater_id=show.hall.theater_id)
            forget_catalogue()
    return show


def reopen_sales(*, show: Show, by: User | None) -> Show:
    """Resume selling a show: until its former closing time, otherwise until the start.

    Harmless when it is being sold. Raises `WrongShowState`, and `InThePast` for one that has begun.
    """
    with transaction.atomic():
        show = lock_show(show, Show.State.ON_SALE)
        now = timezone.now()
        if show.sales_end_at > now:
            return show
        if show.starts_at <= now:
            raise InThePast
        before, show.sales_close_at = show.sales_close_at, find_former_closing(show, now)
        show.sales_stopped_at = None
        Show.objects.filter(pk=show.pk).update(sales_stopped_at=None, sales_close_at=show.sales_close_at)
        audit.record(
            by=by,
            action=Action.REOPEN_SALES,
            on=show,
            theater_id=show.hall.theater_id,
            before={"sales_close_at": before.isoformat() if before else None},
            after={"sales_close_at": show.sales_close_at.isoformat() if show.sales_close_at else None},
        )
        forget_catalogue()
    return show


def find_former_closing(show: Show, now: datetime) -> datetime | None:
    """Return when a resumed sale closes: at its former time, or None (at the start) if that has passed. Pure."""
    former = show.sales_close_at
    return former if former and now < former < show.starts_at else None


def end_past_shows(now: datetime) -> int:
    """Mark shows that are over as ended, and return how many; run every few minutes."""
    return Show.objects.filter(state=Show.State.ON_SALE, ends_at__lte=now).update(state=Show.State.ENDED)


def find_missing(show: Show, now: datetime, *, unpriced: Iterable[SeatCategory] | None = None) -> list[str | Promise]:
    """Return a sentence for each thing that this show lacks to be sold.

    `unpriced` are its categories without a price, if the caller knows them.
    """
    if unpriced is None:
        unpriced = used_categories(show.seat_map_id).exclude(pk__in=show.prices.values("category"))
    missing: list[str | Promise] = []
    if not show.event.is_published:
        missing.append(gettext("The event “%(title)s” is not published.") % {"title": show.event.title})
    if not show.hall.theater.is_published:
        missing.append(gettext("The theater “%(name)s” is not published.") % {"name": show.hall.theater.name})
    if show.starts_at <= now:
        missing.append(gettext("The show has begun already."))
    missing += [gettext("The category “%(name)s” has no price.") % {"name": category.name} for category in unpriced]
    return missing
