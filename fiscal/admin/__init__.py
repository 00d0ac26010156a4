"""The console's pages for receipts, tills and the journal."""

from fiscal.admin import books, numbering, receipts

__all__ = ["books", "numbering", "receipts"]
