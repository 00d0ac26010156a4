"""Bank transfers to the theater's own account, offered by `bookings/services/transfer.py`.

The bank tells us nothing: staff confirm what has come. A refund waits until they have sent it.
"""

from payments.gateways.base import RefundOutcome, RefundStatus
from payments.gateways.counter import HandledByStaff
from payments.models import Payment, Refund


class TransferGateway(HandledByStaff):
    name = Payment.Gateway.TRANSFER
    # Nobody stands at a counter: customers cancel by themselves, and what goes back is sent to them.
    is_for_staff = False

    def refund(self, refund: Refund) -> RefundOutcome:
        return RefundOutcome(RefundStatus.PENDING)
