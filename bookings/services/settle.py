"""Act on what a gateway says, whether it came with a call, by webhook or on request."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from bookings import messages
from bookings.models import Booking, hold_of
from bookings.services.confirm import confirm_payment
from bookings.services.outside_refunds import receive_refund
from payments.errors import GatewayUnavailable
from payments.gateways import get_gateway
from payments.gateways.base import GatewayMessage, PaymentOutcome, PaymentStatus
from payments.models import GatewayAccount, GatewayEvent, Payment

log = structlog.get_logger(__name__)

# A webhook usually comes within seconds; if it has not come by then, the gateway is asked.
ASK_GATEWAY_AFTER = timedelta(minutes=2)
# Each takes one call to the gateway, some 300 ms. They are in no order, so none delays the others for long.
SWEEP_BATCH = 200


def settle_payment(*, payment: Payment) -> Payment:
    """Ask the gateway about an open payment and act on the answer; harmless when repeated.

    The page to which the customer returns calls this, so it needs no webhook and trusts nothing in its
    address. Call it outside a transaction. Raises `GatewayUnavailable`.
    """
    if payment.state == Payment.State.STARTED:
        apply_outcome(payment, get_gateway(payment.gateway).fetch(payment))
    return payment


def apply_outcome(payment: Payment, outcome: PaymentOutcome) -> None:
    """Confirm, decline or give up a payment; does nothing while it is open. Updates `payment`."""
    if outcome.status == PaymentStatus.PAID:
        payment.booking = confirm_payment(
            payment=payment, reference=outcome.reference, amount=outcome.amount, currency=outcome.currency
        )
    elif outcome.status == PaymentStatus.DECLINED:
        decline_payment(payment=payment, reference=outcome.reference)
    elif outcome.status == PaymentStatus.ABANDONED:
        with transaction.atomic():
            if _close(payment, Payment.State.ABANDONED, "") and payment.gateway == Payment.Gateway.TRANSFER:
                messages.notify_transfer_ended(payment)


def decline_payment(*, payment: Payment, reference: str = "") -> Payment:
    """Record that the gateway refused. The hold stays, and another payment may be started. Repeatable."""
    with transaction.atomic():
        if _close(payment, Payment.State.DECLINED, reference):
            messages.notify_payment_failed(payment)
    return payment


def receive_message(gateway: str, message: GatewayMessage, *, account: GatewayAccount | None = None) -> bool:
    """Act on a genuine webhook once, however often it comes; return True the first time.

    It is about payments that were made with `account`, to whose address it came; None: with the site's.

    Its event is recorded in the transaction of its effect: if either fails, neither stands, and the gateway's
    next try finds everything as before. Raises `Payment.DoesNotExist` or `Refund.DoesNotExist` for one that
    we never made, and `NotReceivedYet`, after which it may come again.
    """
    with transaction.atomic():
        _event, is_new = GatewayEvent.objects.get_or_create(
            gateway=gateway,
            account=account,
            event_id=message.event_id,
            defaults={"kind": message.kind, "payload": message.summary},
        )
        if not is_new:
            return False
        if message.payment_key is not None and message.payment_outcome is not None:
            payment = Payment.objects.get(key=message.payment_key, gateway=gateway, account=account)
            apply_outcome(payment, message.payment_outcome)
        for news in message.refunds:
            receive_refund(gateway, news, account=account)
    return True


def settle_open_payments(*, now: datetime | None = None) -> int:
    """Ask about payments whose answer never came, and close those that are no longer needed.

    These are payments of a hold that is over or paid otherwise, and all but the newest of a booking. Returns
    how many were settled.
    """
    now = now or timezone.now()
    settled = 0
    open_payments = Payment.objects.filter(state=Payment.State.STARTED, created_at__lte=now - ASK_GATEWAY_AFTER)
    # Nobody can be asked about these, and there may be many for weeks.
    open_payments = open_payments.exclude(gateway=Payment.Gateway.TRANSFER, booking__state=Booking.State.HELD)
    for payment in open_payments.select_related("booking", "exchange__hold").order_by("?")[:SWEEP_BATCH]:
        try:
            adapter = get_gateway(payment.gateway)
            outcome = adapter.fetch(payment) if _is_awaited(payment, now) else adapter.abandon(payment)
        except GatewayUnavailable:
            continue
        apply_outcome(payment, outcome)
        settled += outcome.status != PaymentStatus.OPEN
    return settled


def _is_awaited(payment: Payment, now: datetime) -> bool:
    hold = hold_of(payment)
    if hold is None or hold.state != Booking.State.HELD or hold.is_lapsed(now):
        return False
    newer = Payment.objects.filter(created_at__gt=payment.created_at, exchange=payment.exchange)
    return not newer.filter(booking=payment.booking_id).exists()


def _close(payment: Payment, state: Payment.State, reference: str) -> bool:
    changes = {"state": state, **({"reference": reference} if reference else {})}
    is_first = Payment.objects.filter(pk=payment.pk, state=Payment.State.STARTED).update(**changes)
    payment.refresh_from_db(fields=["state", "reference"])
    return bool(is_first)
