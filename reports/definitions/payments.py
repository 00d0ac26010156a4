"""Money in and money out at the moment it moved, to compare with drawers and gateways' statements."""

from __future__ import annotations

from typing import Any

import pandas as pd
from django.db.models import F, Q
from django.utils import formats
from django.utils.translation import gettext

from accounts.models import User
from bookings.models import Booking
from payments.gateways import name_gateway
from payments.models import Payment, Refund
from reports.definitions.tables import chart_by, count, describe_request, make_rows, make_totals, money
from reports.figures import add_local_days, total_by
from reports.periods import within
from reports.results import Column, Kind, ReportRequest, ReportResult
from reports.thousandths import Thousandths, integers

_MEASURES = ("payments", "paid", "refunds", "returned", "balance", "surplus", "promised")
_THEATER = "theater"


def build(request: ReportRequest) -> ReportResult:
    moves = _read_moves(request)
    key = request.group_by
    if key == "day":
        add_local_days(moves, "at", "day")
    table = total_by(moves, [key], _MEASURES)
    people: dict[int, str] = {}
    if key == "person":
        found = User.objects.in_bulk([int(pk) for pk in table["person"] if not pd.isna(pk)])
        people = {pk: user.name or user.email for pk, user in found.items()}
    channels = {str(value): str(label) for value, label in Booking.Channel.choices}

    def name_of(record: dict[str, Any]) -> tuple[Any, ...]:
        value = record[key]
        if key == "person":
            return (gettext("the customer") if pd.isna(value) else people[int(value)],)
        if key == "gateway":
            return (name_gateway(value),)
        return (channels[value] if key == "channel" else value,)

    def label_of(record: dict[str, Any]) -> str:
        name = name_of(record)[0]
        return str(formats.date_format(name, "SHORT_DATE_FORMAT") if key == "day" else name)

    measures = [
        count("payments", gettext("Payments")),
        money("paid", gettext("Paid in")),
        count("refunds", gettext("Refunds")),
        money("returned", gettext("Paid back")),
        money("balance", gettext("Balance")),
        money("surplus", gettext("Bought nothing")),
        money("promised", gettext("Refunds under way")),
    ]
    titles = {
        "day": Column(gettext("Day"), Kind.DATE),
        "gateway": Column(gettext("Way of paying")),
        "channel": Column(gettext("Channel")),
        "person": Column(gettext("Person")),
    }
    return ReportResult(
        title=gettext("Payments and cash-up"),
        subtitle=describe_request(request),
        columns=[titles[key], *(measure.column for measure in measures)],
        rows=make_rows(table, measures, name_of),
        totals=make_totals(table, measures, 1),
        charts=chart_by(
            table, "balance", gettext("Balance"), label_of=label_of, kind="line" if key == "day" else "bar"
        ),
        notes=[
            gettext("Refunds under way are promised, but their gateway has not confirmed them yet."),
            gettext("Money that bought nothing, because its places were gone or it came twice, is in “Paid in” too."),
        ],
    )


def _read_moves(request: ReportRequest) -> pd.DataFrame:
    """Return a row for each payment and refund. Two queries."""
    came = within("captured_at", request.period, request.theaters, theater_path=f"booking__{_THEATER}")
    payments = Payment.objects.received().filter(came, captured_at__isnull=False).order_by("pk")
    rows = [
        (*row[:-2], 1, row[-2], 0, 0, row[-2] if row[-1] == Payment.State.SURPLUS else 0, 0)
        for row in payments.values_list(
            "captured_at",
            *_keys("booking", F("received_currency"), F("gateway")),
            "made_by_id",
            Thousandths("received_amount"),
            "state",
        )
    ]
    settled = within("settled_at", request.period, request.theaters, theater_path=f"payment__booking__{_THEATER}")
    asked = within("created_at", request.period, request.theaters, theater_path=f"payment__booking__{_THEATER}")
    done = Q(state=Refund.State.SUCCEEDED) & settled | Q(state=Refund.State.PENDING) & asked
    for at, created_at, *keys, amount, state in (
        Refund.objects.filter(done)
        .annotate(path=Refund.PATH)
        .order_by("pk")
        .values_list(
            "settled_at",
            "created_at",
            *_keys("payment__booking", F("payment__received_currency"), F("path")),
            "made_by_id",
            Thousandths("amount"),
            "state",
        )
    ):
        is_made = state == Refund.State.SUCCEEDED
        numbers = (0, 0, 1, amount, 0, 0) if is_made else (0, 0, 0, 0, 0, amount)
        rows.append((at if is_made else created_at, *keys, *numbers))
    names = ["at", "zone", "currency", "channel", "gateway", "person"]
    columns = list(zip(*rows, strict=True)) if rows else [()] * (len(names) + 6)
    frame = pd.DataFrame({name: pd.Series(columns[place], dtype="object") for place, name in enumerate(names)})
    frame["person"] = frame["person"].astype("Int64")
    for place, name in enumerate(("payments", "paid", "refunds", "returned", "surplus", "promised"), start=len(names)):
        frame[name] = integers(pd.Series(columns[place], dtype="Int64"))
    frame["balance"] = frame["paid"] - frame["returned"]
    return frame


def _keys(booking: str, currency: Any, gateway: Any) -> tuple[Any, ...]:
    return (
        F(f"{booking}__{_THEATER}__city__time_zone"),
        currency,
        F(f"{booking}__channel"),
        gateway,
    )
