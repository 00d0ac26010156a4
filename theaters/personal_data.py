"""What this app keeps about people; see `accounts/privacy.py`."""

from collections.abc import Iterator

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat, Now
from django.utils.translation import gettext_lazy as _

from accounts.privacy import Holding, Obstacle, Person
from theaters.models import Invitation, StaffMembership


def find_obstacles(person: Person) -> Iterator[Obstacle]:
    if StaffMembership.objects.filter(user=person.user).exists():
        yield Obstacle(_("You work with this account. Ask a manager to take you off the team first."))


def _forget_invitations(person: Person, rows: QuerySet[Invitation]) -> None:
    """Replace the addresses, and withdraw open invitations."""
    rows.filter(accepted_at=None).update(withdrawn_at=Coalesce(F("withdrawn_at"), Now()))
    rows.update(email=Concat(Value("erased-"), Cast("pk", CharField()), Value("@erased.invalid")))


HOLDINGS = [
    Holding(
        StaffMembership,
        lambda person: StaffMembership.objects.filter(user=person.user),
        section="roles",
        tells={"theater": "theater__name", "role": "role", "since": "created_at"},
        is_deleted=True,
        is_named=True,
    ),
    Holding(
        Invitation,
        lambda person: Invitation.objects.filter(email__in=person.addresses),
        section="invitations",
        personal=("email",),
        tells={"theater": "theater__name", "role": "role", "at": "created_at"},
        erase=_forget_invitations,
        is_named=True,
    ),
]

NOT_PERSONAL = {
    "theaters.City": ["name", "slug", "country", "time_zone"],
    # A theater's public contact.
    "theaters.Theater": [
        "name",
        "slug",
        "place",
        "currency",
        "description",
        "photo",
        "phone",
        "email",
        "website",
        "access_information",
        "travel_information",
        "report_domains",
        "charges_key",
        "own_gateways",
    ],
    "theaters.OpeningHours": ["note"],
    # A theater's name and look, and where customers write to it.
    "theaters.Brand": [
        "name",
        "slug",
        "logo",
        "logo_dark",
        "favicon",
        "photo",
        "color",
        "color_dark",
        "sender_name",
        "reply_address",
        "social_links",
        "domain",
    ],
    # A theater's public sender.
    "theaters.SendingDomain": ["address", "token", "verified_domain", "findings"],
    # What an imprint has to say in public.
    "theaters.Seller": [
        "name",
        "legal_form",
        "street",
        "postcode",
        "city",
        "country",
        "represented_by",
        "phone",
        "email",
        "register",
        "register_number",
        "vat_number",
        "supervisory_authority",
        "dispute_resolution",
    ],
    "theaters.Hall": ["name"],
    "theaters.SeatMap": ["layout"],
    "theaters.SeatMapUpload": ["file_name", "encoding", "language", "problems", "content"],
    "theaters.SeatCategory": ["name", "color"],
    "theaters.Seat": ["guid", "section", "row", "number"],
    "theaters.Area": ["guid", "name"],
    "theaters.Backdrop": ["picture"],
    # What a theater says to all its customers.
    "theaters.Wording": ["place", "language", "text"],
    "theaters.FormerWording": ["text"],
    "theaters.SectionPhoto": ["section", "photo", "alt"],
}

OBSTACLES = [find_obstacles]
