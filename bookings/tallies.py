"""What a sale counts: places taken in an area of a show, uses of a voucher, and ticket types with a quota.

The first two are counters. Each is changed by one conditional update, whose row count decides, in order of pk. A
counter's row stays locked until the end of the transaction, so this comes last before the money.

A quota has no counter that could drift when tickets are released, canceled or exchanged: its live tickets are
counted, while those who want some of the same type and show take turns (`locking.lock_quotas`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Count, F
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext, ngettext

from bookings import locking
from bookings.errors import TicketRulesBroken, naming
from bookings.models import Booking, Ticket, Voucher
from events.models import Rule, ShowArea, TicketType, Violation

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


def find_lapsed_of_quotas(wanted: Mapping[int, Iterable[TicketType]], now: datetime) -> list[int]:
    """Return the lapsed holds, by pk, that still have tickets of these types with a quota, by pk of show.

    One query if there is a quota.
    """
    limited = {kind.pk for kinds in wanted.values() for kind in kinds if kind.quota is not None}
    if not limited:
        return []
    held = Ticket.objects.filter(show__in=wanted, ticket_type__in=limited, state=Ticket.State.HELD).order_by()
    late = held.filter(booking__state=Booking.State.HELD, booking__expires_at__lte=now)
    return list(late.values_list("booking", flat=True).distinct())


def check_quotas(
    booking_id: int | None, tickets: Iterable[Ticket], *, added: Iterable[Ticket], dropped: Iterable[Ticket] = ()
) -> None:
    """Refuse more tickets of a type than its quota for a show, and let others wait until this transaction ends.

    `tickets` are all that a booking will have, and `added` and `dropped` those that change; a booking that gets no
    more of a type is not asked. Two queries if it gets more of one with a quota. Raises `TicketRulesBroken`.
    """
    growth = Counter((one.show_id, one.ticket_type_id) for one in added if one.ticket_type.quota is not None)
    if not growth:
        return
    growth.subtract((one.show_id, one.ticket_type_id) for one in dropped)
    limited = {key for key, count in growth.items() if count > 0}
    locking.lock_quotas(limited)
    chosen = [one for one in tickets if (one.show_id, one.ticket_type_id) in limited]
    own = Counter((one.show_id, one.ticket_type_id) for one in chosen)
    sold = _count_others(limited, booking_id)
    for first in {(one.show_id, one.ticket_type_id): one for one in reversed(chosen)}.values():
        key, kind = (first.show_id, first.ticket_type_id), first.ticket_type
        left = max(0, (kind.quota or 0) - sold[key])
        if own[key] > left:
            with naming(first.show):
                concerned = [one for one in chosen if (one.show_id, one.ticket_type_id) == key]
                raise TicketRulesBroken([Violation(Rule.QUOTA, kind, _say_left(kind, left), concerned)])


def count_sold(show_id: int, type_ids: Iterable[int]) -> Counter[int]:
    """Count the live tickets of these types for a show, by pk of type. One query."""
    return Counter({kind: n for (_show, kind), n in _count_others({(show_id, pk) for pk in type_ids}, None).items()})


def _count_others(keys: Iterable[tuple[int, int]], booking_id: int | None) -> Counter[tuple[int, int]]:
    shows, kinds = {show for show, _kind in keys}, {kind for _show, kind in keys}
    live = Ticket.objects.live().filter(show__in=shows, ticket_type__in=kinds).order_by()
    rows = live.exclude(booking=booking_id) if booking_id is not None else live
    counted = rows.values_list("show_id", "ticket_type_id").annotate(count=Count("pk"))
    return Counter({(show, kind): count for show, kind, count in counted})


def _say_left(kind: TicketType, left: int) -> str:
    if not left:
        return gettext("“%(name)s” tickets for this show are sold out.") % {"name": kind.name}
    words = ngettext(
        "Only %(count)d “%(name)s” ticket is left for this show.",
        "Only %(count)d “%(name)s” tickets are left for this show.",
        left,
    )
    return words % {"count": left, "name": kind.name}
