"""The two counters of a sale: places taken in an area of a show, and uses of a voucher.

Each is changed by one conditional update, whose row count decides, in order of pk. A counter's row stays
locked until the end of the transaction, so this comes last before the money.
"""

from collections.abc import Mapping

from django.db.models import F
from django.db.models.functions import Coalesce, Greatest

from bookings.models import Voucher
from events.models import ShowArea

# How many places of an area may be taken. It holds more only while more are taken already.
AREA_LIMIT = Coalesce(F("limit"), F("capacity"))


def move_areas(changes: Mapping[tuple[int, int], int]) -> list[tuple[int, int]]:
    """Add to the places taken, by (show, area); return those that have too few left. One query each."""
    short = []
    for (show_id, area_id), change in sorted(changes.items()):
        if change:
            row = ShowArea.objects.filter(show_id=show_id, area_id=area_id)
            taken = F("taken") + change
            if change > 0:
                row = row.filter(capacity__gte=taken)
            if not row.update(taken=taken, capacity=Greatest(AREA_LIMIT, taken)) and change > 0:
                short.append((show_id, area_id))
    return short


def move_vouchers(changes: Mapping[int, int]) -> list[int]:
    """Add to the uses of vouchers, by pk; return those that are used up. One query each."""
    used_up = []
    for voucher_id, change in sorted(changes.items()):
        if change:
            row = Voucher.objects.filter(pk=voucher_id)
            if change > 0:
                row = row.filter(limit__gte=F("used") + change)
            if not row.update(used=F("used") + change) and change > 0:
                used_up.append(voucher_id)
    return used_up
