"""Germany's TSE: what a technical security device gets to sign, and what a receipt's QR code says.

The texts are those of DSFinV-K 2.4: `processType` is “Kassenbeleg-V1”, `processData` the gross amounts by tax rate and
what was paid in cash and otherwise (annex I), and the QR code has version 0 of its form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from fiscal.devices.base import DeviceFailed, ToSign

PROCESS_TYPE = "Kassenbeleg-V1"
# In this order: general, reduced, average of farming (24 (1) no. 3 UStG), of forestry (no. 1), and none.
RATES: Sequence[Decimal] = (Decimal(19), Decimal(7), Decimal("10.7"), Decimal("5.5"), Decimal(0))
ALGORITHM, TIME_FORMAT = "ecdsa-plain-SHA256", "utcTime"


class RateUnknown(DeviceFailed):
    """A tax rate has no place in the form."""


def write_process_data(request: ToSign) -> str:
    """Return `processData`: “Beleg^75.33_7.99_0.00_0.00_0.00^10.00:Bar_73.32:Unbar”. Raises `RateUnknown`."""
    taxes = "_".join(f"{amount:.2f}" for amount in amounts_by_rate(request.by_rate))
    foreign = "" if request.currency == "EUR" else f":{request.currency}"
    paid = [
        f"{amount:.2f}:{word}{foreign}" for amount, word in ((request.cash, "Bar"), (request.other, "Unbar")) if amount
    ]
    return f"Beleg^{taxes}^{'_'.join(paid)}"


def amounts_by_rate(sums: Mapping[Decimal, Decimal]) -> list[Decimal]:
    named = {rate.normalize(): amount for rate, amount in sums.items()}
    amounts = [named.pop(rate.normalize(), Decimal(0)) for rate in RATES]
    if any(named.values()):
        raise RateUnknown(next(iter(named)))
    return amounts


def write_code(
    *,
    serial: str,
    process_data: str,
    transaction_number: int,
    signature_number: int,
    started_at: datetime,
    finished_at: datetime,
    signature: str,
    public_key: str,
) -> str:
    """Return the text of the QR code; signature and key are in base64."""
    fields = [
        "V0",
        serial,
        PROCESS_TYPE,
        process_data,
        str(transaction_number),
        str(signature_number),
        write_moment(started_at),
        write_moment(finished_at),
        ALGORITHM,
        TIME_FORMAT,
        signature,
        public_key,
    ]
    return ";".join(fields)


def write_moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
