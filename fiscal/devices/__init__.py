"""Signing devices: what tills must have by law in some countries, behind one interface (`base.py`)."""

from fiscal.devices.base import Device
from fiscal.devices.none import NoDevice
from fiscal.devices.software import SoftwareRksv, SoftwareTse
from fiscal.models import SigningDevice

Kind = SigningDevice.Kind


def get_device(device: SigningDevice) -> Device:
    """Return the device of a row."""
    if device.kind == Kind.TEST_TSE:
        return SoftwareTse(device.register, is_out_of_order=device.is_out_of_order)
    if device.kind == Kind.TEST_RKSV:
        return SoftwareRksv(device.register, is_out_of_order=device.is_out_of_order)
    return NoDevice()
