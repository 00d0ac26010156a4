"""The console's pages for receipts, tills, signing devices and the journal."""

from fiscal.admin import books, devices, numbering, receipts

__all__ = ["books", "devices", "numbering", "receipts"]
