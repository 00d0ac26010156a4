"""Which column of a table holds what, and in which words: known for some gateways, chosen by staff for others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from lib.tables import DayOrder


class LineKind(TextChoices):
    PAYMENT = "payment", _("payment")
    REFUND = "refund", _("refund")


class RefundSigns(TextChoices):
    MINUS = "minus", _("with a minus")
    PLUS = "plus", _("without a minus")
    EITHER = "either", _("either way")


@dataclass(frozen=True)
class ColumnMapping:
    """Columns by their names in lower case; empty where the file has no such column.

    Without a `kind`, the sign tells payments from refunds. Kinds are compared in lower case; a line of
    another kind is left out, or refused where the mapping `is_strict`.
    """

    date: str
    amount: str
    references: tuple[str, ...]
    time: str = ""
    currency: str = ""
    default_currency: str = ""
    kind: str = ""
    fee: str = ""
    payments: frozenset[str] = frozenset()
    refunds: frozenset[str] = frozenset()
    refund_signs: RefundSigns = RefundSigns.MINUS
    is_strict: bool = False
    is_utc: bool = False
    day_order: DayOrder = DayOrder.UNKNOWN

    @property
    def has_refunds(self) -> bool:
        return not self.kind or bool(self.refunds)

    def needed(self) -> set[str]:
        """Return the columns without which the mapping can't read a file."""
        return {name for name in (self.date, self.time, self.amount, self.currency, self.kind) if name}

    def fits(self, header: Collection[str]) -> bool:
        return self.needed() <= set(header) and any(name in header for name in self.references)


_STRIPE_REFERENCES = (
    "payment_key (metadata)", "refund_key (metadata)", "payment_metadata[payment_key]",
    "refund_metadata[refund_key]", "paymentintent id", "payment_intent_id", "payment intent id", "source",
    "source_id", "charge_id", "reference", "id",
)  # fmt: skip
_CHARGES = frozenset(("charge", "payment"))
_REFUNDS = frozenset(("refund", "payment_refund", "partial_capture_reversal"))


def _stripe(
    date: str, amount: str, kind: str, *, payments: frozenset[str] = _CHARGES, refunds: frozenset[str] = _REFUNDS
) -> ColumnMapping:
    return ColumnMapping(
        date=date,
        amount=amount,
        references=_STRIPE_REFERENCES,
        currency="currency",
        kind=kind,
        fee="fee",
        payments=payments,
        refunds=refunds,
        is_utc=True,
    )


_PAID = frozenset(("paid", "refunded", "partially refunded", "partial refund", "succeeded"))

# Who paid, and from which account, as banks call these columns.
PAYER_COLUMNS = (
    "payer",
    "name zahlungsbeteiligter",
    "beguenstigter/zahlungspflichtiger",
    "partnername",
    "counterparty",
)
PAYER_IBAN_COLUMNS = (
    "payer iban", "iban zahlungsbeteiligter", "kontonummer/iban", "partner iban", "counterparty iban", "iban",
)  # fmt: skip

# In the order in which they are tried; the first that fits reads the file.
KNOWN = (
    # Stripe: the itemized balance report, the balance export, the payments export without refunds of its own.
    _stripe("created_utc", "gross", "reporting_category"),
    *(_stripe(date, "amount", "type") for date in ("created (utc)", "created_utc", "created")),
    *(
        _stripe(date, "amount", "status", payments=_PAID, refunds=frozenset())
        for date in ("created date (utc)", "created (utc)", "created")
    ),
    # A plain form of our own.
    ColumnMapping(
        date="date", amount="amount", references=("reference",), currency="currency", kind="kind",
        payments=frozenset(("payment",)), refunds=frozenset(("refund",)), refund_signs=RefundSigns.EITHER,
        is_strict=True,
    ),
    # German savings and cooperative banks: the CSV that they name after CAMT.
    ColumnMapping(
        date="buchungstag", amount="betrag", currency="waehrung", day_order=DayOrder.DAY_FIRST,
        references=("verwendungszweck", "kundenreferenz (end-to-end)"),
    ),
    # PayPal: the activity download, in English.
    ColumnMapping(
        date="date", time="time", amount="gross", currency="currency", kind="type", fee="fee",
        references=("custom number", "invoice number", "transaction id", "reference txn id"),
        payments=frozenset(
            (
                "express checkout payment", "website payment", "checkout payment", "payment received",
                "mobile payment", "general payment", "pre-approved payment bill user payment",
            )
        ),
        refunds=frozenset(("payment refund", "refund", "payment reversal", "chargeback", "chargeback settlement")),
    ),
    # SumUp: the report of transactions, in English; refunds have a kind of their own.
    ColumnMapping(
        date="date", amount="total", currency="currency", kind="transaction type", fee="fee",
        references=("reference", "transaction id"), payments=frozenset(("sale", "payment")),
        refunds=frozenset(("refund", "chargeback")), refund_signs=RefundSigns.EITHER,
    ),
    # Zettle: sales as one line for each payment, in English; a refund has a minus.
    *(
        ColumnMapping(
            date=date, amount="amount", currency="currency", fee="fee", references=("receipt number", "reference")
        )
        for date in ("date & time", "date and time")
    ),
)  # fmt: skip


def find_known(header: Collection[str]) -> ColumnMapping | None:
    """Return the known mapping for a file with these columns, in lower case, or None."""
    return next((mapping for mapping in KNOWN if mapping.fits(header)), None)
