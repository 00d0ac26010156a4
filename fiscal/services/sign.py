"""Sign receipts: promised in the transaction of the receipt, done once it is committed.

A device signs one receipt after the other, in the order of `position`: in a chain each needs the one before. Whoever
signs takes all that wait, oldest first. The device is called between two transactions, so a slow one keeps no row
locked; where two sign the same receipt, a conditional update decides whose answer counts, and both go on from there.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import structlog

from fiscal.devices import get_device
from fiscal.devices.base import DeviceFailed, ToSign
from fiscal.models import Receipt, ReceiptLine, Signature, SigningDevice
from lib.after_commit import after_commit
from lib.jobs import ask_worker
from lib.money import to_minor_units
from payments.models import Payment

log = structlog.get_logger(__name__)

Kind = Receipt.Kind
# Austria's law is about sales; moving cash is none.
_NO_SALES = (Kind.PAY_IN, Kind.PAY_OUT, Kind.DIFFERENCE)


def find_device(receipt: Receipt) -> SigningDevice | None:
    """Return the device of a counter's receipt: that of its till, else that of the theater. One query."""
    devices = SigningDevice.objects.filter(theater=receipt.theater_id, is_in_use=True)
    found = {device.till_id: device for device in devices.exclude(kind=SigningDevice.Kind.NONE)}
    device = found.get(receipt.till_id) or found.get(None)
    return None if device is None or (device.is_austrian and receipt.kind in _NO_SALES) else device


def promise_signature(receipt: Receipt) -> Signature | None:
    """Give a receipt its place among those that its device signs, in the transaction that issues it.

    Takes the lock of the device, after that of the series.
    """
    found = find_device(receipt)
    if found is None:
        return None
    device = SigningDevice.objects.select_for_update(no_key=True).get(pk=found.pk)
    last = Signature.objects.filter(device=device).order_by("position").last()
    after_commit(wake_signing, device.pk)
    return Signature.objects.create(
        receipt=receipt,
        device=device,
        position=last.position + 1 if last else 1,
        turnover=(last.turnover if last else 0) + to_minor_units(receipt.total, receipt.currency),
    )


def wake_signing(device_id: int) -> None:
    """Ask a worker to sign what waits for a device. If the broker is down, the job of the next minute does."""
    ask_worker("fiscal.tasks.sign_receipts", device_id)


def sign_pending(device: SigningDevice) -> int:
    """Sign what waits for a device, oldest first; return how many. Harmless when repeated. Not in a transaction."""
    signed = 0
    while (waiting := _find_waiting(device)) is not None:
        signed += _sign(waiting, device)
    return signed


def sign_receipt(receipt: Receipt) -> Signature | None:
    """Sign a receipt, with all that waits before it, and return its signature if it has a device."""
    signature = Signature.objects.filter(receipt=receipt).select_related("device").first()
    if signature is not None and signature.state == Signature.State.PENDING:
        sign_pending(signature.device)
        signature.refresh_from_db()
    return signature


def _find_waiting(device: SigningDevice) -> Signature | None:
    waiting = Signature.objects.filter(device=device, state=Signature.State.PENDING)
    return waiting.select_related("receipt").order_by("position").first()


def _sign(signature: Signature, device: SigningDevice) -> bool:
    adapter, request = get_device(device), describe(signature)
    state, error = Signature.State.SIGNED, ""
    try:
        answer = adapter.finish(request, adapter.start(request))
    except DeviceFailed as failure:
        answer, state, error = adapter.fail(request), Signature.State.FAILED, str(failure)
        log.warning("signing_device_failed", register=device.register, receipt=request.number, error=error)
    mine = Signature.objects.filter(pk=signature.pk, state=Signature.State.PENDING).update(
        state=state,
        signed_text=answer.text,
        value=answer.value,
        code=answer.code,
        transaction_number=answer.transaction_number,
        signature_number=answer.signature_number,
        started_at=answer.started_at,
        finished_at=answer.finished_at,
        error=error[:300],
    )
    return bool(mine)


def describe(signature: Signature) -> ToSign:
    """Return what a device gets to know of a receipt. Two queries."""
    receipt = signature.receipt
    by_rate: dict[Decimal, Decimal] = defaultdict(Decimal)
    for kind, rate, gross in ReceiptLine.objects.filter(receipt=receipt).values_list("kind", "tax_rate", "gross"):
        by_rate[rate if kind in ReceiptLine.SOLD else Decimal(0)] += gross
    before = Signature.objects.filter(device=signature.device_id, position=signature.position - 1).first()
    is_cash = receipt.means == Payment.Gateway.CASH
    return ToSign(
        register=signature.device.register,
        number=receipt.code,
        moved_at=receipt.moved_at,
        currency=receipt.currency,
        by_rate={rate: amount for rate, amount in by_rate.items() if amount},
        cash=receipt.total if is_cash else Decimal(0),
        other=Decimal(0) if is_cash else receipt.total,
        is_reversal=receipt.kind in (Kind.REFUND, Kind.REVERSAL),
        position=signature.position,
        previous=before.value if before else "",
        turnover=signature.turnover,
    )


def sign_all_pending() -> int:
    """Sign what no counter has signed at once."""
    waiting = SigningDevice.objects.filter(signatures__state=Signature.State.PENDING).distinct()
    return sum(sign_pending(device) for device in waiting)
