"""What the demo's site, theaters and events set differently, on each level."""

from typing import Any

from demo.places import THEATERS
from events.levels.change import change_settings
from events.models import Event, OwnSettings
from events.models.settings import SITE, Scope
from theaters.models import Theater

_OF_SITE = {
    "tickets_per_customer": 8,
    "refunds": "until",
    "refund_hours": 48,
    "refund_percent": 80,
    "doors_minutes": 45,
}
# Otherwise the first start would write to five hundred people who do not exist.
_OF_EACH = {"reminder_hours": 0}
_OF_THEATERS: dict[str, dict[str, Any]] = {
    # A new programme begins on Thursday.
    "lichtspiele-am-markt": {"week_starts_on": 3},
    "north-quay-opera": {"hold_minutes": 15, "waiting_list_hours": 24},
}
# By theater and event: nights that sell out in minutes.
_OF_EVENTS: dict[tuple[str, str], dict[str, Any]] = {
    ("the-undercroft", "lysistrata"): {"hold_minutes": 5, "tickets_per_customer": 4},
}


def load_overrides() -> None:
    """Add the settings of levels that have none yet."""
    theaters = Theater.objects.in_bulk([plan.slug for plan in THEATERS], field_name="slug")
    events = Event.objects.in_bulk(field_name="slug")
    wanted = {SITE: _OF_SITE}
    wanted |= {Scope(theaters[slug].pk): {**_OF_EACH, **_OF_THEATERS.get(slug, {})} for slug in theaters}
    for (theater, event), values in _OF_EVENTS.items():
        if theater in theaters and event in events:
            wanted[Scope(theaters[theater].pk, events[event].pk)] = values
    known = {Scope(*key) for key in OwnSettings.objects.values_list("theater", "event")}
    for scope, values in wanted.items():
        if scope not in known:
            change_settings(scope=scope, values=values, by=None)
