"""How long this app keeps what it holds; see `operations/retention.py`."""

from operations.retention import Pruned
from waiting_list.models import WaitingListEntry

RETENTION = [
    Pruned(WaitingListEntry, "entries of waiting lists, after the show", "KEEP_WAITING_LIST_DAYS", "show__ends_at"),
]
