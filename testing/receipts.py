"""Receipts reckoned again, from payments, refunds and tickets, and from the reports."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import F
from django.utils import timezone

from bookings.models import Ticket
from fiscal.journal import balance, read_postings
from fiscal.lines import find_roots
from fiscal.models import Receipt, ReceiptLine, ReceiptSeries
from fiscal.movements import find_missing
from fiscal.services.issue import issue_missing
from payments.models import Drawer, DrawerEntry, Payment, Refund, RefundLine
from reports.figures import read_lines
from theaters.models import Theater

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def assert_receipts_agree(theater: Theater) -> None:
    """Issue what is missing, and check numbers, money, tickets and journal against what they come from."""
    issue_missing(theater, since=LONG_AGO)
    assert not find_missing(theater, LONG_AGO, limit=10)
    for series in ReceiptSeries.objects.filter(theater=theater):
        numbers = list(series.receipts.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, series.last_number + 1))
    receipts = Receipt.objects.filter(theater=theater).exclude(means="")
    assert _add(receipts.values_list("means", "total")) == _reckon_money(theater)
    kept = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for ticket, gross, tax in ReceiptLine.objects.exclude(ticket=None).values_list("ticket", "gross", "tax"):
        kept[ticket][0] += gross
        kept[ticket][1] += tax
    _check_tickets(theater, kept)
    _check_journal(theater)


def _reckon_money(theater: Theater) -> dict[str, Decimal]:
    came = Payment.objects.received().filter(booking__theater=theater).values_list("gateway", "received_amount")
    went = Refund.objects.returned().filter(payment__booking__theater=theater).annotate(path=Refund.PATH)
    # And cash that moved in drawers for another reason, and what their counts found.
    others = DrawerEntry.objects.filter(drawer__theater=theater, kind__in=["pay_in", "pay_out"])
    closed = Drawer.objects.filter(theater=theater, closed_at__isnull=False)
    moved = [*(entry.change for entry in others), *(drawer.difference or Decimal(0) for drawer in closed)]
    back = [(path, -amount) for path, amount in went.values_list("path", "amount")]
    return _add([*came, *back, *(("cash", amount) for amount in moved)])


def _check_tickets(theater: Theater, kept: dict[int, list[Decimal]]) -> None:
    """Compare with the report of sales: each line's gross and tax less what was refunded and exchanged."""
    done = RefundLine.objects.filter(refund__state=Refund.State.SUCCEEDED, refund__payment__state="captured")
    # The report counts what is promised.
    is_told_apart = Refund.objects.filter(state=Refund.State.PENDING).exists()
    refunded = find_roots(done.values_list("ticket", "amount", "fees"))
    lines = read_lines([theater], None)
    told = {"gross": Decimal(0), "tax": Decimal(0)}
    for line in lines.to_dict("records"):
        told["gross"] += Decimal(int(line["gross"] - line["refunded"] - line["exchanged"])) / 1000
        told["tax"] += Decimal(int(line["tax"])) / 1000
    if not is_told_apart:
        assert sum(gross for gross, _tax in kept.values()) == told["gross"]
        assert sum(tax for _gross, tax in kept.values()) == told["tax"]
    for ticket in Ticket.objects.filter(pk__in=kept):
        whole, last = ticket.amount + ticket.fees, ticket
        while (moved := Ticket.objects.filter(moved_from=last).first()) is not None:
            last = moved
        admission, fees = refunded.get(ticket.pk, (Decimal(0), Decimal(0)))
        gone = [admission + last.credited - last.credited_fees, fees + last.credited_fees]
        sold = [(ticket.amount, ticket.tax - ticket.fees_tax), (ticket.fees, ticket.fees_tax)]
        taxes = [
            (all_tax * part / gross if gross else Decimal(0)) for part, (gross, all_tax) in zip(gone, sold, strict=True)
        ]
        tax = sum(one.quantize(Decimal("0.01"), ROUND_HALF_UP) for one in taxes)
        assert kept[ticket.pk] == [whole - sum(gone), ticket.tax - tax], ticket


def _check_journal(theater: Theater) -> None:
    postings = list(read_postings(theater, LONG_AGO, timezone.now() + timedelta(days=1)))
    sums = balance(postings)
    assert sum(sums.values()) == 0
    by_subject = _add((ledger.subject.value, amount) for ledger, amount in sums.items())
    money = _reckon_money(theater)
    assert {name: by_subject.get(name, Decimal(0)) for name in money} == money
    sold = ReceiptLine.objects.filter(kind__in=ReceiptLine.SOLD, receipt__theater=theater)
    net = sum(sold.values_list(F("gross") - F("tax"), flat=True), Decimal(0))
    assert -by_subject.get("admission", Decimal(0)) - by_subject.get("fee", Decimal(0)) == net
    assert -by_subject.get("tax", Decimal(0)) == sum(sold.values_list("tax", flat=True), Decimal(0))


def _add(rows: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for name, amount in rows:
        found[name] += amount
    return {name: amount for name, amount in found.items() if amount}
