"""How long this app keeps what it holds; see `operations/retention.py`."""

from legal.models import LegalText, LegalVersion, NewsletterConsent
from operations.retention import Follows, Kept, Pruned

RETENTION = [
    Kept(LegalVersion, "Customers accepted it; a published one never changes."),
    Follows(LegalText, LegalVersion),
    Pruned(
        NewsletterConsent,
        "consents to newsletters, after they were withdrawn",
        "KEEP_CONSENT_DAYS",
        "withdrawn_at",
    ),
]

# What customers were told, when, and who published it.
BOOKS = [LegalVersion]
