"""The console's menu, as a tag."""

from typing import Any

from django.template import Context, Library
from django.utils.safestring import SafeString

from console import menu

register = Library()


@register.simple_tag(takes_context=True)
def console_menu(context: Context | dict[str, Any]) -> SafeString:
    """Draw the menu of the person who asks."""
    return menu.draw(context["request"])
