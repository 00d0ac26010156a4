"""What this app keeps about people; see `accounts/privacy.py`."""

from accounts.privacy import Holding
from bookings.personal_data import tickets_of
from door.models import CheckIn

HOLDINGS = [
    Holding(
        CheckIn,
        lambda person: CheckIn.objects.filter(ticket__in=tickets_of(person)),
        personal=("note",),
        section="entries",
        tells={"ticket": "ticket__code", "at": "at", "gate": "gate", "direction": "direction", "result": "result"},
    ),
]

NOT_PERSONAL = {
    "door.CheckIn": ["gate", "device", "key"],
    "door.UnticketedPerson": ["gate", "key", "left_gate", "left_key"],
}
