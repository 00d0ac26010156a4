"""How long this app keeps what it holds; see `operations/retention.py`."""

from inquiries.models import Inquiry, InquiryMessage
from operations.retention import Follows, Pruned

RETENTION = [
    Pruned(Inquiry, "inquiries of groups, after the last change", "KEEP_INQUIRY_DAYS", "changed_at"),
    Follows(InquiryMessage, Inquiry),
]
