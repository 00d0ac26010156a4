"""Rules of this app that the database itself keeps; see `lib/guards.py`."""

from django.utils.translation import gettext_lazy as _

from lib.guards import Guard

_MAP = "EXISTS (SELECT 1 FROM theaters_seatmap m WHERE m.id = NEW.seat_map_id AND {})"
_WRONG_MAP = _MAP.format("(m.hall_id <> NEW.hall_id OR m.state = 'draft')")
_WRONG_MAP_MESSAGE = _("A show needs a published seat map of its own hall.")
_OVERLAP = (
    "NEW.state <> 'canceled' AND EXISTS (SELECT 1 FROM events_show s WHERE s.hall_id = NEW.hall_id "
    "AND s.id IS NOT NEW.id AND s.state <> 'canceled' "
    "AND s.starts_at < NEW.cleared_at AND NEW.starts_at < s.cleared_at)"
)
_OVERLAP_MESSAGE = _("The hall is taken at that time.")

GUARDS = [
    # PostgreSQL has the exclusion constraint `show_hall_free`.
    Guard("show_hall_free_insert", "events_show", "INSERT", _OVERLAP, _OVERLAP_MESSAGE, only="sqlite"),
    Guard(
        "show_hall_free_update",
        "events_show",
        "UPDATE OF starts_at, cleared_at, hall_id, state",
        _OVERLAP,
        _OVERLAP_MESSAGE,
        only="sqlite",
        constraint="show_hall_free",
    ),
    Guard("show_map_insert", "events_show", "INSERT", _WRONG_MAP, _WRONG_MAP_MESSAGE),
    Guard("show_map_update", "events_show", "UPDATE OF seat_map_id, hall_id", _WRONG_MAP, _WRONG_MAP_MESSAGE),
]
