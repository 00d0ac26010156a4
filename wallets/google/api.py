"""Passes in Google Wallet: a class for each show, an object for each ticket, and the link that saves it."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override
from google.auth import jwt
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession
from requests import RequestException, Response

from wallets.content import LABELS, PAPER, Content, describe
from wallets.errors import WalletUnavailable
from wallets.keys import GoogleKeys, google_keys
from wallets.models import WalletPass

API = "https://walletobjects.googleapis.com/walletobjects/v1"
SAVE = "https://pay.google.com/gp/v/save/"
TIMEOUT_SECONDS = 10
# The longest texts that are worth a place on a phone.
_TEXT_LENGTH = 1000
# In pixels, as Google asks for it.
_ICON_SIZE = 660


def save_url(passes: list[WalletPass], keys: GoogleKeys) -> str:
    """Return the address that puts the passes, which `write_pass` has written, into the wallet of who opens it."""
    site = urlsplit(settings.SITE_URL)
    claims = {
        "iss": keys.credentials.service_account_email,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(time.time()),
        "origins": [f"{site.scheme}://{site.netloc}"],
        "payload": {
            "eventTicketObjects": [{"id": object_id(one, keys), "classId": class_id(one, keys)} for one in passes]
        },
    }
    token: bytes = jwt.encode(keys.credentials.signer, claims)
    return SAVE + token.decode()


def write_pass(one: WalletPass, written: set[str]) -> None:
    """Write the pass as it is now, and the class of its show unless that is among those just `written`.

    Raises `WalletUnavailable`.
    """
    keys = google_keys()
    if keys is None:
        return
    content = describe(one)
    with override(content.language):
        described = describe_object(one, content, keys)
    session = AuthorizedSession(keys.credentials)
    of_show = describe_class(one, content, keys)
    if of_show["id"] not in written:
        _write(session, "eventTicketClass", of_show)
        written.add(of_show["id"])
    _write(session, "eventTicketObject", described)


def class_id(one: WalletPass, keys: GoogleKeys) -> str:
    return f"{keys.issuer}.show-{one.ticket.show.code}"


def object_id(one: WalletPass, keys: GoogleKeys) -> str:
    return f"{keys.issuer}.{one.serial}"


def describe_class(one: WalletPass, content: Content, keys: GoogleKeys) -> dict[str, Any]:
    """Return what all tickets for a show have in common."""
    times = {
        "start": content.starts_at.isoformat(),
        "end": content.ends_at.isoformat(),
        **({"doorsOpen": content.doors_at.isoformat()} if content.doors_at else {}),
    }
    return {
        "id": class_id(one, keys),
        "issuerName": content.organization[:_TEXT_LENGTH],
        **_describe_logo(content),
        "reviewStatus": "UNDER_REVIEW",
        "eventId": one.ticket.show.code,
        "eventName": _words(content.title, content),
        "venue": {
            "name": _words(f"{content.theater}, {content.hall}", content),
            "address": _words(content.address, content),
        },
        "dateTime": times,
        "hexBackgroundColor": content.accent if content.brand.color else PAPER,
        **({"merchantLocations": [_position(content)]} if content.position else {}),
    }


def _describe_logo(content: Content) -> dict[str, Any]:
    """Return the brand's icon, which Google shows in a disk; none of the site's own, and none that Google can't get."""
    brand = content.brand
    if not brand.slug or not settings.SITE_URL.startswith("https://"):
        return {}
    icon = f"{settings.SITE_URL}{reverse('theaters:brand-icon', args=[brand.slug, brand.version, _ICON_SIZE])}"
    return {"logo": {"sourceUri": {"uri": icon}, "contentDescription": _words(brand.name, content)}}


def describe_object(one: WalletPass, content: Content, keys: GoogleKeys) -> dict[str, Any]:
    """Return what one ticket says, in the current language."""
    place = content.place
    seat = {
        "section": place.get("section") or place.get("area"),
        "row": place.get("row"),
        "seat": place.get("seat"),
    }
    texts = {name: content.details[name] for name in ("note", "access") if name in content.details}
    described: dict[str, Any] = {
        "id": object_id(one, keys),
        "classId": class_id(one, keys),
        "state": "ACTIVE" if content.is_valid else "INACTIVE",
        "barcode": {"type": "QR_CODE", "value": content.qr, "alternateText": content.code},
        "seatInfo": {name: _words(text, content) for name, text in seat.items() if text},
        "ticketNumber": content.code,
        "ticketType": _words(content.details["type"], content),
        "validTimeInterval": {"end": {"date": content.ends_at.isoformat()}},
        "groupingInfo": {"groupingId": one.ticket.show.code},
        "linksModuleData": {"uris": [{"id": "booking", "uri": content.url, "description": str(LABELS["booking"])}]},
        "textModulesData": [
            {"id": name, "header": str(LABELS[name]), "body": text[:_TEXT_LENGTH]} for name, text in texts.items()
        ],
    }
    if name := content.details.get("name"):
        described["ticketHolderName"] = name
    if booking := content.details.get("booking"):
        described["reservationInfo"] = {"confirmationCode": booking}
    return described


def _words(text: str, content: Content) -> dict[str, Any]:
    return {"defaultValue": {"language": content.language, "value": text[:_TEXT_LENGTH]}}


def _position(content: Content) -> dict[str, float]:
    return dict(zip(("latitude", "longitude"), content.position or (), strict=True))


def _write(session: AuthorizedSession, kind: str, described: dict[str, Any]) -> None:
    """Change the class or object, or create it if there is none. What is gone from `described` goes there too."""
    answer = _send(session, "PUT", f"{API}/{kind}/{described['id']}", described)
    if answer.status_code == HTTPStatus.NOT_FOUND:
        answer = _send(session, "POST", f"{API}/{kind}", described)
        if answer.status_code == HTTPStatus.CONFLICT:
            # Another click has just created it.
            return
    if not answer.ok:
        raise WalletUnavailable(f"{kind}: {answer.status_code} {answer.text[:200]}")


def _send(session: AuthorizedSession, method: str, url: str, described: dict[str, Any]) -> Response:
    try:
        answer: Response = session.request(method, url, json=described, timeout=TIMEOUT_SECONDS)
    except (RequestException, GoogleAuthError) as error:
        raise WalletUnavailable(type(error).__name__) from error
    return answer
