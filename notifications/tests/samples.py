"""A context for every kind of message, as their senders write them."""

from typing import Any

from notifications.kinds import KINDS

_THEATER = {
    "name": "Riverside",
    "place": "1 River Street",
    "city": "Vienna",
    "access": "Step-free by the side door.\nHearing loop in rows A to F.",
    "phone": "+43 1 234 567",
    "email": "box-office@example.com",
}
_SHOW = {
    "event": "Nosferatu",
    "hall": "Main",
    "starts_at": "2026-10-10T17:30:00+00:00",
    "doors_at": "2026-10-10T17:00:00+00:00",
    "time_zone": "Europe/Vienna",
    "url": "http://localhost:8000/shows/ABCDEF/",
}
_TICKET = {"place": "Stalls, row A, seat 1", "category": "Parkett", "type": "Adult", "attendee": "आशा"}
_BOOKING = {
    "name": "Asha Customer",
    "code": "ABCDEFGH",
    "url": "http://localhost:8000/b/token/",
    "reply_to": "box-office@example.com",
    "theater": _THEATER,
    "show": _SHOW,
    "tickets": [_TICKET, _TICKET],
    "total": {"amount": "40.000", "currency": "EUR"},
    "refund": {"amount": "20.000", "currency": "EUR"},
    "was_paid": True,
    "was_paid_twice": False,
    "remaining": 1,
    "before": {"starts_at": "2026-10-09T17:30:00+00:00", "hall": "Studio"},
    "is_other_time": True,
    "is_other_hall": True,
    "refund_until": "2026-10-10T17:30:00+00:00",
    "at_counter": {"amount": "20.000", "currency": "EUR"},
    "message": "The lead is ill.\nWe hope to see you soon.",
}
_ACCOUNT = {
    "name": "Asha Customer",
    "recipient": "asha@example.com",
    "code": "H7KP-2MQR",
    "what": "password_changed",
    "at": "2026-10-10T17:00:00+00:00",
    "address": "192.0.2.1",
    "browser": "Firefox",
    "from_email": "old@example.com",
    "to_email": "new@example.com",
    "deleted_email": "old@example.com",
    "sign_in_url": "http://localhost:8000/accounts/login/",
    "sign_up_url": "http://localhost:8000/accounts/signup/",
    "password_reset_url": "http://localhost:8000/accounts/password/reset/",
}


def sample_context(kind: str) -> dict[str, Any]:
    return {**(_BOOKING if kind.startswith(("booking", "money", "show")) else _ACCOUNT)}


SAMPLES = {kind: sample_context(kind) for kind in KINDS}
