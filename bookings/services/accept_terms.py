"""Keep which legal texts a customer was shown for a booking."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from django.utils.translation import get_language

from bookings.errors import TermsNotAccepted
from bookings.models import Acceptance, Booking
from legal.texts import read_current


class Accepted(NamedTuple):
    """The versions that were shown, by pk, and how; `language` is that of the page or mail."""

    versions: tuple[int, ...]
    how: str
    language: str


def take_acceptance(booking: Booking, accepted: Accepted) -> None:
    """Write it in the caller's transaction, which starts the payment. Harmless when repeated. One statement."""
    Acceptance.objects.bulk_create(
        (
            Acceptance(booking=booking, version_id=pk, how=accepted.how, language=accepted.language)
            for pk in accepted.versions
        ),
        ignore_conflicts=True,
    )


def accept_current(theater_id: int, how: str, shown: Collection[int] | None = None) -> Accepted | None:
    """Return what holds today at a theater as accepted; None where there is nothing. No query when warm.

    `shown` are the versions that the customer has seen. Raises `TermsNotAccepted` if others hold.
    """
    current = tuple(one.pk for one in read_current(theater_id))
    if shown is not None and set(shown) != set(current):
        raise TermsNotAccepted
    return Accepted(current, how, get_language() or "en") if current else None
