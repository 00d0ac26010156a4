"""Row locks of series; the order of all locks is in `bookings/locking.py`."""

from collections.abc import Iterable

from fiscal.models import ReceiptSeries


def lock_series(series_ids: Iterable[int]) -> dict[int, ReceiptSeries]:
    """Lock series of receipts by pk, the last of all locks, and return them as they are now. One query.

    Every sale of a till waits for it, so nothing but the receipt is written between this and the commit.
    """
    series = ReceiptSeries.objects.select_for_update(no_key=True).filter(pk__in=set(series_ids)).order_by("pk")
    return {one.pk: one for one in series}
