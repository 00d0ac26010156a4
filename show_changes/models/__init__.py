"""Plans to move a show, and shows that were canceled."""

from show_changes.models.cancellations import CanceledBooking, ShowCancellation
from show_changes.models.moves import ShowMove

__all__ = ["CanceledBooking", "ShowCancellation", "ShowMove"]
