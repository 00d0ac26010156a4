"""What this app keeps about people; see `accounts/privacy.py`."""

from django.db.models import Q, QuerySet

from accounts.privacy import Holding, Person
from bookings.personal_data import tickets_of
from wallets.models import WalletDevice, WalletPass


def _passes(person: Person) -> QuerySet[WalletPass]:
    kept = Q(ticket__in=tickets_of(person), ticket__attendee_email="")
    return WalletPass.objects.filter(kept | Q(ticket__attendee_email__in=person.addresses))


HOLDINGS = [
    Holding(
        WalletDevice,
        lambda person: WalletDevice.objects.filter(owned__in=_passes(person)),
        section="devices_with_passes",
        personal=("library", "push_token"),
        withheld={"library": "A number that the device made up.", "push_token": "Apple's address of the device."},
        is_deleted=True,
        tells={"pass": "owned__serial", "since": "created_at"},
    ),
    Holding(
        WalletPass,
        _passes,
        section="passes",
        is_deleted=True,
        tells={"ticket": "ticket__code", "wallet": "platform", "serial": "serial", "since": "created_at"},
    ),
]

NOT_PERSONAL = {"wallets.WalletPass": ["serial", "token", "version"]}
