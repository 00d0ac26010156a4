"""The journal: each receipt as postings from one account to another.

Everything is computed from receipts, which never change, so a period gives the same journal whenever it is asked
for. Each posting has a debit and a credit of the same amount, so the journal balances by construction: an amount
that came is debited to where the money is and credited to what it is for, net and tax apart; one that went back the
other way around. Of a receipt by which no money moved, the clearing account stands where the money would.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from fiscal.charts import CHARTS
from fiscal.models import Account, BookSettings, Receipt, ReceiptLine, Subject
from lib.money import format_percent
from theaters.models import Theater

ZERO = Decimal(0)
# Read and written at once.
RECEIPTS_PER_PIECE = 2_000
_SUBJECTS = {
    ReceiptLine.Kind.ADMISSION: Subject.ADMISSION,
    ReceiptLine.Kind.FEE: Subject.FEE,
    ReceiptLine.Kind.GOODS: Subject.GOODS,
    ReceiptLine.Kind.DEPOSIT: Subject.DEPOSIT,
    ReceiptLine.Kind.CASH: Subject.TRANSIT,
    ReceiptLine.Kind.DIFFERENCE: Subject.DIFFERENCE,
}


@dataclass(frozen=True)
class Ledger:
    """An account by what it is for; `number` is empty where nobody has chosen one."""

    subject: Subject
    tax_rate: Decimal | None
    number: str = ""
    posting_key: str = ""

    @property
    def name(self) -> str:
        """What it is for, in words: “admission, 7 %”."""
        words = str(self.subject.label)
        return f"{words}, {format_percent(self.tax_rate)}" if self.tax_rate else words


@dataclass(frozen=True)
class Posting:
    """An amount, more than zero, debited to one account and credited to another."""

    receipt: Receipt
    day: date
    debit: Ledger
    credit: Ledger
    amount: Decimal

    @property
    def sale(self) -> Ledger:
        """The account that says what the money is for."""
        return self.credit if self.debit == self.money else self.debit

    @property
    def money(self) -> Ledger:
        """The account where the money is; never one with a tax rate."""
        return self.debit if self.debit.subject in _MONEY else self.credit


_MONEY = frozenset(set(Subject) - set(_SUBJECTS.values()) - {Subject.TAX})


class Accounts:
    """The accounts of a theater: its own, else those of its chart. Two queries."""

    def __init__(self, theater: Theater) -> None:
        self.settings = BookSettings.objects.filter(theater=theater).first() or BookSettings(theater=theater)
        self._own = {(one.subject, one.tax_rate): one for one in Account.objects.filter(theater=theater)}

    def find(self, subject: Subject, tax_rate: Decimal | None = None) -> Ledger:
        """Return the account for a tax rate, else the one for all rates."""
        rates = (tax_rate, None) if tax_rate is not None else (None,)
        for rate in rates:
            if (own := self._own.get((subject, rate))) is not None:
                return Ledger(subject, tax_rate, own.number, own.posting_key)
        chart = CHARTS[self.settings.chart]
        number = next((chart[subject, rate] for rate in rates if (subject, rate) in chart), "")
        return Ledger(subject, tax_rate, number)


def read_postings(theater: Theater, begin: datetime, end: datetime) -> Iterator[Posting]:
    """Yield the postings of a theater's receipts whose money moved in this time, the earliest first.

    Issue what is missing before. Two queries for each `RECEIPTS_PER_PIECE`, and two for the accounts.
    """
    accounts = Accounts(theater)
    receipts = Receipt.objects.filter(theater=theater, moved_at__gte=begin, moved_at__lt=end)
    keys = list(receipts.order_by("moved_at", "pk").values_list("pk", flat=True))
    for start in range(0, len(keys), RECEIPTS_PER_PIECE):
        piece = keys[start : start + RECEIPTS_PER_PIECE]
        found = Receipt.objects.in_bulk(piece)
        lines: dict[int, list[tuple[str, Decimal, Decimal, Decimal]]] = defaultdict(list)
        rows = ReceiptLine.objects.filter(receipt__in=piece).order_by("kind", "tax_rate")
        for receipt_id, *sums in rows.values_list("receipt", "kind", "tax_rate").annotate(Sum("gross"), Sum("tax")):
            lines[receipt_id].append(tuple(sums))
        for key in piece:
            yield from post(found[key], lines[key], accounts, theater)


def post(
    receipt: Receipt, lines: Iterable[tuple[str, Decimal, Decimal, Decimal]], accounts: Accounts, theater: Theater
) -> Iterator[Posting]:
    """Yield the postings of one receipt from its sums by kind and tax rate. No query."""
    day = timezone.localtime(receipt.moved_at, theater.tz).date()
    money = accounts.find(Subject(receipt.means) if receipt.means else Subject.CLEARING)
    for kind, rate, gross, tax in lines:
        subject = _SUBJECTS[ReceiptLine.Kind(kind)]
        # Rounded, because SQLite adds up in binary.
        for other, amount in (
            (accounts.find(subject, rate if subject.has_rates else None), round(gross - tax, 3)),
            (accounts.find(Subject.TAX, rate), round(tax, 3)),
        ):
            if amount > 0:
                yield Posting(receipt, day, money, other, amount)
            elif amount < 0:
                yield Posting(receipt, day, other, money, -amount)


def balance(postings: Iterable[Posting]) -> dict[Ledger, Decimal]:
    """Return what each account gained: debits less credits. Their sum is zero."""
    found: dict[Ledger, Decimal] = defaultdict(Decimal)
    for one in postings:
        found[one.debit] += one.amount
        found[one.credit] -= one.amount
    return dict(found)


def find_unnamed(postings: Sequence[Posting]) -> list[Ledger]:
    """Return the accounts that have postings but no number."""
    return sorted(
        {one for posting in postings for one in (posting.debit, posting.credit) if not one.number},
        key=lambda one: (one.subject, one.tax_rate or ZERO),
    )
