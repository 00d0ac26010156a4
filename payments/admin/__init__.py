"""The console's pages for payment accounts, bank transfers and reconciliation."""

from payments.admin import accounts, reconciliation, transfers

__all__ = ["accounts", "reconciliation", "transfers"]
