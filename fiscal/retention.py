"""How long this app keeps what it holds; see `operations/retention.py`."""

from fiscal.models import (
    Account,
    BookSettings,
    Receipt,
    ReceiptLine,
    ReceiptPrint,
    ReceiptSeries,
    ReceiptSettings,
    Signature,
    SigningDevice,
)
from operations.retention import Follows, Kept
from theaters.models import Theater

_BOOKS = "Receipts, for the books; they name no customer."

RETENTION = [
    Kept(Receipt, _BOOKS),
    Kept(ReceiptLine, _BOOKS),
    Kept(ReceiptPrint, _BOOKS),
    Kept(ReceiptSeries, _BOOKS),
    Kept(Signature, _BOOKS),
    Kept(SigningDevice, _BOOKS),
    Follows(ReceiptSettings, Theater),
    Follows(BookSettings, Theater),
    Follows(Account, Theater),
]

BOOKS = [Account, BookSettings, Receipt, ReceiptSeries, ReceiptSettings, SigningDevice]
