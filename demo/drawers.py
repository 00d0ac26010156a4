"""The cash of past days: a theater's drawer of each day, opened, filled by its sales and counted."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from accounts.models import User
from lib.money import round_money
from payments.models import Drawer, DrawerEntry, Payment, Refund
from theaters.models import Theater

# The cash for change in a drawer, by currency.
OPENING_FLOATS = {"EUR": Decimal(150), "INR": Decimal(2000)}


def write_drawers(theater: Theater, seller: User, payments: Sequence[Payment], refunds: Sequence[Refund]) -> None:
    """Enter open cash payments and pending cash refunds into drawers, day by day."""
    dice = Random(f"drawers {theater.slug}")  # noqa: S311 (no secret)
    days: dict[date, list[DrawerEntry]] = defaultdict(list)
    for payment in payments:
        if payment.captured_at is not None:
            entry = DrawerEntry(kind=DrawerEntry.Kind.SALE, amount=payment.amount, payment=payment, by=seller)
            entry.at = payment.captured_at
            days[entry.at.astimezone(theater.tz).date()].append(entry)
    for refund in refunds:
        entry = DrawerEntry(kind=DrawerEntry.Kind.REFUND, amount=refund.amount, refund=refund, by=seller)
        entry.at = refund.settled_at or refund.created_at
        days[entry.at.astimezone(theater.tz).date()].append(entry)
    for _day, entries in sorted(days.items()):
        _write_day(theater, seller, entries, dice)


def _write_day(theater: Theater, seller: User, entries: list[DrawerEntry], dice: Random) -> None:
    entries.sort(key=lambda entry: entry.at)
    opening = OPENING_FLOATS.get(theater.currency, Decimal(200))
    given = sum((entry.amount for entry in entries if entry.kind == DrawerEntry.Kind.REFUND), Decimal(0))
    drawer = Drawer.objects.create(
        theater=theater,
        person=seller,
        currency=theater.currency,
        opening_float=round_money(opening + given, theater.currency),
        opened_at=entries[0].at - timedelta(minutes=15),
    )
    for entry in entries:
        entry.drawer = drawer
    DrawerEntry.objects.bulk_create(entries)
    Payment.objects.filter(drawer_entry__drawer=drawer).update(state=Payment.State.CAPTURED)
    Refund.objects.filter(drawer_entry__drawer=drawer).update(state=Refund.State.SUCCEEDED)
    drawer.expected = drawer.counted = drawer.opening_float + sum((entry.change for entry in entries), Decimal(0))
    if dice.random() < 0.2:  # noqa: PLR2004
        drawer.counted -= round_money(opening / 100, theater.currency)
        drawer.explanation = "Demo: a customer got too much change."
    drawer.closed_at, drawer.closed_by = entries[-1].at + timedelta(seconds=30), seller
    drawer.save()


def hold_back(payments: Sequence[Payment], refunds: Sequence[Refund]) -> tuple[list[Payment], list[Refund]]:
    """Make cash payments open and cash refunds pending again until they are in a drawer; return these."""
    cash = Payment.Gateway.CASH
    taken = [p for p in payments if p.gateway == cash and p.state == Payment.State.CAPTURED]
    given = [refund for refund in refunds if refund.payment.gateway == cash and refund.state == Refund.State.SUCCEEDED]
    for payment in taken:
        payment.state = Payment.State.STARTED
    for refund in given:
        refund.state = Refund.State.PENDING
    return taken, given
