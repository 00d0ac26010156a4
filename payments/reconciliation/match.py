"""Compare our payments and refunds with what a gateway says it moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from lib.tables import DayOrder, day_order
from payments.models import ExportMapping, GatewayAccount, Payment, Reconciliation, ReconciliationLine, Refund
from payments.reconciliation import ExportLine, read_export
from payments.reconciliation.mapping import LineKind
from theaters.models import Theater

Row = TypeVar("Row", Payment, Refund)
Value = TypeVar("Value", str, int, UUID)

ZERO = Decimal(0)
Result = ReconciliationLine.Result
# References asked for at once: SQLite takes 1,000 values in a statement, and each may be asked twice.
REFERENCE_BATCH = 400
_DAY = timedelta(days=1)


def reconcile(
    *,
    theater: Theater | None,
    gateway: str,
    account: GatewayAccount | None = None,
    file_name: str,
    content: bytes,
    by: User,
    first_day: date | None = None,
    last_day: date | None = None,
) -> Reconciliation:
    """Compare the export of a gateway or a bank with our books of one theater, or of all, and keep the result.

    Payments are those that were made with `account`, or with the site's. A table is read through the mapping that
    was chosen for the theater and the gateway, if it fits. Our own
    rows are taken from `first_day` to `last_day` by the theater's clock; without them, from the
    file's first moment to its last. It changes no payment. Raises `ExportUnreadable`, of which
    `UnknownColumns` asks for a mapping.
    """
    zone = theater.tz if theater else ZoneInfo("UTC")
    kept = ExportMapping.objects.filter(theater=theater, gateway=gateway).first()
    order = day_order(theater.city.country) if theater else DayOrder.UNKNOWN
    export = read_export(content, zone, mapping=kept.read() if kept else None, order=order)
    starts_at, ends_at = _find_period(export.lines, zone, first_day, last_day)
    books = _Books(theater, gateway, account, zone)
    lines = list(books.match(export.lines))
    if export.is_statement:
        strange = [line for line in lines if line.result == Result.ONLY_GATEWAY]
        export.ignored["other"] += len(strange)
        lines = [line for line in lines if line.result != Result.ONLY_GATEWAY]
    lines += books.find_missing(starts_at, ends_at, with_refunds=export.has_refunds)
    with transaction.atomic():
        done = Reconciliation.objects.create(
            theater=theater,
            gateway=gateway,
            account=account,
            file_name=file_name[:200],
            starts_at=starts_at,
            ends_at=ends_at,
            ignored=dict(export.ignored),
            made_by=by,
        )
        for line in lines:
            line.reconciliation = done
        ReconciliationLine.objects.bulk_create(lines, batch_size=REFERENCE_BATCH)
        record(
            by=by,
            action=Action.RECONCILE,
            on=done,
            theater_id=theater.pk if theater else None,
            after={str(result): sum(line.result == result for line in lines) for result in Result},
        )
    return done


def keep_mapping(chosen: ExportMapping, *, theater: Theater | None, gateway: str, by: User) -> ExportMapping:
    """Keep the chosen columns for a theater and gateway, in place of an earlier choice."""
    columns = {
        field.name: getattr(chosen, field.name)
        for field in ExportMapping._meta.fields
        if field.name not in ("id", "theater", "gateway", "made_by", "made_at")
    }
    with transaction.atomic():
        kept, _is_new = ExportMapping.objects.update_or_create(
            theater=theater, gateway=gateway, defaults={**columns, "made_by": by, "made_at": timezone.now()}
        )
        record(
            by=by,
            action=Action.CHOOSE_EXPORT_COLUMNS,
            on=kept,
            theater_id=theater.pk if theater else None,
            after=columns,
        )
    return kept


def _find_period(
    lines: list[ExportLine], zone: ZoneInfo, first_day: date | None, last_day: date | None
) -> tuple[datetime, datetime]:
    first, last = min(lines, key=lambda line: line.at), max(lines, key=lambda line: line.at)
    starts_at = _midnight(first_day, zone) if first_day else first.at
    if last_day:
        return starts_at, max(_midnight(last_day + timedelta(days=1), zone), starts_at)
    return starts_at, max(last.at + (timedelta(seconds=1) if last.has_time else timedelta(days=1)), starts_at)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


class _Books:
    """Our side: payments and refunds of one gateway and account, of one theater or of all, each used once."""

    def __init__(self, theater: Theater | None, gateway: str, account: GatewayAccount | None, zone: ZoneInfo) -> None:
        self.zone = zone
        received = Payment.objects.received().filter(gateway=gateway, account=account)
        self.payments: QuerySet[Payment] = received.order_by("pk")
        self.refunds: QuerySet[Refund] = (
            Refund.objects.returned()
            .annotate(path=Refund.PATH)
            .filter(~Q(way=Refund.Way.AS_PAID) | Q(payment__account=account), path=gateway)
            .select_related("payment")
            .order_by("pk")
        )
        if theater is not None:
            self.payments = self.payments.filter(booking__theater=theater)
            self.refunds = self.refunds.filter(payment__booking__theater=theater)
        self.used: set[tuple[LineKind, int]] = set()

    def match(self, lines: list[ExportLine]) -> Iterator[ReconciliationLine]:
        """Find the row of ours that each line names."""
        references = {reference for line in lines for reference in line.references}
        payments = _by_name(self._find(self.payments, references))
        refunds = _by_name(self._find(self.refunds, references))
        of_payment: dict[int, list[Refund]] = defaultdict(list)
        wanted = {payment.pk for payment in payments.values()}
        for some in _in_batches(wanted):
            for row in self.refunds.filter(payment__in=some):
                of_payment[row.payment_id].append(row)
        unnamed = self._find_unnamed(lines)
        for line in lines:
            if line.kind == LineKind.PAYMENT:
                named = _first(line, payments)
                yield self._compare(line, self._take(named or _closest(unnamed, line, self)))
                continue
            refund = _first(line, refunds)
            payment = _first(line, payments)
            if refund is None and payment is not None:
                open_refunds = [row for row in of_payment[payment.pk] if (LineKind.REFUND, row.pk) not in self.used]
                same = [row for row in open_refunds if row.amount == line.amount]
                if not same and len(open_refunds) > 1 and _sum(open_refunds) == line.amount:
                    # The export gives several refunds of a payment as one sum.
                    self.used |= {(LineKind.REFUND, row.pk) for row in open_refunds}
                    yield self._write(line, Result.MATCHED, refund=open_refunds[0], amount=line.amount)
                    continue
                refund = next(iter([*same, *open_refunds]), None)
            yield self._compare(line, self._take(refund))

    def find_missing(self, starts_at: datetime, ends_at: datetime, *, with_refunds: bool) -> list[ReconciliationLine]:
        """Return our rows of the period that no line named."""
        payments = list(self.payments.filter(captured_at__gte=starts_at, captured_at__lt=ends_at))
        refunds = list(self.refunds.filter(settled_at__gte=starts_at, settled_at__lt=ends_at)) if with_refunds else []
        missing_payments = [
            ReconciliationLine(
                result=Result.ONLY_OURS,
                kind=LineKind.PAYMENT,
                reference=payment.reference,
                happened_at=payment.captured_at,
                currency=payment.paid_currency,
                our_amount=payment.received_amount,
                payment=payment,
            )
            for payment in payments
            if _name(payment) not in self.used
        ]
        return missing_payments + [
            ReconciliationLine(
                result=Result.ONLY_OURS,
                kind=LineKind.REFUND,
                reference=refund.reference,
                happened_at=refund.settled_at,
                currency=refund.currency,
                our_amount=refund.amount,
                payment=refund.payment,
                refund=refund,
            )
            for refund in refunds
            if _name(refund) not in self.used
        ]

    def _find_unnamed(self, lines: list[ExportLine]) -> dict[tuple[Decimal, str, date], list[Payment]]:
        """Return payments without a reference, such as those by card terminal, by amount, currency and day."""
        first, last = min(line.at for line in lines), max(line.at for line in lines)
        rows = self.payments.filter(reference="", captured_at__gte=first - _DAY, captured_at__lt=last + 2 * _DAY)
        found: dict[tuple[Decimal, str, date], list[Payment]] = defaultdict(list)
        for row in rows:
            if row.received_amount is not None and row.captured_at is not None:
                found[row.received_amount, row.received_currency, row.captured_at.astimezone(self.zone).date()].append(
                    row
                )
        return found

    def is_free(self, row: Payment) -> bool:
        return _name(row) not in self.used

    def _find(self, rows: QuerySet[Row], references: set[str]) -> Iterator[Row]:
        keys = {key for reference in references if (key := _parse_key(reference)) is not None}
        for some in _in_batches(references):
            yield from rows.filter(reference__in=some)
        for some_keys in _in_batches(keys):
            yield from rows.filter(key__in=some_keys)

    def _take(self, row: Row | None) -> Row | None:
        if row is None or _name(row) in self.used:
            return None
        self.used.add(_name(row))
        return row

    def _compare(self, line: ExportLine, row: Payment | Refund | None) -> ReconciliationLine:
        if row is None:
            return self._write(line, Result.ONLY_GATEWAY)
        payment = row if isinstance(row, Payment) else row.payment
        ours = (row.received_amount or ZERO) if isinstance(row, Payment) else row.amount
        is_same = (ours, payment.paid_currency) == (line.amount, line.currency)
        result = Result.MATCHED if is_same else Result.DIFFERS
        refund = row if isinstance(row, Refund) else None
        return self._write(line, result, payment=payment, refund=refund, amount=ours)

    def _write(
        self,
        line: ExportLine,
        result: Result,
        *,
        payment: Payment | None = None,
        refund: Refund | None = None,
        amount: Decimal | None = None,
    ) -> ReconciliationLine:
        return ReconciliationLine(
            result=result,
            kind=line.kind,
            number=line.number,
            reference=line.references[0][:255],
            happened_at=line.at,
            currency=line.currency,
            gateway_amount=line.amount,
            our_amount=amount,
            fee=line.fee,
            payment=payment or (refund.payment if refund else None),
            refund=refund,
        )


def _closest(
    unnamed: Mapping[tuple[Decimal, str, date], list[Payment]], line: ExportLine, books: _Books
) -> Payment | None:
    """Return the payment without a reference that has the line's amount and day, the nearest in time."""
    day = line.at.astimezone(books.zone).date()
    rows = [row for row in unnamed.get((line.amount, line.currency, day), ()) if books.is_free(row)]
    return min(rows, key=lambda row: abs((row.captured_at or line.at) - line.at), default=None)


def _by_name(rows: Iterable[Row]) -> dict[str, Row]:
    """Return rows by every name that a gateway may know them by: its own reference, and our key."""
    found: dict[str, Row] = {}
    for row in rows:
        found[str(row.key)] = row
        if row.reference:
            found[row.reference] = row
    return found


def _first(line: ExportLine, rows: Mapping[str, Row]) -> Row | None:
    return next((rows[reference] for reference in line.references if reference in rows), None)


def _name(row: Payment | Refund) -> tuple[LineKind, int]:
    return (LineKind.PAYMENT if isinstance(row, Payment) else LineKind.REFUND), row.pk


def _sum(refunds: Iterable[Refund]) -> Decimal:
    return sum((refund.amount for refund in refunds), Decimal(0))


def _parse_key(reference: str) -> UUID | None:
    try:
        return UUID(reference)
    except ValueError:
        return None


def _in_batches(values: Iterable[Value]) -> Iterator[list[Value]]:
    rest = iter(values)
    while some := list(islice(rest, REFERENCE_BATCH)):
        yield some
