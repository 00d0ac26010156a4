"""A pass as Apple Wallet reads it: a signed archive of `pass.json`, its pictures and its words in each language.

The archive has a manifest with the SHA-1 of each file, and a detached PKCS #7 signature of the manifest by the
certificate of the pass type. Several archives in one are a bundle. The format is Apple's: "Wallet Passes".
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Sequence
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, override

from theaters.logos import logo_for_pass
from wallets.apple.pictures import draw_pictures
from wallets.content import INK, LABELS, PAPER, Content, describe
from wallets.keys import AppleKeys
from wallets.models import WalletPass

PASS_TYPE = "application/vnd.apple.pkpass"  # noqa: S105 a media type
BUNDLE_TYPE = "application/vnd.apple.pkpasses"


def make_pkpass(one: WalletPass, keys: AppleKeys) -> bytes:
    """Return the pass as it is now, signed. No query if its ticket is loaded as `passes.RELATED` says."""
    content = describe(one)
    with override(content.language):
        described = describe_pass(one, content, keys)
    files = {"pass.json": json.dumps(described, ensure_ascii=False).encode()}
    files |= draw_pictures(content.brand, one.ticket.show.event.poster)
    files |= {f"{language}.lproj/pass.strings": _write_labels(language) for language, _name in settings.LANGUAGES}
    manifest = json.dumps({name: hashlib.sha1(data).hexdigest() for name, data in files.items()}).encode()  # noqa: S324 the format's
    files["manifest.json"] = manifest
    files["signature"] = _sign(manifest, keys)
    return _pack(files)


def make_bundle(passes: Sequence[bytes]) -> bytes:
    """Return several passes as one file."""
    return _pack({f"ticket-{number}.pkpass": data for number, data in enumerate(passes, start=1)})


def describe_pass(one: WalletPass, content: Content, keys: AppleKeys) -> dict[str, Any]:
    """Return what `pass.json` says, in the current language; labels are names of `LABELS`."""
    described: dict[str, Any] = {
        "formatVersion": 1,
        "passTypeIdentifier": keys.pass_type,
        "teamIdentifier": keys.team,
        "serialNumber": one.serial,
        "organizationName": content.organization,
        # Beside the logo, which has the name.
        "logoText": "" if logo_for_pass(content.brand.logo) else content.organization,
        "description": gettext("Ticket for %(title)s") % {"title": content.title},
        "foregroundColor": _color(INK),
        "labelColor": _color(content.accent),
        "backgroundColor": _color(PAPER),
        "groupingIdentifier": one.ticket.show.code,
        "relevantDate": (content.doors_at or content.starts_at).isoformat(),
        "expirationDate": content.ends_at.isoformat(),
        "barcodes": [
            {
                "format": "PKBarcodeFormatQR",
                "message": content.qr,
                "messageEncoding": "iso-8859-1",
                "altText": content.code,
            }
        ],
        "eventTicket": _lay_out(content),
        "semantics": _explain(content),
    }
    if content.position:
        latitude, longitude = content.position
        described["locations"] = [{"latitude": latitude, "longitude": longitude, "relevantText": content.title}]
    if not content.is_valid:
        described["voided"] = True
    if urlsplit(settings.SITE_URL).scheme == "https":
        # Wallet asks for changes over nothing else.
        described["webServiceURL"] = settings.SITE_URL + reverse("wallets:log").removesuffix("v1/log")
        described["authenticationToken"] = one.token
    return described


def _lay_out(content: Content) -> dict[str, list[dict[str, Any]]]:
    starts: dict[str, Any] = {"dateStyle": "PKDateStyleNone", "timeStyle": "PKDateStyleShort", "ignoresTimeZone": True}
    date: dict[str, Any] = {"dateStyle": "PKDateStyleMedium", "timeStyle": "PKDateStyleNone", "ignoresTimeZone": True}
    doors = [_field("doors", content.doors_at.isoformat(), **starts)] if content.doors_at else []
    back = {"theater": content.theater, "hall": content.hall, "address": content.address, **content.details}
    back["booking"] = f"{back['booking']}\n{content.url}" if "booking" in back else content.url
    return {
        "headerFields": [_field("date", content.starts_at.isoformat(), **date)],
        "primaryFields": [_field("event", content.title)],
        "secondaryFields": [
            _field("starts", content.starts_at.isoformat(), changeMessage="%@", **starts),
            *doors,
            _field("hall", content.hall),
        ],
        "auxiliaryFields": [
            *(_field(name, text, changeMessage="%@") for name, text in content.place.items()),
            _field("type", content.details["type"]),
        ],
        "backFields": [
            *([] if content.is_valid else [{"key": "canceled", "value": "canceled"}]),
            *(_field(f"back-{name}", text, label=name) for name, text in back.items()),
        ],
    }


def _field(key: str, value: str, *, label: str = "", **more: Any) -> dict[str, Any]:
    return {"key": key, "label": label or key, "value": value, **more}


def _explain(content: Content) -> dict[str, Any]:
    seat = {
        "seatSection": content.place.get("section") or content.place.get("area"),
        "seatRow": content.place.get("row"),
        "seatNumber": content.place.get("seat"),
        "seatType": content.details["category"],
    }
    found: dict[str, Any] = {
        "eventName": content.title,
        "eventType": "PKEventTypeLivePerformance",
        "eventStartDate": content.starts_at.isoformat(),
        "eventEndDate": content.ends_at.isoformat(),
        "venueName": content.theater,
        "venueRoom": content.hall,
        "seats": [{name: text for name, text in seat.items() if text}],
    }
    if content.doors_at:
        found["venueDoorsOpenDate"] = content.doors_at.isoformat()
    if content.position:
        found["venueLocation"] = dict(zip(("latitude", "longitude"), content.position, strict=True))
    return found


def _write_labels(language: str) -> bytes:
    with override(language):
        lines = [f'"{name}" = "{_escape(str(text))}";\n' for name, text in LABELS.items()]
    return "".join(lines).encode()


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _color(color: str) -> str:
    return f"rgb({', '.join(str(part) for part in bytes.fromhex(color[1:]))})"


def _sign(manifest: bytes, keys: AppleKeys) -> bytes:
    builder = PKCS7SignatureBuilder().set_data(manifest).add_signer(keys.certificate, keys.key, SHA256())
    options = [PKCS7Options.DetachedSignature, PKCS7Options.Binary]
    return builder.add_certificate(keys.issuer).sign(Encoding.DER, options)


def _pack(files: dict[str, bytes]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()
