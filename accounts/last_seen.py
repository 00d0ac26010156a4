"""Remember when a person was last here, exact to a day, for the reminder of those who stay away."""

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from accounts.models import User

EXACT_TO = timedelta(days=1)


class LastSeenMiddleware:
    """Writes at most once a day, and only where the page has looked at who is there anyway."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # Where Django keeps the user of a request that has asked for it; asking would cost two queries.
        user = getattr(request, "_cached_user", None)
        if isinstance(user, User):
            remember(user)
        return response


def remember(user: User) -> None:
    now = timezone.now()
    if user.last_seen_at < now - EXACT_TO:
        User.objects.filter(pk=user.pk, last_seen_at__lt=now - EXACT_TO).update(last_seen_at=now)
