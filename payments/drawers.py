"""A drawer of the box office: its float, what goes in and out, and its count.

Cash is booked by `confirm_payment` and `hand_out_refund` in the transaction that moves the money, under
the lock of the drawer. Closing takes the same lock: a sale is in the count, or it is refused.
"""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from lib.money import format_money, round_money
from lib.refusals import Refusal
from payments.locking import lock_drawer
from payments.models import Drawer, DrawerEntry, Payment, Till
from theaters.models import Theater


class DrawerError(Refusal):
    """Nothing was changed, and no cash has moved."""


class NoOpenDrawer(DrawerError):
    message = _("Cash needs an open drawer of your own at this theater. Open one first.")


class DrawerClosed(DrawerError):
    message = _("This drawer is closed and no longer changes.")


class DrawerShort(DrawerError):
    message = _("There is not that much cash in this drawer.")


class AmountRefused(DrawerError):
    message = _("This is not a valid amount in the drawer's currency.")


class CountDiffers(DrawerError):
    """The count is not what the entries add up to, and no explanation was given."""

    message = _("The count differs from what is expected. Count again, or explain the difference.")

    def __init__(self, expected: Decimal, counted: Decimal) -> None:
        super().__init__()
        self.expected = expected
        self.counted = counted


def find_open_drawer(person: User, theater_id: int) -> Drawer | None:
    """Return the person's own open drawer. One query."""
    return (
        Drawer.objects.select_related("theater__city", "person")
        .filter(person=person, theater=theater_id, closed_at__isnull=True)
        .first()
    )


def open_drawer(*, theater: Theater, person: User, opening_float: Decimal, till: Till | None = None) -> Drawer:
    """Open a drawer with the cash that is in it, in the theater's currency, at one of its tills.

    Called again, it returns the one that is already open. Raises `AmountRefused`.
    """
    amount = _check_amount(opening_float, theater.currency, least=Decimal(0))
    try:
        with transaction.atomic():
            drawer = Drawer.objects.create(
                theater=theater, person=person, till=till, currency=theater.currency, opening_float=amount
            )
            record(
                by=person,
                action=Action.OPEN_DRAWER,
                on=drawer,
                theater_id=theater.pk,
                after={"opening_float": str(amount), "currency": theater.currency},
            )
    except IntegrityError:
        found = find_open_drawer(person, theater.pk)
        if found is None:
            raise
        return found
    return drawer


def move_cash(*, drawer: Drawer, kind: str, amount: Decimal, reason: str, by: User, key: UUID) -> DrawerEntry:
    """Pay cash in (`PAY_IN`) or out (`PAY_OUT`) for a reason other than tickets; the same `key` does it once.

    Raises `DrawerClosed`, `DrawerShort`, `AmountRefused`.
    """
    if kind not in (DrawerEntry.Kind.PAY_IN, DrawerEntry.Kind.PAY_OUT):
        raise ValueError(kind)
    amount = _check_amount(amount, drawer.currency)
    with transaction.atomic():
        drawer = lock_open_drawer(drawer.pk)
        earlier = DrawerEntry.objects.filter(key=key).first()
        if earlier is not None:
            return earlier
        if kind == DrawerEntry.Kind.PAY_OUT and amount > expected_cash(drawer):
            raise DrawerShort
        entry = DrawerEntry.objects.create(
            drawer=drawer, kind=kind, amount=amount, reason=reason.strip()[:300], by=by, key=key
        )
        record(
            by=by,
            action=Action.PAY_INTO_DRAWER if kind == DrawerEntry.Kind.PAY_IN else Action.PAY_OUT_OF_DRAWER,
            on=drawer,
            theater_id=drawer.theater_id,
            after={"amount": str(amount), "currency": drawer.currency},
            reason=reason[:300],
        )
    return entry


def record_kick(*, drawer: Drawer, by: User) -> None:
    """Record that an open drawer was opened without a sale. Raises `DrawerClosed`."""
    with transaction.atomic():
        drawer = lock_open_drawer(drawer.pk)
        record(by=by, action=Action.KICK_DRAWER, on=drawer, theater_id=drawer.theater_id)


def book_cash(payment: Payment, by: User | None) -> DrawerEntry:
    """Book the cash of a payment in its taker's drawer, in the caller's transaction and under its booking's lock.

    Raises `NoOpenDrawer`.
    """
    person = by or payment.made_by
    theater_id = payment.booking.theater_id
    drawer = find_open_drawer(person, theater_id) if person else None
    if drawer is None or person is None:
        raise NoOpenDrawer
    try:
        drawer = lock_open_drawer(drawer.pk)
    except DrawerClosed:
        raise NoOpenDrawer from None
    return DrawerEntry.objects.create(
        drawer=drawer,
        kind=DrawerEntry.Kind.SALE,
        amount=payment.amount,
        payment=payment,
        by=person,
        at=payment.captured_at or timezone.now(),
    )


def close_drawer(
    *,
    drawer: Drawer,
    counted: Decimal,
    by: User,
    explanation: str = "",
    expected: Decimal | None = None,
    denominations: Mapping[str, int] | None = None,
) -> Drawer:
    """Close a drawer with what was counted in it. A closed one is returned as it is.

    A count that differs goes into the audit log and raises `CountDiffers` with the expected amount. Called
    again with an `explanation` and that amount as `expected`, it is accepted, unless cash has moved in
    between. Raises `AmountRefused`.
    """
    counted = _check_amount(counted, drawer.currency, least=Decimal(0))
    with transaction.atomic():
        drawer = lock_drawer(drawer.pk)
        if not drawer.is_open:
            return drawer
        due = expected_cash(drawer)
        is_settled = counted == due or (explanation.strip() and expected == due)
        if is_settled:
            drawer.closed_at = timezone.now()
            drawer.closed_by = by
            drawer.expected, drawer.counted = due, counted
            drawer.denominations = dict(denominations or {})
            drawer.explanation = explanation.strip()[:300] if counted != due else ""
            drawer.save(update_fields=["closed_at", "closed_by", "expected", "counted", "denominations", "explanation"])
        record(
            by=by,
            action=Action.CLOSE_DRAWER if is_settled else Action.COUNT_DRAWER,
            on=drawer,
            theater_id=drawer.theater_id,
            after={"expected": str(due), "counted": str(counted), "currency": drawer.currency},
            reason=explanation.strip()[:300],
        )
    if not is_settled:
        raise CountDiffers(due, counted)
    return drawer


def expected_cash(drawer: Drawer) -> Decimal:
    """Return how much must be in the drawer by its entries. One query."""
    # Added up here because SQLite adds in binary.
    entries = drawer.entries.order_by().only("kind", "amount")
    return round_money(sum((entry.change for entry in entries), drawer.opening_float), drawer.currency)


def describe_difference(expected: Decimal, counted: Decimal, currency: str) -> str:
    """Return in words how far a count is off."""
    if counted == expected:
        return str(_("It balances."))
    words = _("%s too much.") if counted > expected else _("%s missing.")
    return str(words) % format_money(abs(counted - expected), currency)


def lock_open_drawer(drawer_id: int) -> Drawer:
    """Lock a drawer and return it as it is now. Raises `DrawerClosed`."""
    drawer = lock_drawer(drawer_id)
    if not drawer.is_open:
        raise DrawerClosed
    return drawer


def _check_amount(amount: Decimal, currency: str, *, least: Decimal | None = None) -> Decimal:
    if not amount.is_finite() or round_money(amount, currency) != amount:
        raise AmountRefused
    if amount < least if least is not None else amount <= 0:
        raise AmountRefused
    return amount
