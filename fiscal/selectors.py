"""What pages read of receipts."""

from bookings.models import Booking
from fiscal.models import Receipt


def read_receipts(booking: Booking) -> list[Receipt]:
    """Return the receipts of a booking, the first first. One query."""
    receipts = Receipt.objects.filter(booking=booking).select_related(
        "corrects", "till", "booking", "theater__city", "signature__device"
    )
    return list(receipts.order_by("pk"))
