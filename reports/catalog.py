"""All reports: their names, what they ask for, and who may see them.

Builders are named, not imported: they need pandas, which takes half a second to import, and only
pages of reports should wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts.roles import Capability
from reports.periods import Span
from reports.results import ReportRequest, ReportResult
from theaters.brands import find_common_theater

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Translated


@dataclass(frozen=True)
class Report:
    """`groupings` are ways to arrange it, the first by default. `asks` names further fields of its form."""

    slug: str
    title: Translated
    description: Translated
    builder: str
    capability: Capability = Capability.SEE_MONEY
    span: Span | None = Span.LAST_30_DAYS
    groupings: Sequence[tuple[str, Translated]] = ()
    asks: frozenset[str] = frozenset({"event"})
    # The moment that decides about its period, seen from a ticket.
    counted_by: str = "booking__confirmed_at"
    # A file for each theater, in one ZIP, if it covers several.
    has_file_for_each_theater: bool = False
    # One row for each ticket: never on a page, always in the background.
    is_raw: bool = False
    # Has names and addresses of customers, so its recipients are limited (`access.refused_recipients`).
    names_customers: bool = False

    def build(self, request: ReportRequest) -> ReportResult:
        """Read the figures: some 30,000 tickets a second."""
        result = cast(Callable[[ReportRequest], ReportResult], import_string(self.builder))(request)
        return replace(result, theater_id=find_common_theater(theater.slug for theater in request.theaters))


_DEFINITIONS = "reports.definitions"
_ALL = [
    Report(
        "sales",
        _("Sales"),
        _("Sales by the day they were made, with later refunds."),
        f"{_DEFINITIONS}.sales.build",
        groupings=[
            ("day", _("day")),
            ("show", _("show")),
            ("event", _("event")),
            ("channel", _("channel")),
            ("ticket_type", _("ticket type")),
        ],
    ),
    Report(
        "settlement",
        _("Settlement"),
        _("Each show’s gross, refunds, tax, fees and net, with the split agreed for its event."),
        f"{_DEFINITIONS}.settlement.build",
        counted_by="show__starts_at",
    ),
    Report(
        "payments",
        _("Payments and cash-up"),
        _("Money in and money out, by the day it moved."),
        f"{_DEFINITIONS}.payments.build",
        groupings=[
            ("gateway", _("way of paying")),
            ("day", _("day")),
            ("channel", _("channel")),
            ("person", _("person")),
        ],
        asks=frozenset(),
    ),
    Report(
        "taxes",
        _("Taxes"),
        _("Net, tax and gross of what was paid and paid back, by kind of sale and tax rate, as receipts have it."),
        f"{_DEFINITIONS}.taxes.build",
        span=Span.LAST_MONTH,
        asks=frozenset(),
    ),
    Report(
        "journal",
        _("Journal"),
        _("Every movement of money as postings between accounts, for the accountant. Always a file."),
        f"{_DEFINITIONS}.journal.build",
        span=Span.LAST_MONTH,
        asks=frozenset(),
        is_raw=True,
    ),
    Report(
        "occupancy",
        _("Occupancy and forecast"),
        _("How full the halls were by zone, weekday and show, and how full coming shows are expected to be."),
        f"{_DEFINITIONS}.occupancy.build",
        capability=Capability.SEE_BOOKINGS,
        counted_by="show__starts_at",
        groupings=[
            ("zone", _("zone")),
            ("weekday", _("weekday")),
            ("show", _("show")),
            ("forecast", _("coming shows, with forecast")),
        ],
    ),
    Report(
        "advance",
        _("Advance sales"),
        _("Coming shows against earlier ones at the same point before their start."),
        f"{_DEFINITIONS}.advance.build",
        span=Span.NEXT_30_DAYS,
        counted_by="show__starts_at",
    ),
    Report(
        "refunds",
        _("Refunds and cancellations"),
        _("Refunds made, pending or failed, and cancellations without a refund."),
        f"{_DEFINITIONS}.refunds.build",
        groupings=[("refund", _("each one")), ("event", _("event")), ("day", _("day"))],
    ),
    Report(
        "vouchers",
        _("Vouchers"),
        _("Voucher discounts, and the sales made with them."),
        f"{_DEFINITIONS}.vouchers.build",
    ),
    Report(
        "attendance",
        _("Check-in and no-shows"),
        _("Admissions to each show, and no-shows."),
        f"{_DEFINITIONS}.attendance.build",
        capability=Capability.CHECK_IN,
        counted_by="show__starts_at",
    ),
    Report(
        "customers",
        _("Customers"),
        _("New, returning and lapsed customers, and what they spent."),
        f"{_DEFINITIONS}.customers.build",
        asks=frozenset(),
    ),
    Report(
        "portfolio",
        _("Theater portfolio"),
        _("Each event of a theater with its shows, bookings and ratings; as CSV, one file per theater."),
        f"{_DEFINITIONS}.portfolio.build",
        counted_by="show__starts_at",
        asks=frozenset(),
        has_file_for_each_theater=True,
    ),
    Report(
        "tickets",
        _("Every ticket"),
        _("One row a ticket with its booking, place and price, for your own calculations. Always a file."),
        f"{_DEFINITIONS}.tickets.build",
        names_customers=True,
        is_raw=True,
    ),
]
REPORTS: dict[str, Report] = {report.slug: report for report in _ALL}
