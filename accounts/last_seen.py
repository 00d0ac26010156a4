"""Remember when a person was last here, exact to a day, for the reminder to those who stay away."""

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from accounts.models import User

PRECISION = timedelta(days=1)


class LastSeenMiddleware:
    """Write at most once a day, and only if the page has looked up the user anyway."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # Django's cached user: asking for `request.user` would cost two queries.
        user = getattr(request, "_cached_user", None)
        if isinstance(user, User):
            remember(user)
        return response


def remember(user: User) -> None:
    now = timezone.now()
    if user.last_seen_at < now - PRECISION:
        User.objects.filter(pk=user.pk, last_seen_at__lt=now - PRECISION).update(last_seen_at=now)
