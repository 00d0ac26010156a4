"""What this app keeps about people; see `accounts/privacy.py`."""

from django.db.models import Q, QuerySet

from accounts.privacy import Holding, Person
from inquiries.ask import forget
from inquiries.models import Inquiry, InquiryMessage


def _inquiries(person: Person) -> QuerySet[Inquiry]:
    as_guest = Q(customer=None, email__in=person.addresses)
    return Inquiry.objects.filter(Q(customer=person.user) | as_guest)


HOLDINGS = [
    Holding(
        InquiryMessage,
        lambda person: InquiryMessage.objects.filter(inquiry__in=_inquiries(person)),
        section="inquiry_messages",
        personal=("text",),
        tells={"inquiry": "inquiry__code", "at": "written_at"},
        is_deleted=True,
    ),
    Holding(
        Inquiry,
        _inquiries,
        section="inquiries",
        personal=("name", "email", "phone", "wishes", "access_needs"),
        tells={
            "code": "code",
            "event": "event__title",
            "theater": "theater__name",
            "people": "party_size",
            "kind": "kind",
            "state": "state",
            "at": "asked_at",
        },
        erase=lambda _person, rows: forget(rows),
    ),
    Holding(
        Inquiry.shows.through,
        lambda person: Inquiry.shows.through.objects.filter(inquiry__in=_inquiries(person)),
        section="inquiry_dates",
        tells={"inquiry": "inquiry__code", "starts_at": "show__starts_at"},
    ),
]

NOT_PERSONAL = {"inquiries.Inquiry": ["code", "locale"]}
