"""Read what came to a theater's bank account, and book what is clear; the rest is settled by hand.

A transfer is booked by itself if it names one booking that waits for exactly this amount, alone or together with
what came before and was too little. Late money is booked, too: `confirm_payment` takes the places again if they are
free, and else returns it. Whatever is read or settled twice counts once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings import locking
from bookings.errors import ReasonMissing, WrongState
from bookings.models import Booking
from bookings.services.confirm import confirm_payment
from bookings.services.transfer import NoBankAccount, begin_payment, find_missing
from lib.refusals import Refusal
from lib.tables import day_order
from payments.models import BankAccount, BankFile, BankTransfer, ExportMapping, Payment
from payments.reconciliation import ExportLine, ExportUnreadable, read_export
from payments.reconciliation.mapping import LineKind
from payments.transfers import find_codes
from theaters.models import Theater

State, Problem = BankTransfer.State, BankTransfer.Problem
# Rows written or looked up in one statement: SQLite takes 1,000 values.
WRITE_BATCH = 50


class TooLittle(Refusal):
    message = _("That is less than was asked for. Wait for the rest, or give it back.")


class NoSuchBooking(Refusal):
    message = _("No booking of this theater with this code was asked for a bank transfer.")


def import_bank_file(*, theater: Theater, file_name: str, content: bytes, by: User) -> BankFile:
    """Read a file of the theater's bank, keep what came, and book what is clear.

    Transfers that an earlier file had are only counted. Call it outside a transaction: each transfer is booked in
    one of its own, and what a crash leaves is booked with the next file. Raises `NoBankAccount`, `ExportUnreadable`,
    of which `UnknownColumns` asks for a mapping.
    """
    account = BankAccount.objects.filter(theater=theater).first()
    if account is None:
        raise NoBankAccount
    mapping = ExportMapping.objects.filter(theater=theater, gateway=Payment.Gateway.TRANSFER).first()
    export = read_export(
        content,
        theater.tz,
        mapping=mapping.read() if mapping else None,
        order=day_order(theater.city.country),
        needs_reference=False,
    )
    own = [line for line in export.lines if line.account in {"", account.iban}]
    if not own:
        words = gettext("This file is of another account: %s.") % export.lines[0].account
        raise ExportUnreadable([(0, words)])
    came = [line for line in own if line.kind == LineKind.PAYMENT and line.amount > 0]
    rows = [_describe(theater, line, fingerprint) for line, fingerprint in _number(came)]
    with transaction.atomic():
        file = BankFile.objects.create(
            theater=theater, file_name=file_name[:200], made_by=by, ignored=len(export.lines) - len(came)
        )
        for row in rows:
            row.file = file
        BankTransfer.objects.bulk_create(rows, batch_size=WRITE_BATCH, ignore_conflicts=True)
        file.known = len(rows) - file.transfers.count()
        file.save(update_fields=["known"])
        record(
            by=by,
            action=Action.READ_BANK_FILE,
            on=file,
            theater_id=theater.pk,
            after={"file": file.file_name, "new": len(rows) - file.known, "known": file.known},
        )
    fresh = BankTransfer.objects.filter(theater=theater, state=State.OPEN, problem="").order_by("booked_on", "pk")
    for transfer in fresh:
        _book_if_clear(transfer, by)
    return file


def settle_transfer(*, transfer: BankTransfer, by: User, code: str = "") -> BankTransfer:
    """Book a transfer for the booking that it names, or for the one with this `code`. Harmless when repeated.

    What is too much goes back, as does money for a booking that is paid already. Raises `NoSuchBooking`, `TooLittle`,
    and `WrongState` for a transfer that was set aside.
    """
    booking_id = _find_booking_id(transfer, code)
    with transaction.atomic():
        transfer, booking = _lock(transfer, booking_id)
        if transfer.state == State.OPEN:
            payment = find_missing(booking)
            if payment is None or payment.amount != booking.due or transfer.currency != booking.currency:
                _return(transfer, booking, transfer.amount, by)
            else:
                parts = [*_find_parts(transfer, booking), transfer]
                total = _sum(parts)
                if total < payment.amount:
                    raise TooLittle
                if transfer.amount >= payment.amount:
                    parts, total = [transfer], transfer.amount
                _pay(parts, payment, payment.amount, by)
                if total > payment.amount:
                    _return(transfer, booking, total - payment.amount, by)
            _record(transfer, booking, by)
        elif transfer.state != State.BOOKED:
            raise WrongState
    return transfer


def return_transfer(*, transfer: BankTransfer, by: User, code: str = "") -> BankTransfer:
    """Give a transfer back, all of it, on account of the booking that it names or of the one with this `code`.

    Harmless when repeated. Raises `NoSuchBooking`, and `WrongState` for a transfer that was set aside, or that pays
    exactly what its booking waits for.
    """
    booking_id = _find_booking_id(transfer, code)
    with transaction.atomic():
        transfer, booking = _lock(transfer, booking_id)
        if transfer.state == State.OPEN:
            if booking.state != Booking.State.CONFIRMED and transfer.amount == booking.due:
                raise WrongState
            _return(transfer, booking, transfer.amount, by)
            _record(transfer, booking, by)
        elif transfer.state != State.BOOKED:
            raise WrongState
    return transfer


def dismiss_transfer(*, transfer: BankTransfer, by: User, reason: str) -> BankTransfer:
    """Set a transfer aside that is not about tickets. Harmless when repeated. Raises `ReasonMissing`, `WrongState`."""
    if not reason.strip():
        raise ReasonMissing
    changed = BankTransfer.objects.filter(pk=transfer.pk, state=State.OPEN).update(
        state=State.DISMISSED, reason=reason.strip()[:300], settled_by=by, settled_at=timezone.now()
    )
    transfer.refresh_from_db()
    if changed:
        record(
            by=by,
            action=Action.SETTLE_TRANSFER,
            on=transfer,
            theater_id=transfer.theater_id,
            after={"set aside": True},
            reason=reason.strip()[:300],
        )
    elif transfer.state != State.DISMISSED:
        raise WrongState
    return transfer


def _number(lines: Iterable[ExportLine]) -> Iterable[tuple[ExportLine, str]]:
    """Yield each line with what tells it from all others: equal ones of a file are counted."""
    seen = Counter[str]()
    for line in lines:
        parts = [line.at.date().isoformat(), str(line.amount.normalize()), line.currency, line.payer_iban, line.text]
        digest = sha256("\n".join([*parts, *line.references]).encode()).hexdigest()
        seen[digest] += 1
        yield line, f"{digest}-{seen[digest]}"


def _describe(theater: Theater, line: ExportLine, fingerprint: str) -> BankTransfer:
    # Some payers' banks have fields of their own for references.
    named = [one for one in line.references if one not in line.text and (not line.text or find_codes([one]))]
    text = " ".join([line.text, *named]).strip()[:500]
    return BankTransfer(
        theater=theater,
        fingerprint=fingerprint,
        booked_on=line.at.astimezone(theater.tz).date(),
        amount=line.amount,
        currency=line.currency,
        payer=line.payer[:140],
        payer_iban=line.payer_iban[:42],
        text=text,
        # Most lines of some accounts name nothing of ours: no query for them.
        problem="" if find_codes([text]) else Problem.UNKNOWN,
    )


def _book_if_clear(transfer: BankTransfer, by: User) -> None:
    """Book a transfer that has just been read, or note why staff have to."""
    codes = find_codes([transfer.text])
    named = Booking.objects.filter(theater=transfer.theater_id, code__in=codes, transfer_due_on__isnull=False)
    bookings = list(named.values_list("pk", flat=True)[:2]) if codes else []
    if len(bookings) != 1:
        problem = Problem.SEVERAL if bookings else Problem.UNKNOWN
        BankTransfer.objects.filter(pk=transfer.pk, state=State.OPEN).update(problem=problem)
        return
    with transaction.atomic():
        transfer, booking = _lock(transfer, bookings[0])
        if transfer.state != State.OPEN:
            return
        transfer.booking = booking
        if _adopt(transfer, booking):
            return
        payment = find_missing(booking)
        transfer.problem = _find_problem(transfer, booking, payment)
        parts = [*_find_parts(transfer, booking), transfer]
        if payment is not None and transfer.problem == Problem.TOO_LITTLE and _sum(parts) == payment.amount:
            _pay(parts, payment, payment.amount, by)
        elif payment is not None and not transfer.problem:
            _pay([transfer], payment, payment.amount, by)
        else:
            transfer.save(update_fields=["booking", "problem"])


def _find_problem(transfer: BankTransfer, booking: Booking, payment: Payment | None) -> str:
    if payment is None or booking.state in (Booking.State.CONFIRMED, Booking.State.CANCELED):
        return Problem.PAID_ALREADY
    if transfer.currency != payment.currency:
        return Problem.OTHER_CURRENCY
    if payment.amount != booking.due:
        return Problem.AMOUNT_CHANGED
    if transfer.amount != payment.amount:
        return Problem.TOO_LITTLE if transfer.amount < payment.amount else Problem.TOO_MUCH
    return ""


def _adopt(transfer: BankTransfer, booking: Booking) -> bool:
    """Let a transfer take the place of what staff had recorded by hand before; return True if it did."""
    by_hand = BankTransfer.objects.filter(
        file=None, booking=booking, amount=transfer.amount, currency=transfer.currency, state=State.BOOKED
    )
    known = by_hand.order_by("pk").first()
    if known is None:
        return False
    transfer.payment, transfer.state = known.payment, State.BOOKED
    transfer.settled_by, transfer.settled_at = known.settled_by, known.settled_at
    transfer.payer_iban = transfer.payer_iban or known.payer_iban
    known.delete()
    transfer.save()
    return True


def _find_booking_id(transfer: BankTransfer, code: str) -> int:
    """Return the booking that staff name or that the transfer names, of its own theater."""
    named = Booking.objects.filter(theater=transfer.theater_id, transfer_due_on__isnull=False)
    chosen = named.filter(code__in=find_codes([code])) if code.strip() else named.filter(transfers=transfer)
    found = chosen.values_list("pk", flat=True).first()
    if found is None:
        raise NoSuchBooking
    return found


def _lock(transfer: BankTransfer, booking_id: int) -> tuple[BankTransfer, Booking]:
    """Lock a booking, its customer first since money may come late, and read the transfer as it is now."""
    locking.lock_customer_of(booking_id)
    booking = locking.lock_booking(booking_id)
    return locking.lock_bank_transfers(pk=transfer.pk)[0], booking


def _find_parts(transfer: BankTransfer, booking: Booking) -> list[BankTransfer]:
    """Return what came before for the booking and was too little."""
    found = locking.lock_bank_transfers(booking=booking, state=State.OPEN, problem=Problem.TOO_LITTLE)
    return [one for one in found if one.currency == transfer.currency and one.pk != transfer.pk]


def _sum(transfers: Iterable[BankTransfer]) -> Decimal:
    return sum((one.amount for one in transfers), Decimal(0))


def _pay(transfers: Iterable[BankTransfer], payment: Payment, amount: Decimal, by: User) -> None:
    """Confirm a payment with this money, whatever becomes of it: late money may buy nothing, and is returned."""
    confirm_payment(payment=payment, by=by, amount=amount, currency=payment.currency)
    for transfer in transfers:
        transfer.payment, transfer.booking_id = payment, payment.booking_id
        _close(transfer, by)


def _return(transfer: BankTransfer, booking: Booking, amount: Decimal, by: User) -> None:
    """Receive money that buys nothing, as a payment of its own, so that all of it goes back."""
    payment = begin_payment(booking, by)
    confirm_payment(payment=payment, by=by, amount=amount, currency=transfer.currency)
    transfer.booking = booking
    if transfer.payment is None:
        transfer.payment = payment
    else:
        transfer.surplus = payment
    _close(transfer, by)


def _close(transfer: BankTransfer, by: User) -> None:
    transfer.state, transfer.settled_by, transfer.settled_at = State.BOOKED, by, timezone.now()
    transfer.save(update_fields=["state", "booking", "payment", "surplus", "problem", "settled_by", "settled_at"])


def _record(transfer: BankTransfer, booking: Booking, by: User) -> None:
    record(
        by=by,
        action=Action.SETTLE_TRANSFER,
        on=transfer,
        theater_id=booking.theater_id,
        after={"booking": booking.code, "amount": str(transfer.amount), "currency": transfer.currency},
    )
