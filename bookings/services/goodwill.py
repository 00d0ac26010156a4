"""Give some of a booking's money back while its tickets stay good."""

import uuid
from decimal import Decimal

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from bookings import locking
from bookings.errors import WrongState
from bookings.models import Booking
from bookings.services.refund import promise_refund
from payments.models import Refund


def give_goodwill(*, booking: Booking, amount: Decimal, by: User, reason: str, key: uuid.UUID) -> Refund | None:
    """Promise `amount` back for the sake of good relations; nothing is canceled.

    `key` names the wish: asked again with the same one, it returns the refund that was made first.

    Raises `RefundTooLarge`, and `WrongState` for a booking that was never paid or is canceled.
    """
    with transaction.atomic():
        booking = locking.lock_booking(booking.pk)
        earlier = Refund.objects.filter(key=key, payment__booking=booking).select_related("payment").first()
        if earlier is not None:
            return earlier
        if booking.state != Booking.State.CONFIRMED or amount <= 0:
            raise WrongState
        refund = promise_refund(booking, amount, by=by, reason=reason, key=key)
        record(
            by=by,
            action="goodwill refund",
            on=booking,
            theater_id=booking.show.hall.theater_id,
            after={"refund": str(amount), "currency": booking.currency},
            reason=reason[:300],
        )
    return refund
