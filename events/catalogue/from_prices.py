"""The price that lists show."""

from decimal import Decimal
from typing import NamedTuple


class FromPrice(NamedTuple):
    """The lowest price: at the default ticket type, and reduced if that is lower."""

    currency: str
    amount: Decimal
    reduced: Decimal | None = None


def make_from_price(currency: str, amount: Decimal | None, lowest: Decimal | None) -> FromPrice | None:
    if amount is None:
        return None
    return FromPrice(currency, amount, lowest if lowest is not None and lowest < amount else None)
