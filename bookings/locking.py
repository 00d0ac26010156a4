"""Every row lock of the project, and the one order in which they are taken:

0. the waiting list of a show (`lock_waiting_list`), only when offers are made or its categories change,
1. a customer's tickets for a show (`lock_customer`),
2. bookings, by pk: those that are no longer holds before those that are, and so a booking whose tickets
   are exchanged before the hold that replaces them,
   then ticket types with a quota (`lock_quotas`), all that a transaction wants at once,
3. tickets, inserted or taken again by pk of their seat, then of their show,
4. places of areas, then uses of vouchers, each by pk (`tallies.py`),
5. drawers of the box office (`lock_drawer`), one in a transaction,
6. payments, then refunds: changed only under the lock of their booking; bank transfers that came, by pk,
7. series of receipts, by pk, then their signing device, last of all (`fiscal/locking.py`): at the counter, and in jobs
   that lock nothing else.

A show that moves with its tickets, to another hall or to another version of its seat map, is locked after its
bookings (`events.locking.lock_show_alone`), and the plan of its move (`ShowMove`) or the row of its update
(`UpdatedShow`) before everything else.

Tickets and payments need no locks of their own, since they change only under their booking's. A seat is
decided by the unique index `ticket_one_live_per_seat`, where the second insert waits for the first
transaction to end. Inserts in one order cannot wait for each other in a circle. For the same reason
the holds in the way are locked and freed before the first ticket is inserted.

SQLite has no row locks and needs none: transactions begin IMMEDIATE, so its writers take turns.

Read the clock after waiting for a lock.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from bookings.models import Booking, Ticket, Voucher
from events.models import Show
from lib.compiled import compiled
from payments.models import BankTransfer


def lock_waiting_list(show_id: int) -> None:
    """Make transactions that offer places of a show take turns, so that the line is kept. One query on PostgreSQL."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_key_of(f"waiting list {show_id}")])


def lock_customer(show_ids: Iterable[int], *names: str) -> None:
    """Make transactions that count one customer's tickets for a show take turns.

    `names` are all that they are counted by: e-mail addresses, and the key of a guest's network. Empty ones
    are ignored. One query on PostgreSQL.
    """
    if connection.vendor != "postgresql":
        return
    keys = sorted({_key_of(f"{show_id} {name}") for show_id in show_ids for name in set(names) - {""}})
    if keys:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [keys])


def lock_quotas(keys: Iterable[tuple[int, int]]) -> None:
    """Make transactions that want tickets of a type with a quota take turns, by pk of show and ticket type.

    One query on PostgreSQL.
    """
    pairs = sorted(keys)
    if pairs and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended('quota ' || show || ' ' || kind, 0)) "
                "FROM unnest(%s::bigint[], %s::bigint[]) AS pair(show, kind)",
                [[show for show, _kind in pairs], [kind for _show, kind in pairs]],
            )


def lock_customer_of(booking_id: int, *names: str) -> None:
    """Do the same for the customer of a booking and all of its shows, before it is locked itself.

    Two queries on PostgreSQL.
    """
    rows = _read_customer(booking_id)
    emails = {email or "" for _show_id, *both in rows for email in both}
    lock_customer({show_id for show_id, *_both in rows}, *names, *emails)


@compiled
def _read_customer(booking_id: int) -> QuerySet[Ticket, tuple[int, str, str | None]]:
    tickets = Ticket.objects.filter(booking=booking_id).order_by()
    return tickets.values_list("show_id", "booking__email", "booking__customer__email").distinct()


def _key_of(words: str) -> int:
    return int.from_bytes(blake2b(words.encode(), digest_size=8).digest(), "big", signed=True)


def lock_booking(booking_id: int) -> Booking:
    """Lock one booking and return its current row, with customer, theater and city, and the exchange that it holds for.

    `is_off_sale` says whether one of its held tickets is for a show that is not on sale. The booking exchanged has to
    be locked before.

    Raises `Booking.DoesNotExist`.
    """
    found = _lock_booking(booking_id)
    if not found:
        raise Booking.DoesNotExist
    return found[0]


@compiled
def _lock_booking(booking_id: int) -> QuerySet[Booking]:
    held = Ticket.objects.filter(booking=OuterRef("pk"), state=Ticket.State.HELD)
    return (
        Booking.objects.select_for_update(of=("self",), no_key=True)
        .annotate(is_off_sale=Exists(held.exclude(show__state=Show.State.ON_SALE)))  # type: ignore[no-redef]
        .select_related("customer", "theater__city", "exchange")
        .filter(pk=booking_id)
    )


def lock_holds(lapsed_ids: Iterable[int], now: datetime, *, own_id: int | None = None) -> list[Booking]:
    """Lock and return those of the holds that have lapsed, and the hold `own_id` if it is not that of an exchange.

    Any other that is missing from the result was confirmed, freed or extended in the meantime.
    """
    ids = {*lapsed_ids, own_id} if own_id else set(lapsed_ids)
    if not ids:
        return []
    holds = Booking.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids, state=Booking.State.HELD)
    return list(holds.filter(Q(expires_at__lte=now) | Q(pk=own_id, exchange=None)).order_by("pk"))


def lock_bookings_of_show(show_id: int, *, with_expired: bool = False) -> list[Booking]:
    """Lock and return every booking that has or holds places of a show, so that all can be moved.

    With `with_expired`, also those that had held some, which late money may take again.
    """
    bookings = Booking.objects.select_for_update(of=("self",), no_key=True).select_related("customer")
    tickets = Ticket.objects.filter(show=show_id).exclude(state=Ticket.State.CANCELED)
    if not with_expired:
        tickets = tickets.live()
    of_show = bookings.filter(pk__in=tickets.order_by().values("booking"))
    ended = [Booking.State.CONFIRMED, *([Booking.State.EXPIRED] if with_expired else [])]
    found = []
    for states in (ended, [Booking.State.HELD]):
        found += list(of_show.filter(state__in=states).order_by("pk"))
    return found


def lock_lapsed_holds(now: datetime, *, limit: int) -> list[Booking]:
    """Lock and return up to `limit` lapsed holds, skipping those that are locked already.

    It never waits, so it needs no order of its own and takes that of the index.
    """
    lapsed = Booking.objects.lapsed(now).select_for_update(no_key=True, skip_locked=True)
    return list(lapsed.order_by("expires_at")[:limit])


def lock_holds_of_show(show_id: int) -> list[Booking]:
    """Lock and return every hold of a show, reservations and house holds among them, in order of pk."""
    of_show = Ticket.objects.filter(show=show_id, state=Ticket.State.HELD).order_by().values("booking")
    holds = Booking.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=of_show, state=Booking.State.HELD
    )
    return list(holds.select_related("customer").order_by("pk"))


def lock_bank_transfers(**which: Any) -> list[BankTransfer]:
    """Lock and return the bank transfers that match; their booking, if it is known, is locked before. One query."""
    rows = BankTransfer.objects.select_for_update(of=("self",), no_key=True).filter(**which)
    return list(rows.select_related("theater__city", "payment").order_by("pk"))


def lock_voucher(voucher_id: int) -> Voucher:
    """Lock one voucher, so that transactions that count its uses take turns. Raises `Voucher.DoesNotExist`."""
    return Voucher.objects.select_for_update(no_key=True).get(pk=voucher_id)
