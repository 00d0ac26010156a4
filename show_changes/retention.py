"""How long this app keeps what it holds; see `operations/retention.py`."""

from operations.retention import Kept
from show_changes.models import CanceledBooking, MapUpdate, ShowCancellation, ShowMove, ShowNote, UpdatedShow

_SOLD = "What became of what was sold."

RETENTION = [
    *(Kept(model, _SOLD) for model in (ShowCancellation, CanceledBooking, ShowMove, MapUpdate, UpdatedShow)),
    Kept(ShowNote, "What the customers of a show were told."),
]

BOOKS = [CanceledBooking, ShowCancellation, ShowMove, UpdatedShow, MapUpdate]
