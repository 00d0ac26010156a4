"""What this app keeps about people; see `accounts/privacy.py`."""

from accounts.privacy import Holding
from legal.models import NewsletterConsent

HOLDINGS = [
    Holding(
        NewsletterConsent,
        lambda person: NewsletterConsent.objects.filter(email__in=person.addresses),
        section="newsletters",
        personal=("email", "asked_network", "confirmed_network"),
        withheld={"asked_network": "A keyed hash.", "confirmed_network": "A keyed hash."},
        tells={
            "theater": "theater__name",
            "language": "language",
            "where": "source",
            "words": "words",
            "asked_at": "asked_at",
            "confirmed_at": "confirmed_at",
            "withdrawn_at": "withdrawn_at",
        },
        is_deleted=True,
        is_named=True,
    ),
]

NOT_PERSONAL = {
    "legal.LegalVersion": ["change_note"],
    "legal.LegalText": ["language", "body"],
    "legal.NewsletterConsent": ["language", "words"],
}
