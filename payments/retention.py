"""How long this app keeps what it holds; see `operations/retention.py`. Payments go only with their booking."""

from django.db.models import Q

from operations.retention import Follows, Kept, Pruned
from payments.models import (
    BankAccount,
    BankFile,
    BankTransfer,
    Drawer,
    DrawerEntry,
    ExportMapping,
    ExportUpload,
    GatewayAccount,
    GatewayEvent,
    Payment,
    Reconciliation,
    ReconciliationLine,
    Refund,
    RefundLine,
    Remedy,
    SandboxAnswer,
    Till,
    TransferCustomer,
)

_MONEY = "Money, for the books."

RETENTION = [
    Kept(Drawer, _MONEY),
    Kept(DrawerEntry, _MONEY),
    Kept(Till, _MONEY),
    Kept(BankAccount, "Where customers send money."),
    Kept(BankFile, "Which files of the bank were read."),
    Pruned(
        BankTransfer,
        "bank transfers that were not about tickets",
        "KEEP_UPLOAD_DAYS",
        "settled_at",
        when=lambda: Q(state=BankTransfer.State.DISMISSED),
    ),
    Kept(TransferCustomer, "Until staff take the permission away, or the person is erased."),
    Kept(Reconciliation, _MONEY),
    Follows(ReconciliationLine, Reconciliation),
    Kept(GatewayAccount, "Payments refer to it. One without any may be deleted."),
    Kept(ExportMapping, "How a theater reads its gateway's files."),
    # Gateways repeat their events for some days; disputes refer to them for months.
    Pruned(GatewayEvent, "events of gateways", "KEEP_GATEWAY_EVENT_DAYS", "received_at", least=35),
    Pruned(ExportUpload, "gateway files whose columns were never chosen", "KEEP_UPLOAD_DAYS", "made_at"),
    Kept(Refund, _MONEY),
    Follows(RefundLine, Refund),
    Kept(Remedy, _MONEY),
    Follows(SandboxAnswer, Payment),
]

BOOKS = [BankTransfer, Drawer, DrawerEntry, Payment, Reconciliation, ReconciliationLine, Refund, Remedy]
