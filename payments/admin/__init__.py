"""The console's pages for reconciliation."""

from payments.admin import reconciliation

__all__ = ["reconciliation"]
