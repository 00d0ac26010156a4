"""Plans to move a show, shows that were canceled, those brought to another version of their seat
map, and notes to their customers."""

from show_changes.models.cancellations import CanceledBooking, ShowCancellation
from show_changes.models.map_updates import MapUpdate, UpdatedShow
from show_changes.models.moves import ShowMove
from show_changes.models.notes import ShowNote

__all__ = ["CanceledBooking", "MapUpdate", "ShowCancellation", "ShowMove", "ShowNote", "UpdatedShow"]
