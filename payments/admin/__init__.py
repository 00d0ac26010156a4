"""The console's pages for payment accounts and reconciliation."""

from payments.admin import accounts, reconciliation

__all__ = ["accounts", "reconciliation"]
