"""Following on other apps' pages."""

from typing import Any

from django import template
from django.db.models import Model

from accounts.models import User
from follows.following import find_follow
from follows.links import describe_follows
from follows.models import Follow, Follower
from follows.subjects import Subject

register = template.Library()


@register.simple_tag(takes_context=True)
def follow_of(context: dict[str, Any], kind: str, key: int) -> Follow | None:
    """Return how this visitor follows it. One query, none for guests."""
    user = context["request"].user
    return find_follow(user, Subject(kind, key, "", "", "")) if isinstance(user, User) else None


@register.simple_tag(takes_context=True)
def own_follows(context: dict[str, Any]) -> list[tuple[Follow, Subject, str]]:
    """Return what this account follows, with the path of the link that stops each. Two queries."""
    follower = Follower.objects.filter(user=context["request"].user).first()
    return describe_follows(follower) if follower else []


@register.simple_tag
def follower_count(found: Model) -> int:
    """Return how many people follow this event, theater or show. One query."""
    return Follow.objects.filter(**{str(found._meta.model_name): found}).count()
