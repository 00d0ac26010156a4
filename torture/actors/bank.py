"""What a bank sends: webhooks of the sandbox gateway, signed here by an implementation of our own."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

# How many digits after the point an amount of a currency has.
DIGITS = {"EUR": 2, "KWD": 3, "JPY": 0}
STALE_SECONDS = 400


def write_event(kind: str, payment: str, amount: int, currency: str, *, number: int = 0) -> dict[str, Any]:
    """Return an event about a payment; with another number it is another event with the same contents."""
    status = {"payment.paid": "paid", "payment.declined": "declined"}.get(kind, "")
    is_chargeback = kind.startswith("chargeback")
    return {
        "id": f"torture-{payment}-{kind}-{number}",
        "kind": kind,
        "payment": payment,
        **({"status": status} if status else {}),
        "reference": f"torture-{'chargeback' if is_chargeback else kind}-{payment}{'' if is_chargeback else number}",
        "amount": amount,
        "currency": currency,
    }


def sign(secret: str, event: dict[str, Any], *, seconds_ago: int = 0) -> tuple[bytes, dict[str, str]]:
    """Return body and headers."""
    body = json.dumps(event).encode()
    at = int(time.time()) - seconds_ago
    key = f"sandbox webhook {secret}".encode()
    digest = hmac.new(key, b"%d.%s" % (at, body), hashlib.sha256).hexdigest()
    return body, {"Content-Type": "application/json", "Marquee-Sandbox-Signature": f"t={at},v1={digest}"}


def minor_units(amount: str, currency: str) -> int:
    return round(float(amount) * 10 ** DIGITS[currency])
