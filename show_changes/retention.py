"""How long this app keeps what it holds; see `operations/retention.py`."""

from operations.retention import Kept
from show_changes.models import CanceledBooking, ShowCancellation, ShowMove

_SOLD = "What became of what was sold."

RETENTION = [Kept(ShowCancellation, _SOLD), Kept(CanceledBooking, _SOLD), Kept(ShowMove, _SOLD)]

BOOKS = [CanceledBooking, ShowCancellation, ShowMove]
