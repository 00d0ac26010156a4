"""What a customer can be refused, each with a stable slug and a sentence to show.

The slug is part of the public API (`type` of a problem, RFC 9457): it never changes. What only the
console can be refused has none.
"""

from collections.abc import Sequence
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from theaters.models import Area, Seat


class BookingError(Exception):
    """A refusal that concerns the customer. Nothing was changed."""

    slug: ClassVar[str]
    message: str | Promise = ""

    def __str__(self) -> str:
        return str(self.message)


class SeatsUnavailable(BookingError):
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


class NotOnSale(BookingError):
    slug = "not-on-sale"
    message = _("This show is not on sale.")


class NothingChosen(BookingError):
    slug = "nothing-chosen"
    message = _("Choose at least one place.")


class UnknownPlace(BookingError):
    """A place that this show's seat map does not have, or that was named twice."""

    slug = "unknown-place"
    message = _("Some of these places do not belong to this show, or were chosen twice.")


class TooManyTickets(BookingError):
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


class TooManyHolds(BookingError):
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


class AccountNeeded(BookingError):
    slug = "account-needed"
    message = _("This show is for customers with an account. Sign in to hold seats.")


class NoPrice(BookingError):
    slug = "no-price"
    message = _("There is no price for this kind of ticket in these places.")


class VoucherRefused(BookingError):
    slug = "voucher-refused"

    def __init__(self, reason: str | Promise) -> None:
        super().__init__()
        self.reason = self.message = reason


class UnknownVoucher(VoucherRefused):
    """No voucher of this theater has that code: a slip, or somebody who guesses."""

    def __init__(self) -> None:
        super().__init__(_("There is no such voucher."))


class TooManyWrongCodes(BookingError):
    slug = "too-many-requests"
    message = _("Too many codes were wrong. Try again in ten minutes.")

    def __init__(self, retry_seconds: int) -> None:
        super().__init__()
        self.retry_seconds = retry_seconds


class IdempotencyKeyReused(BookingError):
    slug = "idempotency-key-reused"
    message = _("This idempotency key was used for a different booking.")


class HoldExpired(BookingError):
    slug = "hold-expired"
    message = _("The time to complete this booking is over, and its places are free again.")


class WrongState(BookingError):
    slug = "wrong-state"
    message = _("This can no longer be done with this booking.")


class DetailsMissing(WrongState):
    slug = "details-missing"
    message = _("An e-mail address is needed, to send the tickets to.")


class NothingToPay(WrongState):
    slug = "nothing-to-pay"
    message = _("This booking costs nothing.")


class GatewayNotOffered(BookingError):
    slug = "gateway-not-offered"
    message = _("This way of paying is not offered.")


class GatewayUnavailable(BookingError):
    """The gateway cannot be reached or answers nonsense; the same call may be repeated."""

    slug = "gateway-unavailable"
    message = _("The payment service does not answer. Please try again in a moment.")


class PaymentDeclined(BookingError):
    slug = "payment-declined"
    message = _("The payment was declined. Your places are still held: try again or pay in another way.")


class NotCancelable(BookingError):
    slug = "not-cancelable"

    def __init__(self, reason: str | Promise) -> None:
        super().__init__()
        self.reason = self.message = reason


class RefundTooLarge(BookingError):
    slug = "refund-too-large"
    message = _("A refund cannot be more than what is left of the payment.")


class ReasonMissing(BookingError):
    message = _("Say why: the reason is kept in the audit log.")
