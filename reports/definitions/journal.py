"""The journal of receipts as a table; `fiscal/journal.py` says what a posting is."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext

from fiscal.journal import Ledger, read_postings
from fiscal.services.issue import issue_missing
from payments.gateways import name_gateway
from reports.definitions.tables import describe_request
from reports.results import Column, Kind, ReportRequest, ReportResult, Row


def build(request: ReportRequest) -> ReportResult:
    columns = [
        Column(gettext("Day"), Kind.DATE),
        Column(gettext("Receipt")),
        Column(gettext("Kind")),
        Column(gettext("Theater")),
        Column(gettext("Debit account")),
        Column(gettext("Debit")),
        Column(gettext("Credit account")),
        Column(gettext("Credit")),
        Column(gettext("Way of paying")),
        Column(gettext("Amount"), Kind.MONEY),
    ]
    return ReportResult(
        title=gettext("Journal"),
        subtitle=describe_request(request),
        columns=columns,
        rows=_read_rows(request),
        totals=[],
        charts=[],
        notes=[gettext("Each amount is debited to one account and credited to another.")],
    )


def _read_rows(request: ReportRequest) -> Iterator[Row]:
    if request.period is None:
        return
    for theater in request.theaters:
        begin, end = request.period.bounds(theater.tz)
        issue_missing(theater, since=begin)
        for one in read_postings(theater, begin, end):
            receipt = one.receipt
            means = name_gateway(receipt.means) if receipt.means else ""
            names = (receipt.code, str(receipt.get_kind_display()), theater.name)
            accounts = (*_name(one.debit), *_name(one.credit))
            yield Row((one.day, *names, *accounts, means, one.amount), receipt.currency)


def _name(account: Ledger) -> tuple[str, str]:
    return account.number, account.name
