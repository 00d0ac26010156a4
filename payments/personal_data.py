"""What this app keeps about people; see `accounts/privacy.py`."""

from accounts.privacy import Holding
from payments.models import TransferCustomer

HOLDINGS = [
    Holding(
        TransferCustomer,
        lambda person: TransferCustomer.objects.filter(email__in=person.addresses),
        section="bank transfers",
        personal=("email", "note"),
        tells={"theater": "theater__name", "email": "email", "note": "note", "since": "made_at"},
        is_deleted=True,
        is_named=True,
    ),
]

NOT_PERSONAL = {"payments.BankAccount": ["holder", "iban", "bic"]}
