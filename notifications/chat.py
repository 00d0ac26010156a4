"""The chat channel: Google Chat and Slack, by the incoming webhooks that their rooms offer.

A message's recipient is a name, never an address: “room:…” of the setting CHAT_ROOMS, or “person:…” for
the webhook that a person has entered. The address is a secret, read when the message is sent. Only those
two services are ever contacted, so that no one can aim us elsewhere.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from notifications.email import check_useful
from notifications.errors import AnswerLost, NotWorthSending, Refused
from notifications.looks import find_look
from notifications.models import MailSettings, Notification
from notifications.preferences import links
from notifications.rendering import render_chat

HOSTS = frozenset({"chat.googleapis.com", "hooks.slack.com"})
TIMEOUT_SECONDS = 10
# Both services accept this much, and no one reads more.
MAX_CHARACTERS = 3800
# HTTP: the room or the message is refused for good; 408 and 429 ask to try later.
REFUSED = frozenset(range(400, 500)) - {408, 429}


@dataclass(frozen=True)
class ChatMessage:
    url: str
    text: str


def is_webhook(url: str) -> bool:
    """Return True if `url` is a webhook of Google Chat or Slack."""
    try:
        parts = urlsplit(url)
        is_known = parts.scheme == "https" and parts.hostname in HOSTS and parts.port in (None, 443)
    except ValueError:
        return False
    return is_known and "@" not in parts.netloc


def check_webhook(url: str) -> None:
    """Raise `ValidationError` unless `is_webhook`."""
    if not is_webhook(url):
        raise ValidationError(_("Enter the address of an incoming webhook of Google Chat or Slack."))


def find_webhook(recipient: str) -> str:
    """Return the webhook behind a recipient's name, or "" if it is gone."""
    what, _colon, name = recipient.partition(":")
    if what == "room":
        return str(settings.CHAT_ROOMS.get(name, {}).get("url", ""))
    if not name.isdigit():
        return ""
    found = MailSettings.objects.filter(user=int(name)).values_list("chat_webhook", flat=True).first()
    return found or ""


def compose(notification: Notification) -> ChatMessage:
    """Build the message, without any network call."""
    check_useful(notification)
    url = find_webhook(notification.recipient)
    if not url:
        raise NotWorthSending("Its chat is no longer connected.")
    if not is_webhook(url):
        raise NotWorthSending("Its chat is not at Google Chat or Slack.")
    context = {**notification.context, **links(notification)}
    text = render_chat(notification.kind, context, notification.language, find_look(notification.theater_id))
    return ChatMessage(url, text[:MAX_CHARACTERS])


def deliver(message: ChatMessage) -> str:
    """Post the message. Raises `Refused`, `AnswerLost` and `ConnectionError`.

    A redirect is not followed: it would lead away from the known hosts.
    """
    try:
        response = requests.post(
            message.url, json={"text": message.text}, timeout=TIMEOUT_SECONDS, allow_redirects=False
        )
    except requests.exceptions.ReadTimeout:
        raise AnswerLost("The chat did not answer.") from None
    except requests.exceptions.RequestException as error:
        # Its text holds the address, which is a secret.
        raise ConnectionError(type(error).__name__) from None
    if response.status_code in REFUSED or response.is_redirect:
        raise Refused(f"The chat answered {response.status_code}.")
    if not response.ok:
        raise ConnectionError(f"The chat answered {response.status_code}.")
    return ""
