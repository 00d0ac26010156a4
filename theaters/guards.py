"""Rules of this app that the database itself keeps; see `lib/guards.py`."""

from django.utils.translation import gettext_lazy as _

from lib.guards import Guard

_FROZEN = _("A published seat map never changes; make its next version.")


def _map_is_frozen(row: str) -> str:
    return f"EXISTS (SELECT 1 FROM theaters_seatmap m WHERE m.id = {row}.seat_map_id AND m.state <> 'draft')"  # noqa: S608 a row's name of ours


def _freeze(table: str) -> list[Guard]:
    short = table.removeprefix("theaters_")
    return [
        Guard(f"{short}_frozen_insert", table, "INSERT", _map_is_frozen("NEW"), _FROZEN),
        Guard(f"{short}_frozen_update", table, "UPDATE", _map_is_frozen("OLD"), _FROZEN),
        Guard(f"{short}_frozen_delete", table, "DELETE", _map_is_frozen("OLD"), _FROZEN),
    ]


GUARDS = [
    *_freeze("theaters_seatcategory"),
    *_freeze("theaters_seat"),
    *_freeze("theaters_area"),
    Guard(
        "seatmap_frozen_update",
        "theaters_seatmap",
        "UPDATE OF layout, revision, version, hall_id, capacity",
        "OLD.state <> 'draft'",
        _FROZEN,
    ),
    Guard(
        "seatmap_state_forward",
        "theaters_seatmap",
        "UPDATE OF state",
        "(OLD.state = 'published' AND NEW.state = 'draft') OR (OLD.state = 'retired' AND NEW.state <> 'retired')",
        _("A seat map goes from draft to published to retired, and never back."),
    ),
    Guard("seatmap_frozen_delete", "theaters_seatmap", "DELETE", "OLD.state <> 'draft'", _FROZEN),
]
