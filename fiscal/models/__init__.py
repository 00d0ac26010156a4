"""Receipts, how a theater numbers and signs them, and the accounts of its journal."""

from fiscal.models.accounts import Account, BookSettings, Subject
from fiscal.models.devices import Signature, SigningDevice
from fiscal.models.prints import ReceiptPrint
from fiscal.models.receipts import Receipt, ReceiptLine, ReceiptSeries, ReceiptSettings

__all__ = [
    "Account",
    "BookSettings",
    "Receipt",
    "ReceiptLine",
    "ReceiptPrint",
    "ReceiptSeries",
    "ReceiptSettings",
    "Signature",
    "SigningDevice",
    "Subject",
]
