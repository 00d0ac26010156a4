"""The waiting list on other apps' pages."""

from typing import Any

from django import template

from waiting_list.access import entry_path, read_own_entries
from waiting_list.models import WaitingListEntry
from waiting_list.words import describe_wish

register = template.Library()


@register.simple_tag(takes_context=True)
def own_waiting_list(context: dict[str, Any]) -> list[tuple[WaitingListEntry, str, str]]:
    """Return this browser's waiting entries, with their addresses and wishes."""
    return [(entry, entry_path(entry), describe_wish(entry)) for entry in read_own_entries(context["request"])]
