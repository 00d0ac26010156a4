"""What a customer can be refused, each with a stable slug and a sentence to show.

The slug is part of the public API (`type` of a problem, RFC 9457): it never changes. What only the
console can be refused has none.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lib.refusals import Refusal
from theaters.models import Area, Seat


class SeatsUnavailable(Refusal):
    """Somebody else has these `seats`, or these `areas` have too few places left: all of them, by name."""

    slug = "seats-unavailable"

    def __init__(self, seats: Sequence[Seat] = (), areas: Sequence[Area] = ()) -> None:
        super().__init__()
        self.seats = list(seats)
        self.areas = list(areas)

    @property
    def labels(self) -> list[str]:
        return [*(seat.label for seat in self.seats), *(area.name for area in self.areas)]

    def __str__(self) -> str:
        if not self.seats:
            return str(_("Not enough places are left: %(places)s.")) % {"places": "; ".join(self.labels)}
        return ngettext(
            "This place is no longer free: %(places)s.",
            "These places are no longer free: %(places)s.",
            len(self.labels),
        ) % {"places": "; ".join(self.labels)}

    def members(self) -> dict[str, Any]:
        return {
            "seats": [{"id": seat.pk, "label": str(seat)} for seat in self.seats],
            "areas": [{"id": area.pk, "label": str(area)} for area in self.areas],
        }


class NotOnSale(Refusal):
    slug = "not-on-sale"
    message = _("This show is not on sale.")


class NothingChosen(Refusal):
    slug = "nothing-chosen"
    message = _("Choose at least one place.")


class UnknownPlace(Refusal):
    """A place that this show's seat map does not have, or that was named twice."""

    slug = "unknown-place"
    message = _("Some of these places do not belong to this show, or were chosen twice.")


class TooManyTickets(Refusal):
    slug = "too-many-tickets"

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def __str__(self) -> str:
        return ngettext(
            "One person may have %(limit)d ticket for this show.",
            "One person may have %(limit)d tickets for this show.",
            self.limit,
        ) % {"limit": self.limit}

    def members(self) -> dict[str, Any]:
        return {"limit": self.limit}


class TooManyHolds(Refusal):
    """Places were held and not paid for, too many at once or too often in the last hour; see `limit_holds`."""

    slug = "too-many-holds"

    def __init__(self, retry_seconds: int, *, is_network: bool = False) -> None:
        super().__init__()
        self.retry_seconds = retry_seconds
        self.is_network = is_network

    def __str__(self) -> str:
        if self.is_network:
            return str(_("Many places for this show are held from your network and not paid for."))
        return str(_("You have held places for this show often without paying. Try again in an hour."))


class AccountNeeded(Refusal):
    slug = "account-needed"
    message = _("This show is for customers with an account. Sign in to hold seats.")


class NoPrice(Refusal):
    slug = "no-price"
    message = _("There is no price for this kind of ticket in these places.")


class VoucherRefused(Refusal):
    slug = "voucher-refused"

    def __init__(self, reason: str | Promise) -> None:
        super().__init__()
        self.reason = self.message = reason


class UnknownVoucher(VoucherRefused):
    """No voucher of this theater has that code: a slip, or somebody who guesses."""

    def __init__(self) -> None:
        super().__init__(_("There is no such voucher."))


class TooManyWrongCodes(Refusal):
    slug = "too-many-requests"
    message = _("Too many codes were wrong. Try again in ten minutes.")

    def __init__(self, retry_seconds: int) -> None:
        super().__init__()
        self.retry_seconds = retry_seconds


class IdempotencyKeyReused(Refusal):
    slug = "idempotency-key-reused"
    message = _("This idempotency key was used for a different booking.")


class HoldExpired(Refusal):
    slug = "hold-expired"
    message = _("The time to complete this booking is over, and its places are free again.")


class WrongState(Refusal):
    slug = "wrong-state"
    message = _("This can no longer be done with this booking.")


class DetailsMissing(WrongState):
    slug = "details-missing"
    message = _("An e-mail address is needed, to send the tickets to.")


class NothingToPay(WrongState):
    slug = "nothing-to-pay"
    message = _("This booking costs nothing.")


class NotCancelable(Refusal):
    slug = "not-cancelable"

    def __init__(self, reason: str | Promise) -> None:
        super().__init__()
        self.reason = self.message = reason


class ReasonMissing(Refusal):
    message = _("Say why: the reason is kept in the audit log.")
