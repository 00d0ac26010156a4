"""How long this app keeps what it holds; see `operations/retention.py`."""

from operations.retention import Kept
from waiting_room.models import WaitingRoom

RETENTION = [
    Kept(WaitingRoom, "Which events are in high demand, until staff delete it. Lines are in the cache for a day."),
]
