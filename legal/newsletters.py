"""Consent to a theater's newsletter: asked for by a form, given by a link in a mail, withdrawn by one press.

Nothing is kept of those who never confirm: the link carries what the proof needs, signed. Sending newsletters is not
the program's work; staff export who wants them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, gettext

from legal.models import NewsletterConsent
from lib.client_address import client_network
from lib.throttling import Throttle
from notifications.models import Notification
from notifications.services import notify
from theaters.models import Theater

CONFIRM_DAYS = 7
_ASKED, _LEAVE = "legal.newsletter", "legal.newsletter.leave"
# To one address, and asked for by one household, office or school.
MAIL_TO_ADDRESS = Throttle("newsletter-to-address", limit=5, seconds=3600)
MAIL_FOR_NETWORK = Throttle("newsletter-for-network", limit=30, seconds=3600)


def words_for(theater: Theater) -> str:
    """Return the sentence to which a person says yes, in the language of the page."""
    words = gettext("Yes, %(theater)s may send me its newsletter by e-mail. I can stop it at any time.")
    return (words % {"theater": theater.name})[:300]


def ask(*, theater: Theater, email: str, source: str, request: HttpRequest) -> bool:
    """Send the link that confirms; return False where the address was written to too often. Writes no consent.

    An address that gets the newsletter already is sent no mail, and the answer does not tell.
    """
    email = email.strip().lower()
    network = client_network(request)
    if not (MAIL_TO_ADDRESS.count(email) and MAIL_FOR_NETWORK.count(network)):
        return False
    if NewsletterConsent.objects.in_force().filter(theater=theater, email=email).exists():
        return True
    now, language = timezone.now(), get_language() or "en"
    asked = {
        "theater": theater.pk,
        "email": email,
        "language": language,
        "source": source,
        "words": words_for(theater),
        "at": now.isoformat(),
        "network": _hash(network),
    }
    token = signing.dumps(asked, salt=_ASKED, compress=True)
    notify(
        kind=Notification.Kind.NEWSLETTER_CONFIRMATION,
        recipient=email,
        unique_key=f"newsletter_confirmation:{theater.pk}:{email}:{now:%Y%m%d%H%M}",
        language=language,
        theater_id=theater.pk,
        context={
            "name": "",
            "theater": {
                "pk": theater.pk,
                "name": theater.name,
                "place": theater.place,
                "city": theater.city.name,
                "phone": theater.phone,
                "email": theater.email,
            },
            "confirm_url": reverse("legal:newsletter-confirm", args=[token]),
            "is_newsletter": True,
        },
    )
    return True


def read_asked(token: str) -> dict[str, Any] | None:
    """Return what a link asks for, or None if it is too old or not ours."""
    try:
        asked: dict[str, Any] = signing.loads(token, salt=_ASKED, max_age=timedelta(days=CONFIRM_DAYS))
    except signing.BadSignature:
        return None
    return asked


def confirm(*, asked: dict[str, Any], request: HttpRequest) -> NewsletterConsent:
    """Keep the consent with its proof. Harmless when repeated: the first proof stays."""
    mine = NewsletterConsent.objects.filter(theater=asked["theater"], email=asked["email"])
    asked_at = datetime.fromisoformat(asked["at"]).astimezone(UTC)
    # An old link gives no consent again that was withdrawn since.
    known = mine.in_force().first() or mine.filter(asked_at=asked_at).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return NewsletterConsent.objects.create(
                theater_id=asked["theater"],
                email=asked["email"],
                language=asked["language"],
                source=asked["source"],
                words=asked["words"],
                asked_at=asked_at,
                asked_network=asked["network"],
                confirmed_at=timezone.now(),
                confirmed_network=_hash(client_network(request)),
            )
    except IntegrityError:
        # A second press was faster.
        return mine.in_force().get()


def withdraw(consent: NewsletterConsent) -> None:
    """End a consent; its proof stays for a time. Harmless when repeated: one conditional update."""
    NewsletterConsent.objects.in_force().filter(pk=consent.pk).update(withdrawn_at=timezone.now())


def leave_path(consent: NewsletterConsent) -> str:
    """Return the path of the link by which anyone who has it ends this consent."""
    return reverse("legal:newsletter-leave", args=[signing.dumps(consent.pk, salt=_LEAVE)])


def find_by_leave_token(token: str) -> NewsletterConsent | None:
    try:
        key = signing.loads(token, salt=_LEAVE)
    except signing.BadSignature:
        return None
    return NewsletterConsent.objects.select_related("theater__city").filter(pk=key).first()


def _hash(network: str) -> str:
    return salted_hmac("legal.newsletter.network", network).hexdigest()[:24] if network else ""
