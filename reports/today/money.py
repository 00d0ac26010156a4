"""Money today against the same weekday last week, by currency, in each theater's own day."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum

from accounts.roles import Capability
from lib.money import format_money, round_money
from payments.models import Payment, Refund
from reports.today.scope import Scope

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """Amounts in one currency: taken today, by this hour a week ago, and on that whole day."""

    currency: str
    taken: Decimal
    then_so_far: Decimal
    then: Decimal
    refunded: Decimal

    @property
    def change(self) -> int | None:
        """Percent more or less than a week ago by this hour; None if nothing came in then."""
        return round(100 * (self.taken - self.then_so_far) / self.then_so_far) if self.then_so_far else None

    @property
    def words(self) -> dict[str, str]:
        return {
            name: format_money(getattr(self, name), self.currency)
            for name in ("taken", "then_so_far", "then", "refunded")
        }


def read_money(scope: Scope) -> list[MoneyRow]:
    """Read what was paid and paid back, in each currency of the person's theaters. Two statements."""
    return scope.keep("money", Capability.SEE_MONEY, read=lambda: _read(scope))


def _read(scope: Scope) -> list[MoneyRow]:
    theaters = scope.ids(Capability.SEE_MONEY)
    since = min(scope.starts_of_day(7).values())
    theater = "booking__theater"
    taken = (
        Payment.objects.received()
        .filter(captured_at__gte=since, **{f"{theater}__in": theaters})
        .order_by()
        .values(came=F("received_currency"))
        .annotate(
            taken=Sum("received_amount", filter=scope.within_day("captured_at", theater)),
            then_so_far=Sum("received_amount", filter=scope.within_day("captured_at", theater, 7, until_now=True)),
            then=Sum("received_amount", filter=scope.within_day("captured_at", theater, 7)),
        )
    )
    theater = f"payment__{theater}"
    refunded = (
        Refund.objects.returned()
        .filter(scope.within_day("settled_at", theater), **{f"{theater}__in": theaters})
        .order_by()
        .values_list("payment__received_currency")
        .annotate(Sum("amount"))
    )
    back = dict(refunded)
    found: dict[str, dict[str, Any]] = {row["came"]: dict(row) for row in taken}
    currencies = sorted({place.currency for place in scope.places if place.id in theaters} | set(found) | set(back))
    return [
        MoneyRow(
            currency,
            taken=_sum(found.get(currency, {}).get("taken"), currency),
            then_so_far=_sum(found.get(currency, {}).get("then_so_far"), currency),
            then=_sum(found.get(currency, {}).get("then"), currency),
            refunded=_sum(back.get(currency), currency),
        )
        for currency in currencies
    ]


def _sum(amount: Decimal | None, currency: str) -> Decimal:
    """Round away the binary error of SQLite's sums."""
    return round_money(Decimal(amount or ZERO), currency)
