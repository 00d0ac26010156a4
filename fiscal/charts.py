"""First values for charts of accounts, for the theater's accountant to check. Keys of sales are tax rates."""

from collections.abc import Mapping
from decimal import Decimal

from fiscal.models import BookSettings, Subject

Chart = BookSettings.Chart
_Numbers = Mapping[tuple[Subject, Decimal | None], str]

# Accounts that the charts keep for these by name. Money at a gateway is in transit until the bank has it.
_SKR03: _Numbers = {
    (Subject.CASH, None): "1000",
    (Subject.TERMINAL, None): "1360",
    (Subject.STRIPE, None): "1360",
    (Subject.MOLLIE, None): "1360",
    (Subject.SANDBOX, None): "1360",
    (Subject.TRANSFER, None): "1200",
    (Subject.OUTSIDE, None): "1360",
    (Subject.ADMISSION, None): "8200",
    (Subject.ADMISSION, Decimal(7)): "8300",
    (Subject.ADMISSION, Decimal(19)): "8400",
    (Subject.FEE, None): "8200",
    (Subject.GOODS, None): "8200",
    (Subject.FEE, Decimal(7)): "8300",
    (Subject.GOODS, Decimal(7)): "8300",
    (Subject.FEE, Decimal(19)): "8400",
    (Subject.GOODS, Decimal(19)): "8400",
    (Subject.TAX, None): "1770",
    (Subject.TAX, Decimal(7)): "1771",
    (Subject.TAX, Decimal(19)): "1776",
    (Subject.DEPOSIT, None): "1700",
    (Subject.TRANSIT, None): "1360",
    (Subject.DIFFERENCE, None): "4900",
    (Subject.CLEARING, None): "1590",
}
_SKR04: _Numbers = {
    (Subject.CASH, None): "1600",
    (Subject.TERMINAL, None): "1460",
    (Subject.STRIPE, None): "1460",
    (Subject.MOLLIE, None): "1460",
    (Subject.SANDBOX, None): "1460",
    (Subject.TRANSFER, None): "1800",
    (Subject.OUTSIDE, None): "1460",
    (Subject.ADMISSION, None): "4200",
    (Subject.ADMISSION, Decimal(7)): "4300",
    (Subject.ADMISSION, Decimal(19)): "4400",
    (Subject.FEE, None): "4200",
    (Subject.GOODS, None): "4200",
    (Subject.FEE, Decimal(7)): "4300",
    (Subject.GOODS, Decimal(7)): "4300",
    (Subject.FEE, Decimal(19)): "4400",
    (Subject.GOODS, Decimal(19)): "4400",
    (Subject.TAX, None): "3800",
    (Subject.TAX, Decimal(7)): "3801",
    (Subject.TAX, Decimal(19)): "3806",
    (Subject.DEPOSIT, None): "3500",
    (Subject.TRANSIT, None): "1460",
    (Subject.DIFFERENCE, None): "6300",
    (Subject.CLEARING, None): "1370",
}
CHARTS: Mapping[str, _Numbers] = {Chart.SKR03: _SKR03, Chart.SKR04: _SKR04, Chart.OWN: {}}
