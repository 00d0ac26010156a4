"""Receipts that Austria's law asks for without a sale: when a device begins, each month, and after an outage.

The month's receipt is issued as soon as the month is over, and that of December is the year's. After an outage one
receipt says that the device works again; the receipts in between keep the words that stood for a signature.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from fiscal.devices import get_device
from fiscal.models import Receipt, Signature, SigningDevice
from fiscal.movements import Movement
from fiscal.services.issue import issue
from payments.models import Till

START = "start"


def issue_due_controls(*, now: datetime | None = None) -> int:
    """Issue what is due for all Austrian devices in use; return how many. Harmless when repeated."""
    now = now or timezone.now()
    devices = SigningDevice.objects.filter(is_in_use=True, kind=SigningDevice.Kind.TEST_RKSV)
    issued = 0
    for device in devices.select_related("theater__city", "till"):
        for purpose in _find_due(device, now):
            issued += issue_control(device, purpose, now)
    return issued


def issue_control(device: SigningDevice, purpose: str, now: datetime) -> int:
    """Issue a receipt of no money at a till of the device, once for each purpose."""
    movement = Movement(
        kind=Receipt.Kind.CONTROL,
        theater=device.theater,
        currency=device.theater.currency,
        total=Decimal(0),
        moved_at=now,
        control=f"{device.register} {purpose}",
        is_at_counter=True,
        till=device.till or Till.objects.filter(theater=device.theater, is_in_use=True).first(),
    )
    with transaction.atomic():
        return len(issue([movement]))


def _find_due(device: SigningDevice, now: datetime) -> list[str]:
    """Return which control receipts are due. Three queries."""
    last = device.signatures.order_by("position").last()
    if last is None:
        return [START]
    zone = device.theater.tz
    month = timezone.localtime(now, zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    before = month - timedelta(days=1)
    due = []
    if timezone.localtime(device.created_at, zone) < month:
        name = f"{before:%Y}" if before.month == 12 else f"{before:%Y-%m}"  # noqa: PLR2004
        if not device.signatures.filter(receipt__control=f"{device.register} {name}").exists():
            due.append(name)
    if last.state == Signature.State.FAILED and get_device(device).is_ready():
        due.append(f"after {last.position}")
    return due
