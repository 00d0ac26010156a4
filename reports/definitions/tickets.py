"""Every ticket, one a row, for people who do their own calculations.

Read in pieces by key, so that memory does not grow with a million tickets, no cursor stays open
while the worker writes its progress, and each piece costs the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from bookings.models import Booking, Ticket
from reports.definitions.tables import describe_request
from reports.periods import within
from reports.results import Column, Kind, ReportRequest, ReportResult, Row
from reports.thousandths import Thousandths, to_decimal

# 5,000 rows take some 8 MB; smaller pieces are slower, larger ones no faster.
ROWS_PER_PIECE = 5_000
_FIELDS: tuple[Any, ...] = (
    "pk",
    "show__hall__theater__city__time_zone",
    "booking__currency",
    "booking__code",
    "code",
    "booking__confirmed_at",
    "show__starts_at",
    "show__code",
    "show__event__title",
    "show__hall__theater__name",
    "show__hall__name",
    "seat__section",
    "seat__row",
    "seat__number",
    "area__name",
    "category__name",
    "ticket_type__name",
    "state",
    "booking__channel",
    "booking__kind",
    "booking__voucher__code",
    "booking__name",
    "booking__email",
    "attendee_name",
    Thousandths("price"),
    Thousandths("discount"),
)
_MOMENTS = {5, 6}
_FIRST_TEXT, _FIRST_AMOUNT = 3, len(_FIELDS) - 2


def build(request: ReportRequest) -> ReportResult:
    found = within("booking__confirmed_at", request.period, request.theaters, theater_path="show__hall__theater")
    if request.event is not None:
        found &= Q(show__event=request.event)
    tickets = Ticket.objects.filter(found, booking__confirmed_at__isnull=False)
    columns = [
        Column(gettext("Booking")),
        Column(gettext("Ticket")),
        Column(gettext("Sold at"), Kind.DATETIME),
        Column(gettext("Starts"), Kind.DATETIME),
        Column(gettext("Show")),
        Column(gettext("Event")),
        Column(gettext("Theater")),
        Column(gettext("Hall")),
        Column(gettext("Section")),
        Column(gettext("Row")),
        Column(gettext("Seat")),
        Column(gettext("Area")),
        Column(gettext("Category")),
        Column(gettext("Ticket type")),
        Column(gettext("State")),
        Column(gettext("Channel")),
        Column(gettext("Kind")),
        Column(gettext("Voucher")),
        Column(gettext("Name")),
        Column(gettext("E-mail")),
        Column(gettext("Name on the ticket")),
        Column(gettext("Price"), Kind.MONEY),
        Column(gettext("Discount"), Kind.MONEY),
        Column(gettext("Paid"), Kind.MONEY),
    ]
    return ReportResult(
        title=gettext("Every ticket"),
        subtitle=describe_request(request),
        columns=columns,
        rows=_read_rows(tickets),
        expected=tickets.count(),
        notes=[
            gettext(
                "Tickets of bookings confirmed in this period, canceled ones included, at their price without fees."
            )
        ],
    )


def _read_rows(tickets: QuerySet[Ticket]) -> Iterator[Row]:
    words = _Words()
    ends = tickets.aggregate(first=Coalesce(Min("pk"), 0), last=Coalesce(Max("pk"), 0))
    after = ends["first"] - 1
    rows = tickets.order_by("pk").values_list(*_FIELDS)
    while after < ends["last"]:
        piece = list(rows.filter(pk__gt=after, pk__lte=ends["last"])[:ROWS_PER_PIECE])
        if not piece:
            break
        for values in piece:
            yield words.write(values)
        after = piece[-1][0]


class _Words:
    """Turns values into rows; caches what repeats: zones and the names of states."""

    def __init__(self) -> None:
        self.zones: dict[str, ZoneInfo] = {}
        self.names = {
            17: {str(value): str(label) for value, label in Ticket.State.choices},
            18: {str(value): str(label) for value, label in Booking.Channel.choices},
            19: {str(value): str(label) for value, label in Booking.Kind.choices},
        }

    def write(self, values: tuple[Any, ...]) -> Row:
        zone = self.zones.get(values[1])
        if zone is None:
            zone = self.zones[values[1]] = ZoneInfo(values[1])
        currency: str = values[2]
        cells: list[str | datetime | Decimal] = []
        for place in range(_FIRST_TEXT, _FIRST_AMOUNT):
            value = values[place]
            if place in _MOMENTS:
                cells.append(value.astimezone(zone).replace(tzinfo=None, microsecond=0))
            elif place in self.names:
                cells.append(self.names[place][value])
            else:
                cells.append(value or "")
        price, discount = values[_FIRST_AMOUNT:]
        cells += [to_decimal(amount, currency) for amount in (price, discount, price - discount)]
        return Row(tuple(cells), currency)
