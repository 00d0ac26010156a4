"""The console's pages for places and the people who work in them."""

from theaters import seat_map_admin
from theaters.admin import places, team

__all__ = ["places", "seat_map_admin", "team"]
