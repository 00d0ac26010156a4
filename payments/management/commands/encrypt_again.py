from typing import Any

from django.core.management.base import BaseCommand

from accounts.adapter import encrypt_factors_again
from payments.accounts import encrypt_accounts_again


class Command(BaseCommand):
    help = "Encrypt payment accounts' keys and second factors by the first of ENCRYPTION_KEYS. Harmless when repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{encrypt_accounts_again()} payment accounts, {encrypt_factors_again()} second factors.")
