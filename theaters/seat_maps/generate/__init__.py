"""Draw the seat map of a room from a description: parts with rows, boxes, tables or standing room.

Pure: no forms, no models. `room.py` has the description, `draw_room` makes the open seating plan of it.
"""

from theaters.seat_maps.generate.drawing import draw_room
from theaters.seat_maps.generate.room import Boxes, ImpossibleRoom, Part, Room, Row, Rows, Standing, Tables

__all__ = ["Boxes", "ImpossibleRoom", "Part", "Room", "Row", "Rows", "Standing", "Tables", "draw_room"]
