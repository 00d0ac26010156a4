"""What people and their banks write on a transfer, so that the money is found again."""

import re
from collections.abc import Collection, Iterable
from decimal import Decimal

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

from lib.money import round_money
from payments.models import BankAccount

# What the code for banking apps can say: SEPA credit transfers are in euro.
EPC_CURRENCY = "EUR"
# Of a booking, and with RF and its check digits.
CODE_LENGTH = 8
REFERENCE_LENGTH = CODE_LENGTH + 4


def make_reference(code: str) -> str:
    """Return a creditor reference (ISO 11649) with a booking's code: its check digits find every slip of a digit."""
    return f"RF{mod_97_10.calc_check_digits(f'{code}RF')}{code}"


def write_reference(reference: str) -> str:
    """Return a reference in groups of four, as people read it."""
    return str(iso11649.format(reference))


def write_epc_code(account: BankAccount, amount: Decimal, currency: str, reference: str) -> str:
    """Return the text of the code that banking apps read (EPC069-12, version 2); empty for other currencies.

    It must be drawn with error correction M.
    """
    if currency != EPC_CURRENCY:
        return ""
    money = f"{currency}{round_money(amount, currency)}"
    return "\n".join(["BCD", "002", "1", "SCT", account.bic, account.holder, account.iban, money, "", reference])


def find_codes(texts: Collection[str]) -> set[str]:
    """Return the booking codes that these texts may name: in creditor references whose check digits hold, or alone.

    People and banks put spaces into references, break them, and write them in lower case.
    """
    words = {word for text in texts for word in re.findall(r"[A-Z0-9]+", text.upper())}
    return {word for word in words if len(word) == CODE_LENGTH} | find_references(texts)


def find_references(texts: Iterable[str]) -> set[str]:
    """Return the booking codes in creditor references whose check digits hold."""
    found = set()
    for text in texts:
        compact = re.sub(r"[^A-Z0-9]", "", text.upper())
        for start in (match.start() for match in re.finditer("RF", compact)):
            reference = compact[start : start + REFERENCE_LENGTH]
            if len(reference) == REFERENCE_LENGTH and iso11649.is_valid(reference):
                found.add(reference[-CODE_LENGTH:])
    return found
