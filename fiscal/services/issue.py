"""Issue receipts, numbered without gaps, each exactly once.

At the counter a receipt is issued in the transaction that takes or gives the money, as its last step. An online sale
takes no lock that others wait for: a job issues its receipt within a minute, in order, and whoever opens it sooner
has it issued at once. Numbers follow the order of issue; a receipt says when the money moved, too.

A number is taken under the lock of its series and in the transaction of its receipt, so a number without a receipt
can't be: both are committed, or neither. A movement that has its receipt never gets another, by unique constraint.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, override

from bookings.models import Booking
from fiscal.lines import deposit_line, lines_of_exchange, lines_of_refund, lines_of_sale
from fiscal.locking import lock_series
from fiscal.models import Receipt, ReceiptLine, ReceiptSeries, ReceiptSettings
from fiscal.movements import Movement, find_missing, find_missing_of, of_drawer, of_entry, of_payment
from fiscal.services.sign import promise_signature
from lib.turns import Turn
from payments.models import Drawer, DrawerEntry, Payment, Till
from theaters.models import Theater

log = structlog.get_logger(__name__)

Kind = Receipt.Kind
# Each movement is issued in a transaction of its own, so this only bounds what is read at once.
MISSING_BATCH = 200
# How far back the job looks; exports of a period issue what is missing in it, however old.
LOOK_BACK = timedelta(days=35)
# Less than the minute between two runs. A receipt takes 10 ms of a processor, and 29 ms with its commit on SQLite.
ISSUE_SECONDS = 45


def issue_missing(theater: Theater, *, since: datetime | None = None, turn: Turn | None = None) -> int:
    """Issue the receipts of a theater's movements that have none; return how many. Harmless when repeated.

    One that can't be issued is logged and passed over; the next run tries it again.
    """
    since = since or timezone.now() - LOOK_BACK
    turn, issued = turn or Turn(ISSUE_SECONDS), 0
    while turn.go_on() and (missing := find_missing(theater, since, limit=MISSING_BATCH)):
        before = issued
        for movement in missing:
            if not turn.go_on():
                break
            try:
                with transaction.atomic():
                    issued += len(issue([movement]))
            except IntegrityError:
                log.exception("receipt_not_issued", theater=theater.slug, movement=movement.kind)
        if issued == before:
            break
    return issued


def issue_all_missing() -> int:
    """Issue what is missing in all theaters; return how many. What takes too long goes on at the next run.

    In no order, so that none waits for the others each time.
    """
    turn = Turn(ISSUE_SECONDS)
    theaters = Theater.objects.select_related("city").order_by("?")
    return sum(issue_missing(theater, turn=turn) for theater in theaters)


def issue_for_booking(booking: Booking) -> None:
    """Issue the receipts of a booking that are missing. Harmless when repeated."""
    with transaction.atomic():
        issue(list(find_missing_of(booking)))


def issue_for_payment(payment: Payment) -> None:
    """Issue the receipt of money taken at the counter, last in the transaction that takes it."""
    issue([of_payment(payment)])


def issue_for_drawer(source: DrawerEntry | Drawer) -> None:
    """Issue the receipt of cash paid in or out, or of a difference, last in the transaction that records it."""
    if isinstance(source, DrawerEntry):
        issue([of_entry(source)])
    elif source.difference:
        issue([of_drawer(source)])


def issue(movements: Sequence[Movement]) -> list[Receipt]:
    """Issue a receipt for each movement that has none yet, in order, in the caller's transaction.

    Takes the locks of their series. What goes back or is exchanged waits for what its booking paid before: that is
    issued first.
    """
    movements = [before for one in movements for before in _with_earlier(one)]
    if not movements:
        return []
    year = {one.theater.pk: timezone.localtime(timezone.now(), one.theater.tz).year for one in movements}
    wanted = [_find_series(one, year[one.theater.pk]) for one in movements]
    locked = lock_series(wanted)
    issued = []
    for movement, series_id in zip(movements, wanted, strict=True):
        if not Receipt.objects.filter(**movement.key).exists():
            issued.append(_issue(movement, locked[series_id]))
    return issued


def _with_earlier(movement: Movement) -> Iterable[Movement]:
    if movement.booking is None or movement.kind in (Kind.SALE, Kind.SURPLUS):
        return [movement]
    return find_missing_of(movement.booking)


def _issue(movement: Movement, series: ReceiptSeries) -> Receipt:
    first = _find_first(movement)
    locale = movement.booking.locale if movement.booking else None
    with override(locale) if locale else override("en"):
        lines = _make_lines(movement, first)
        content = describe(movement, lines)
    series.last_number += 1
    series.save(update_fields=["last_number"])
    # Money that bought nothing at first is on its own receipt.
    was_received = movement.kind == Kind.SALE and first is not None
    receipt = Receipt.objects.create(
        series=series,
        number=series.last_number,
        code=series.write_number(series.last_number),
        theater=movement.theater,
        till=movement.till,
        kind=movement.kind,
        corrects=first,
        booking=movement.booking,
        payment=movement.payment,
        refund=movement.refund,
        exchange=movement.exchange,
        drawer_entry=movement.drawer_entry,
        drawer=movement.drawer,
        control=movement.control,
        currency=movement.currency,
        total=sum((line.gross for line in lines), start=0 * movement.total),
        line_count=len(lines),
        means="" if was_received or not movement.total else movement.means,
        content=content,
        moved_at=timezone.now() if was_received else movement.moved_at,
        issued_at=timezone.now(),
        by=movement.by,
    )
    for position, line in enumerate(lines, start=1):
        line.receipt, line.position = receipt, position
    ReceiptLine.objects.bulk_create(lines)
    if movement.is_at_counter:
        promise_signature(receipt)
    return receipt


def _make_lines(movement: Movement, first: Receipt | None) -> list[ReceiptLine]:
    total = movement.total
    if movement.kind == Kind.SALE and movement.payment is not None:
        lines = lines_of_sale(movement.payment)
        if first is not None:
            lines, total = [*lines, deposit_line(-total)], 0 * total
    elif movement.kind == Kind.EXCHANGE and movement.exchange is not None:
        lines = lines_of_exchange(movement.exchange)
    elif movement.refund is not None:
        lines = lines_of_refund(movement.refund, is_reversal=movement.kind == Kind.REVERSAL)
    elif movement.kind == Kind.DIFFERENCE and movement.drawer is not None:
        words = movement.drawer.explanation or gettext("Difference of a drawer")
        lines = [ReceiptLine(kind=ReceiptLine.Kind.DIFFERENCE, gross=total, text=words)]
    elif movement.drawer_entry is not None:
        lines = [ReceiptLine(kind=ReceiptLine.Kind.CASH, gross=total, text=movement.drawer_entry.reason)]
    else:
        lines = []
    # What is for no ticket: a surplus, or what a bank took beyond what was paid.
    rest = total - sum((line.gross for line in lines), start=0 * total)
    return [*lines, deposit_line(rest)] if rest else lines


def _find_first(movement: Movement) -> Receipt | None:
    """Return the receipt that this one corrects."""
    if movement.kind == Kind.SALE:
        return Receipt.objects.filter(payment=movement.payment, kind=Kind.SURPLUS).first()
    if movement.refund is None:
        return None
    if movement.kind == Kind.REVERSAL:
        return Receipt.objects.get(refund=movement.refund, kind=Kind.REFUND)
    return Receipt.objects.filter(payment=movement.refund.payment_id).latest("pk")


def describe(movement: Movement, lines: Iterable[ReceiptLine]) -> dict[str, Any]:
    """Return what the receipt says beside its lines, as it is now."""
    theater = movement.theater
    shows: dict[int, dict[str, Any]] = {}
    for position, line in enumerate(lines, start=1):
        if line.ticket is None or line.kind != ReceiptLine.Kind.ADMISSION:
            continue
        show = line.ticket.show
        group = shows.setdefault(
            show.pk,
            {
                "title": show.event.title,
                "starts_at": show.starts_at.isoformat(),
                "hall": show.hall.name,
                "lines": [],
            },
        )
        group["lines"].append(position)
    return {
        "theater": theater.name,
        "seller": _tell_seller(theater),
        "zone": theater.city.time_zone,
        "language": movement.booking.locale if movement.booking else "en",
        "shows": list(shows.values()),
        "reference": movement.payment.reference if movement.payment and movement.is_at_counter else "",
    }


def _tell_seller(theater: Theater) -> list[str]:
    """Return who sells by law and where; the theater's own address as long as nobody is named."""
    seller = theater.seller
    if seller is None:
        return [theater.place]
    return [seller.full_name, *seller.address_lines, *([seller.vat_number] if seller.vat_number else [])]


def _find_series(movement: Movement, year: int) -> int:
    """Return the series of a movement, which begins with its first receipt. Two to four queries."""
    chosen = ReceiptSettings.objects.filter(theater=movement.theater).first()
    if movement.is_at_counter:
        movement.till = movement.till or _find_till(movement)
        prefix = movement.till.prefix if movement.till else f"T{movement.theater.pk}"
    else:
        prefix = (chosen and chosen.online_prefix) or f"W{movement.theater.pk}"
    of_year = 0 if chosen and not chosen.restarts_yearly else year
    series, _is_new = ReceiptSeries.objects.get_or_create(theater=movement.theater, prefix=prefix, year=of_year)
    return series.pk


def _find_till(movement: Movement) -> Till | None:
    """Return the till of the drawer that the person had open; else the theater's first one."""
    at = movement.moved_at
    was_open = Q(closed_at=None) | Q(closed_at__gte=at)
    drawers = Drawer.objects.filter(was_open, theater=movement.theater, person=movement.by, opened_at__lte=at)
    drawer = drawers.exclude(till=None).select_related("till").first()
    return drawer.till if drawer else Till.objects.filter(theater=movement.theater, is_in_use=True).first()
