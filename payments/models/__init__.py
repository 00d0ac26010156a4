"""Money in, money out, drawers, bank accounts, and what is compared with a gateway's books."""

from payments.models.accounts import GatewayAccount, KeyUnreadable
from payments.models.drawers import Drawer, DrawerEntry
from payments.models.payments import GatewayEvent, Payment, Refund, RefundLine, SandboxAnswer
from payments.models.reconciliation import ExportMapping, ExportUpload, Reconciliation, ReconciliationLine
from payments.models.remedies import Remedy
from payments.models.tills import Till
from payments.models.transfers import BankAccount, BankFile, BankTransfer, TransferCustomer

__all__ = [
    "BankAccount",
    "BankFile",
    "BankTransfer",
    "Drawer",
    "DrawerEntry",
    "ExportMapping",
    "ExportUpload",
    "GatewayAccount",
    "GatewayEvent",
    "KeyUnreadable",
    "Payment",
    "Reconciliation",
    "ReconciliationLine",
    "Refund",
    "RefundLine",
    "Remedy",
    "SandboxAnswer",
    "Till",
    "TransferCustomer",
]
