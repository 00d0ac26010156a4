"""Alerts to the staff of a theater about what needs their attention."""

from collections.abc import Callable

from django.conf import settings
from django.utils import translation

from accounts.models import User
from accounts.roles import Capability, roles_with
from bookings.messages.customers import describe_theater
from notifications.models import Channel, Notification
from notifications.preferences import is_wanted
from notifications.services import known_language, notify
from theaters.models import Theater

KIND = Notification.Kind.STAFF_ALERT


def alert_staff(
    theater: Theater,
    *,
    fact: str,
    words: Callable[[], tuple[str, str]],
    path: str = "",
    capability: Capability = Capability.REFUND,
) -> list[Notification]:
    """Alert everyone who has `capability` in the theater, and its chat room, once for each `fact`.

    `words` returns title and text in the active language, and is called in each reader's own. `path` leads to the
    page of the console that deals with it. A theater without such staff alerts the platform admins.
    """
    people = User.objects.filter(is_active=True)
    staff = list(
        people.filter(staff_memberships__theater=theater, staff_memberships__role__in=roles_with(capability)).distinct()
    )
    written = []
    for person in staff or people.filter(is_superuser=True):
        ways = [(Channel.EMAIL, person.contact_email)]
        if is_wanted(person, KIND, Channel.CHAT):
            ways.append((Channel.CHAT, f"person:{person.pk}"))
        for channel, recipient in ways:
            written.append(
                _write(theater, fact, words, path, to=recipient, channel=channel, language=person.language, user=person)
            )
    for name, room in settings.CHAT_ROOMS.items():
        if room.get("theater") == theater.slug:
            language = known_language(room.get("language", ""))
            written.append(
                _write(theater, fact, words, path, to=f"room:{name}", channel=Channel.CHAT, language=language)
            )
    return written


def _write(
    theater: Theater,
    fact: str,
    words: Callable[[], tuple[str, str]],
    path: str,
    *,
    to: str,
    channel: Channel,
    language: str,
    user: User | None = None,
) -> Notification:
    with translation.override(language):
        title, text = words()
    return notify(
        kind=KIND,
        channel=channel,
        recipient=to,
        user=user,
        unique_key=f"{KIND}:{fact}:{channel}:{user.pk if user else to}"[:160],
        language=language,
        theater_id=theater.pk,
        context={
            "name": user.name if user else "",
            "title": title,
            "text": text,
            "url": settings.SITE_URL + path if path else "",
            "theater": describe_theater(theater),
            "for_staff": True,
        },
    )
