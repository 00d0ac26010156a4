"""The interface of a signing device, and what it says.

A device only signs: it changes no row. `fiscal/services/sign.py` calls it once the receipt is committed, outside any
transaction, and keeps its answer. Without a usable answer it raises `DeviceFailed`: then what `fail` returns stands
for a signature, the receipt says so, and what the law wants after an outage follows by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol


class DeviceFailed(Exception):
    """The device can't be reached, or answers nonsense."""


@dataclass(frozen=True)
class ToSign:
    """What a device gets to know of a receipt. `register` names the cash register at the tax office."""

    register: str
    number: str
    moved_at: datetime
    currency: str
    # Gross by tax rate in percent, and what was paid in cash and otherwise; they add up to the same.
    by_rate: dict[Decimal, Decimal] = field(default_factory=dict)
    cash: Decimal = Decimal(0)
    other: Decimal = Decimal(0)
    is_reversal: bool = False
    # How many receipts the device had before, and the value of the last one; "" if there was none.
    position: int = 1
    previous: str = ""
    # What was taken with this receipt and before, in the currency's smallest unit.
    turnover: int = 0


@dataclass(frozen=True)
class Signed:
    """What is kept, printed and exported: `text` was signed, and `code` is the text of the QR code."""

    text: str
    value: str
    code: str
    transaction_number: int | None = None
    signature_number: int | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


class Device(Protocol):
    @property
    def notice(self) -> str:
        """What each receipt says about the device, beside the code; "" for nothing."""
        ...

    def is_ready(self) -> bool:
        """Return True if it would sign now."""
        ...

    def start(self, request: ToSign) -> int | None:
        """Begin a transaction, where the device knows such, and return its number. Raises `DeviceFailed`."""
        ...

    def finish(self, request: ToSign, transaction_number: int | None) -> Signed:
        """Sign the receipt. Raises `DeviceFailed`."""
        ...

    def fail(self, request: ToSign) -> Signed:
        """Return what stands for a signature while the device is out of order. Never raises."""
        ...
