"""Plans to move a show, shows that were canceled, and those brought to another version of their seat map."""

from show_changes.models.cancellations import CanceledBooking, ShowCancellation
from show_changes.models.map_updates import MapUpdate, UpdatedShow
from show_changes.models.moves import ShowMove

__all__ = ["CanceledBooking", "MapUpdate", "ShowCancellation", "ShowMove", "UpdatedShow"]
