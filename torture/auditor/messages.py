"""Each message once: every fact that is told has one, every one that was sent arrived, and none came unasked."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlsplit

from torture.auditor.books import Books, by

Found = tuple[int, list[str]]
# Where the outbox says so, a message may have arrived twice.
MAY_BE_TWICE = "The mail server's answer was lost"


def message_id(books: Books, row: Any) -> str:
    digest = hashlib.sha256(row.unique_key.encode()).hexdigest()[:32]
    return f"<{digest}@{urlsplit(books.plan['site_url']).hostname}>"


def messages_arrive_once(books: Books) -> Found:
    sent = [row for row in books.notifications if row.channel == "email" and row.state == "sent"]
    wrong = []
    for row in sent:
        times = books.mails[message_id(books, row)]
        most = max(row.attempts, 1) if row.error.startswith(MAY_BE_TWICE) else 1
        if not 1 <= times <= most:
            wrong.append(
                f"{row.unique_key} to {row.recipient}: arrived {times} times, attempts {row.attempts} {row.error}"
            )
    return len(sent), wrong


def no_message_comes_unasked(books: Books) -> Found:
    known = {message_id(books, row) for row in books.notifications}
    return books.mails.total(), [f"{found} has no row" for found in books.mails if found not in known]


def messages_are_sent(books: Books) -> Found:
    return len(books.notifications), [
        f"{row.unique_key} is {row.state} after {row.attempts} attempts: {row.error}"
        for row in books.notifications
        if row.state not in ("sent", "suppressed")
    ]


def customers_are_told(books: Books) -> Found:
    """Of a confirmed booking, a refund that was made, and money that bought nothing."""
    keys = {row.unique_key for row in books.notifications}
    expected = [(f"booking_confirmed:{booking.code}", booking) for booking in books.bookings if booking.confirmed_at]
    expected += [
        (f"booking_refunded:{refund.id}", books.booking[books.payment[refund.payment_id].booking_id])
        for refund in books.refunds
        if refund.state == "succeeded" and refund.source != "chargeback"
    ]
    expected += [
        (f"money_returned:{payment.id}", books.booking[payment.booking_id])
        for payment in books.payments
        if payment.state == "surplus"
    ]
    users = by(books.users, "id")
    wrong = []
    for key, booking in expected:
        can_be_told = booking.email if booking.customer_id is None else not users[booking.customer_id].erased_at
        if can_be_told and key not in keys:
            wrong.append(f"{booking.code}: no message {key}")
    return len(expected), wrong


CHECKS = [messages_arrive_once, no_message_comes_unasked, messages_are_sent, customers_are_told]
