"""How long this app keeps what it holds; see `operations/retention.py`."""

from legal.models import LegalText, LegalVersion
from operations.retention import Follows, Kept

RETENTION = [
    Kept(LegalVersion, "Customers accepted it; a published one never changes."),
    Follows(LegalText, LegalVersion),
]

# What customers were told, when, and who published it.
BOOKS = [LegalVersion]
