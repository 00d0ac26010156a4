"""Print a receipt at the counter."""

from django.db import transaction

from accounts.models import User
from fiscal.models import Receipt, ReceiptPrint
from fiscal.services.sign import sign_receipt


def print_receipt(*, receipt: Receipt, by: User) -> bool:
    """Sign the receipt if its device has not yet, and record a print; return True if it is a copy.

    All prints but the first are copies. Not in a transaction.
    """
    signature = sign_receipt(receipt)
    if signature is not None:
        receipt.signature = signature
    with transaction.atomic():
        made = ReceiptPrint.objects.create(receipt=receipt, by=by)
        return ReceiptPrint.objects.filter(receipt=receipt, pk__lt=made.pk).exists()
