"""What this app keeps about people; see `accounts/privacy.py`."""

from django.db.models import Q, QuerySet

from accounts.privacy import Holding, Person
from bookings.personal_data import AT_SHOW
from waiting_list.join import forget_waiting
from waiting_list.models import WaitingListEntry


def _entries(person: Person) -> QuerySet[WaitingListEntry]:
    as_guest = Q(customer=None, email__in=person.addresses)
    return WaitingListEntry.objects.filter(Q(customer=person.user) | as_guest)


HOLDINGS = [
    Holding(
        WaitingListEntry,
        _entries,
        section="waiting_lists",
        personal=("email",),
        tells={
            **AT_SHOW,
            "code": "code",
            "people": "party_size",
            "sits_together": "sits_together",
            "needs_accessible": "needs_accessible",
            "state": "state",
            "since": "joined_at",
        },
        erase=lambda _person, rows: forget_waiting(rows),
        is_named=True,
    ),
    Holding(
        WaitingListEntry.categories.through,
        lambda person: WaitingListEntry.categories.through.objects.filter(waitinglistentry__in=_entries(person)),
        section="waiting_list_categories",
        tells={"entry": "waitinglistentry__code", "category": "seatcategory__name"},
    ),
]

NOT_PERSONAL = {"waiting_list.WaitingListEntry": ["code", "locale"]}
