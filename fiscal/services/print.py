"""Print a receipt at the counter."""

from django.db import transaction

from accounts.models import User
from fiscal.models import Receipt, ReceiptPrint


def print_receipt(*, receipt: Receipt, by: User) -> bool:
    """Record a print; return True if it is a copy: all but the first are."""
    with transaction.atomic():
        made = ReceiptPrint.objects.create(receipt=receipt, by=by)
        return ReceiptPrint.objects.filter(receipt=receipt, pk__lt=made.pk).exists()
