"""What each figure means. Every report takes its figures from here; docs/reports.md says the same.

A *line* is one ticket of a booking that was confirmed, whatever became of it later; a ticket that
moved to another place is one line together with its successor.

- sold: tickets of sales; free: tickets of complimentary and house bookings. Both count canceled ones.
- canceled: those of them that no longer admit anyone.
- face: the prices. discount: what vouchers took off. fees: its part of the booking's.
- gross: what the customer pays: face − discount + fees, and tax where prices do not include it.
- refunded: what was paid back for it, or is promised. What is for no ticket in particular is divided over
  all of the booking when it is promised (`bookings.services.refund.share_over_tickets`).
- exchanged: what it paid of tickets that replaced it, where it is part of the gross again.
- tax: the ticket's, less the share in it of what was refunded and exchanged.
- net: gross − refunded − exchanged − tax. net_fees: the fees in it, less what went back of them.

All of them are the ticket's own, so they add up to the cent for any show, day or channel. A line belongs to
the day of its booking's confirmation or, if an exchange brought it, of that exchange, in the theater's time
zone. Money that bought nothing (`Payment.State.SURPLUS`) is no sale; the payments report shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from django.db.models import Count, F, Max, Min, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from bookings.models import Booking, Ticket
from payments.models import Payment, Refund, RefundLine
from reports.periods import Period, within
from reports.thousandths import Thousandths, integers, share, unit_of
from theaters.models import Theater

COUNTS = ("sold", "free", "canceled")
AMOUNTS = ("face", "discount", "fees", "gross", "refunded", "exchanged", "tax", "net", "net_fees")


def _sum_refunded(column: str) -> Coalesce:
    lines = RefundLine.objects.filter(ticket=OuterRef("pk"), refund__payment__state=Payment.State.CAPTURED)
    by_ticket = lines.exclude(refund__state=Refund.State.FAILED).order_by().values("ticket")
    return Coalesce(Subquery(by_ticket.annotate(whole=Sum(Thousandths(column))).values("whole")), Value(0))


_FIELDS: dict[str, Any] = {
    "booking": F("booking_id"),
    "show": F("show_id"),
    "event": F("show__event_id"),
    "theater": F("show__hall__theater_id"),
    "zone": F("show__hall__theater__city__time_zone"),
    "at": Coalesce("exchange__completed_at", "booking__confirmed_at"),
    "channel": F("booking__channel"),
    "kind": F("booking__kind"),
    "currency": F("booking__currency"),
    "voucher": F("booking__voucher_id"),
    "ticket_type": F("ticket_type_id"),
    "state": F("state"),
    "face": Thousandths("price"),
    "discount": Thousandths("discount"),
    "fees": Thousandths("fees"),
    "amount": Thousandths("amount"),
    "all_tax": Thousandths("tax"),
    "fees_tax": Thousandths("fees_tax"),
    "exchanged": Thousandths("credited"),
    "exchanged_fees": Thousandths("credited_fees"),
    "refunded": _sum_refunded("amount"),
    "refunded_fees": _sum_refunded("fees"),
}


_WORDS = frozenset({"zone", "channel", "kind", "currency", "state"})
# 20,000 tickets take some 40 MB while they are read, and 4 MB as lines.
TICKETS_PER_PIECE = 20_000


def sold_tickets(rows: Q) -> Q:
    return Q(booking__confirmed_at__isnull=False, moved_to__isnull=True) & rows


def read_lines(theaters: Sequence[Theater], period: Period | None, *, also: Q | None = None) -> pd.DataFrame:
    """Return a row for each ticket sold in the period, with the figures above in thousandths."""
    theater_path = "show__hall__theater"
    bought = within("booking__confirmed_at", period, theaters, theater_path=theater_path) & Q(exchange=None)
    exchanged = within("exchange__completed_at", period, theaters, theater_path=theater_path) & ~Q(exchange=None)
    # One by one: over both columns at once, no index would help.
    found = [read_lines_where(rows & also if also is not None else rows) for rows in (bought, exchanged)]
    return pd.concat(found, ignore_index=True)


def read_lines_where(rows: Q) -> pd.DataFrame:
    """Return the lines of these tickets; see `read_lines`. One query, and one for each `TICKETS_PER_PIECE` found."""
    tickets = Ticket.objects.filter(sold_tickets(rows)).order_by()
    found = tickets.aggregate(first=Min("booking_id"), last=Max("booking_id"), number=Count("pk"))
    if not found["number"]:
        return _make_lines([], {})
    first, last = found["first"], found["last"]
    # By ranges of keys: a range walks an index, a limit may sort everything.
    width = max((last - first + 1) * TICKETS_PER_PIECE // found["number"], 1)
    pieces, words = [], dict[str, str]()
    for start in range(first, last + 1, width):
        piece = tickets.filter(booking_id__gte=start, booking_id__lt=start + width).order_by("booking_id", "pk")
        sold = list(piece.values_list(*_FIELDS.values(), "moved_from_id"))
        _add_former_refunds(sold)
        pieces.append(_make_lines([ticket[:-1] for ticket in sold], words))
    return pd.concat(pieces, ignore_index=True)


def _add_former_refunds(rows: list[tuple[Any, ...]]) -> None:
    """Add to moved tickets what had been refunded before, of those that they replaced.

    The rows end with the key of that ticket. No query if none was moved, else one for each move of the same ticket.
    """
    of_amount, of_fees = list(_FIELDS).index("refunded"), list(_FIELDS).index("refunded_fees")
    former = {row[-1]: at for at, row in enumerate(rows) if row[-1] is not None}
    while former:
        found = Ticket.objects.filter(pk__in=former).order_by()
        before: dict[int, int] = {}
        for pk, moved_from, amount, fees in found.values_list(
            "pk", "moved_from_id", _FIELDS["refunded"], _FIELDS["refunded_fees"]
        ):
            at = former[pk]
            row = list(rows[at])
            row[of_amount] += amount
            row[of_fees] += fees
            rows[at] = tuple(row)
            if moved_from is not None:
                before[moved_from] = at
        former = before


def _make_lines(rows: Sequence[tuple[Any, ...]], words: dict[str, str]) -> pd.DataFrame:
    """Make lines of rows; `words` keeps one of each text, which rows share."""
    columns = dict(zip(_FIELDS, zip(*rows, strict=True) if rows else [()] * len(_FIELDS), strict=True))
    frame = pd.DataFrame(index=range(len(rows)))
    for name, values in columns.items():
        if name == "at":
            frame[name] = pd.to_datetime(pd.Series(values, dtype="object"), utc=True)
        elif name in _WORDS:
            frame[name] = pd.Series([words.setdefault(value, value) for value in values], dtype="object")
        else:
            frame[name] = integers(pd.array(values, dtype="Int64"))
    return _add_figures(frame)


def _add_figures(frame: pd.DataFrame) -> pd.DataFrame:
    is_sale = frame["kind"] == Booking.Kind.SALE
    is_canceled = frame["state"] == Ticket.State.CANCELED
    frame["sold"] = is_sale.astype("Int64")
    frame["free"] = (~is_sale).astype("Int64")
    frame["canceled"] = is_canceled.astype("Int64")
    # Complimentary tickets cost nothing, whatever their list price.
    frame["face"] = frame["face"].where(is_sale, 0)
    frame["discount"] = frame["discount"].where(is_sale, 0)

    frame["gross"] = frame["amount"] + frame["fees"]

    units = {code: unit_of(code) for code in frame["currency"].unique()}
    unit = pd.Series([units[code] for code in frame["currency"]], index=frame.index, dtype="Int64")
    gone = frame["refunded"] + frame["exchanged"]
    gone_fees = frame["refunded_fees"] + frame["exchanged_fees"]
    of_tickets = frame["all_tax"] - frame["fees_tax"]
    of_fees = frame["fees_tax"] - share(frame["fees_tax"], gone_fees, frame["fees"], unit)
    frame["tax"] = of_tickets - share(of_tickets, gone - gone_fees, frame["amount"], unit) + of_fees
    frame["net"] = frame["gross"] - gone - frame["tax"]
    frame["net_fees"] = frame["fees"] - gone_fees - of_fees
    return frame.drop(columns=["amount", "all_tax", "fees_tax", "refunded_fees", "exchanged_fees", "state", "kind"])


def add_local_days(frame: pd.DataFrame, column: str, name: str) -> pd.DataFrame:
    """Add the day of each moment by its theater's clock."""
    moments = pd.to_datetime(frame[column], utc=True)
    days = pd.Series([None] * len(frame), index=frame.index, dtype="object")
    for zone in frame["zone"].unique():
        there = frame["zone"] == zone
        days[there] = moments[there].dt.tz_convert(zone).dt.date
    frame[name] = days
    return frame


def total_by(frame: pd.DataFrame, keys: list[str], measures: Sequence[str] = (*COUNTS, *AMOUNTS)) -> pd.DataFrame:
    """Add up by key and currency; currencies are never mixed. Exact, because columns are integers."""
    return frame.groupby([*keys, "currency"], sort=True, dropna=False)[list(measures)].sum().reset_index()
