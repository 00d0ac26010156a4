"""Following on other apps' pages."""

from typing import Any

from django import template

from accounts.models import User
from follows.following import find_follow
from follows.models import Follow
from follows.subjects import Subject

register = template.Library()


@register.simple_tag(takes_context=True)
def follow_of(context: dict[str, Any], kind: str, key: int) -> Follow | None:
    """Return how this visitor follows it. One query, none for guests."""
    user = context["request"].user
    return find_follow(user, Subject(kind, key, "", "", "")) if isinstance(user, User) else None
