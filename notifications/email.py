"""The e-mail channel: what a message looks like on the wire, and which errors are final."""

import hashlib
import smtplib
from email.errors import MessageError
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from typing import Any
from urllib.parse import urlsplit

from anymail.exceptions import (
    AnymailAPIError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import BadHeaderError
from django.utils import timezone

from notifications import attachments, mail_server
from notifications.errors import AnswerLost, NotWorthSending, Refused
from notifications.kinds import KINDS, choice_of, slots_of
from notifications.looks import LOGO_ID, Logo, find_look
from notifications.models import Notification
from notifications.preferences import links
from notifications.rendering import render
from notifications.wordings import read_texts

# RFC 5321: permanent failures.
REFUSED = range(500, 600)
# HTTP: 401 and 403 mean a wrong key; 408 and 429 ask to try later.
REFUSED_BY_PROVIDER = frozenset(range(400, 500)) - {401, 403, 408, 429}


class Message(EmailMultiAlternatives):
    """A message whose inline pictures stand beside its HTML, so that no mail program lists them as documents."""

    def message(self, **options: Any) -> Any:
        made: Any = super().message(**options)
        parts = made.get_payload()
        inline = [part for part in parts if "Content-ID" in part]
        if inline:
            documents = [part for part in parts[1:] if "Content-ID" not in part]
            made.set_payload([MIMEMultipart("related", _subparts=[parts[0], *inline]), *documents])
        return made


def compose(notification: Notification) -> Message:
    """Build the message with its documents, without any network call but for a logo that is not yet known."""
    check_useful(notification)
    if not notification.recipient:
        raise NotWorthSending("Its recipient was erased.")
    ways_out = links(notification)
    look = find_look(notification.theater_id)
    rendered = render(
        notification.kind,
        {**notification.context, **ways_out, "words": _read_words(notification)},
        notification.language,
        look,
    )
    reply_to = look.reply_to or notification.context.get("reply_to")
    message = Message(
        subject=rendered.subject,
        body=rendered.text,
        from_email=look.sender,
        to=[notification.recipient],
        reply_to=[reply_to] if reply_to else None,
        headers={
            # The same at every attempt, so that mail programs show a message once that came twice.
            "Message-ID": make_message_id(notification),
            # RFC 3834: keeps holiday replies away.
            "Auto-Submitted": "auto-generated",
            **_list_headers(notification, ways_out),
        },
    )
    message.attach_alternative(rendered.html, "text/html")
    if look.logo:
        message.attach(_inline(look.logo))
    for attachment in attachments.build(notification.attachments):
        message.attach(attachment.file_name, attachment.content, attachment.mime_type)
    return message


def _read_words(notification: Notification) -> dict[str, Any]:
    """Return the theater's own words: those of this very message, and those at the slots of its kind."""
    own = notification.context.get("words", {})
    if not slots_of(notification.kind):
        return own  # type: ignore[no-any-return]
    return {**read_texts(notification.theater_id, notification.kind, notification.language), **own}


def _inline(logo: Logo) -> MIMEImage:
    picture = MIMEImage(logo.content, "png")
    picture.add_header("Content-Disposition", "inline", filename="logo.png")
    picture.add_header("Content-ID", f"<{LOGO_ID}>")
    return picture


def check_useful(notification: Notification) -> None:
    useful_for = KINDS[notification.kind].useful_for
    if useful_for and notification.created_at + useful_for < timezone.now():
        raise NotWorthSending("It could not be sent while it was of use.")


def _list_headers(notification: Notification, ways_out: dict[str, str]) -> dict[str, str]:
    """Let mail programs offer to unsubscribe from marketing by one click (RFC 8058)."""
    choice = choice_of(notification.kind)
    if choice is None or not choice.is_marketing:
        return {}
    # A message about a single thing that somebody follows ends that alone.
    address = notification.context.get("stop_url") or ways_out["unsubscribe_url"]
    return {
        "List-Unsubscribe": f"<{address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def deliver(message: EmailMultiAlternatives) -> str:
    """Hand the message to the mail server and return the id that its events will carry.

    Raises `AnswerLost` if the server may have taken it.
    """
    connection = mail_server.connect()
    try:
        connection.send_messages([message])
    except Exception as error:
        # After an error the server may have hung up.
        mail_server.hang_up()
        if _is_answer(error):
            raise
        raise AnswerLost(repr(error)) from error
    # Anymail's backends put the provider's own id here.
    status = getattr(message, "anymail_status", None)
    return str(getattr(status, "message_id", None) or message.extra_headers["Message-ID"])


def _is_answer(error: Exception) -> bool:
    """Return True if the server, or our side before it, refused; otherwise the connection broke midway."""
    if isinstance(error, AnymailAPIError):
        return error.status_code is not None
    return (
        isinstance(error, smtplib.SMTPException) and not isinstance(error, smtplib.SMTPServerDisconnected)
    ) or not isinstance(error, OSError)


def make_message_id(notification: Notification) -> str:
    digest = hashlib.sha256(notification.unique_key.encode()).hexdigest()[:32]
    return f"<{digest}@{urlsplit(settings.SITE_URL).hostname}>"


def is_permanent(error: Exception) -> bool:
    """Return True if trying again can't help: the address or the message itself is refused.

    That a server is down, busy or misconfigured is never the message's fault.
    """
    match error:
        case smtplib.SMTPRecipientsRefused():
            return all(code in REFUSED for code, _ in error.recipients.values())
        case smtplib.SMTPDataError():
            return error.smtp_code in REFUSED
        case AnymailAPIError():
            return error.status_code in REFUSED_BY_PROVIDER
        case (
            AnymailInvalidAddress()
            | AnymailRecipientsRefused()
            | AnymailSerializationError()
            | AnymailUnsupportedFeature()
            | BadHeaderError()
            | MessageError()
            | UnicodeError()
            | NotWorthSending()
            | Refused()
        ):
            return True
    return False


def find_dead_address(error: Exception) -> str:
    """Return the server's answer if it refused because the mailbox does not exist; otherwise "".

    Only an enhanced status code 5.1.x says so (RFC 3463); other refusals may be about us.
    """
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return ""
    answers = [
        text.decode(errors="replace") if isinstance(text, bytes) else text for _, text in error.recipients.values()
    ]
    return answers[0] if answers and all(text.startswith("5.1.") for text in answers) else ""
