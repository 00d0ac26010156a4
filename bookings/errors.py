"""The reasons for which customers are refused, each with a stable slug and a sentence to show.

The slug is part of the public API (`type` of a problem, RFC 9457) and never changes. Refusals that only
the console shows have none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events.models import Admission, Rule, Show, Violation
from lib.problem_types import TOO_MANY_REQUESTS
from lib.refusals import ProblemType, Refusal
from theaters.models import Area, Seat

Key = TypeVar("Key", int, str)


class RefusedForShow(Refusal):
    """A refusal because of one show, which `naming` sets."""

    show: Show | None = None

    def members(self) -> dict[str, Any]:
        return {"show": self.show.code} if self.show else {}


@contextmanager
def naming(show: Show) -> Iterator[None]:
    """Let a refusal name the show that it is about."""
    try:
        yield
    except RefusedForShow as error:
        error.show = show
        raise


class SeatsUnavailable(RefusedForShow):
    """These `seats` are taken, or these `areas` have too few places left; it names all of them."""

    problem = ProblemType(
        "seats-unavailable",
        409,
        _("Some of these places are gone."),
        _("“seats” and “areas” name all of them. Nothing is held: choose others and try again."),
    )

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
            **super().members(),
            "seats": [{"id": seat.pk, "label": str(seat)} for seat in self.seats],
            "areas": [{"id": area.pk, "label": str(area)} for area in self.areas],
        }


class PlacesOfShowsUnavailable(SeatsUnavailable):
    """Places of several shows were asked for, and these are gone."""

    def __init__(self, lost: Mapping[Show, SeatsUnavailable]) -> None:
        super().__init__(
            [seat for error in lost.values() for seat in error.seats],
            [area for error in lost.values() for area in error.areas],
        )
        self.lost = dict(lost)

    @property
    def labels(self) -> list[str]:
        return [f"{show}: {label}" for show, error in self.lost.items() for label in error.labels]

    def members(self) -> dict[str, Any]:
        found: dict[str, Any] = {"seats": [], "areas": []}
        for show, error in self.lost.items():
            members = error.members()
            for kind, places in found.items():
                places += [{**place, "show": show.code} for place in members[kind]]
        return found


def refuse_lost(lost: Mapping[Show, SeatsUnavailable], *, are_several: bool) -> SeatsUnavailable:
    """Return the refusal for what is gone at these shows, by show if several were asked for."""
    lost = {show: error for show, error in lost.items() if error.labels}
    return PlacesOfShowsUnavailable(lost) if are_several else next(iter(lost.values()))


class SeveralTheaters(Refusal):
    problem = ProblemType(
        "several-theaters",
        422,
        _("The shows belong to several theaters."),
        _("A booking belongs to one theater. Make one for each theater."),
    )
    message = _("A booking can only have shows of one theater.")


class NotOnSale(RefusedForShow):
    problem = ProblemType(
        "not-on-sale",
        409,
        _("This show is not on sale now."),
        _("It may be over, canceled, sold at the door only, or not yet on sale: see the show's “state”."),
    )
    message = _("This show is not on sale.")


class RulesBroken(RefusedForShow):
    """The tickets of a booking can't be sold so: `violations` has every rule that is broken."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__()
        self.violations = list(violations)

    def __str__(self) -> str:
        return " ".join(dict.fromkeys(one.detail for one in self.violations))

    def members(self) -> dict[str, Any]:
        found = [
            {
                "rule": str(one.rule),
                "ticket_type": one.ticket_type.pk,
                "detail": one.detail,
                "seats": [ticket.seat.pk for ticket in one.concerned if ticket.seat],
                "areas": sorted({ticket.area.pk for ticket in one.concerned if ticket.area}),
            }
            for one in self.violations
        ]
        return {**super().members(), "violations": found}

    @property
    def by_type(self) -> dict[int, str]:
        """What is wrong with each ticket type, by its pk."""
        return self._join((one.ticket_type.pk, one.detail) for one in self.violations)

    @property
    def by_line(self) -> dict[str, str]:
        """What is wrong with each line of a choice, by the names that `line_of` gives them."""
        return self._join((line_of(ticket), one.detail) for one in self.violations for ticket in one.concerned)

    @staticmethod
    def _join(found: Iterable[tuple[Key, str]]) -> dict[Key, str]:
        sentences: dict[Key, dict[str, None]] = {}
        for key, sentence in found:
            sentences.setdefault(key, {})[sentence] = None
        return {key: " ".join(each) for key, each in sentences.items()}


def line_of(ticket: Admission) -> str:
    """Name the line of a choice that a ticket is in: its seat, or its area and ticket type."""
    if ticket.seat is not None:
        return f"seat-{ticket.seat.pk}"
    return f"area-{ticket.area.pk if ticket.area else ''}-{ticket.ticket_type.pk}"


class CompanionAlone(RulesBroken):
    """A companion seat or a companion's ticket without a wheelchair place; see `services/companions.py`."""

    problem = ProblemType(
        "companion-alone",
        422,
        _("Companion seats and tickets are sold only with a wheelchair place."),
        _("Add the wheelchair place: a companion seat's “companion_of” names it. “detail” says what is missing."),
    )


class TicketRulesBroken(RulesBroken):
    problem = ProblemType(
        "ticket-rules",
        422,
        _("These ticket types are not sold like that."),
        _(
            "“violations” names each broken rule (“channel”, “window”, “minimum”, “maximum”, “group”, “company”, "
            "“companion” or “quota”), its ticket type, what would help, and the seats and areas that it concerns."
        ),
    )

    @property
    def is_of_quota(self) -> bool:
        return any(one.rule == Rule.QUOTA for one in self.violations)


class NothingChosen(RefusedForShow):
    problem = ProblemType(
        "nothing-chosen",
        422,
        _("No place was chosen."),
        _("Name at least one of “seats”, “areas” or “best_available”."),
    )
    message = _("Choose at least one place.")


class UnknownPlace(RefusedForShow):
    """A place that is not on this show's seat map, or that was named twice."""

    problem = ProblemType(
        "unknown-place",
        422,
        _("This show does not have all of these places."),
        _("Read the show's seats again; each may be named once."),
    )
    message = _("Some of these places do not belong to this show, or were chosen twice.")


class TooManyTickets(RefusedForShow):
    problem = ProblemType(
        "too-many-tickets",
        422,
        _("That is more than one customer may book for this show."),
        _("“limit” says how many tickets one customer may have, earlier bookings included."),
    )

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
        return {**super().members(), "limit": self.limit}


class TooManyHolds(RefusedForShow):
    """Places were held and not paid for, too many at once or too often in the last hour; see `limit_holds`."""

    problem = ProblemType(
        "too-many-holds",
        429,
        _("Places were held too often without being paid for."),
        _("What is held and not paid counts for an hour. Pay for a hold or let it go, and try again later."),
    )

    def __init__(self, retry_seconds: int, *, is_network: bool = False) -> None:
        super().__init__()
        self.retry_seconds = retry_seconds
        self.is_network = is_network

    def __str__(self) -> str:
        if self.is_network:
            return str(_("Many places for this show are held from your network and not paid for."))
        return str(_("You have often held places for this show without paying. Try again in an hour."))


class AccountNeeded(RefusedForShow):
    problem = ProblemType(
        "account-needed",
        401,
        _("This show is for customers with an account."),
        _("Send an access token with the call."),
    )
    message = _("This show is for customers with an account. Sign in to hold seats.")


class NoPrice(RefusedForShow):
    problem = ProblemType(
        "no-price",
        422,
        _("That ticket type is not sold there."),
        _("The show's “prices” list which ticket types each seat category has."),
    )
    message = _("There is no price for this kind of ticket in these places.")


class VoucherRefused(Refusal):
    problem = ProblemType(
        "voucher-refused",
        422,
        _("The voucher can't be used."),
        _("“detail” says why. Without the voucher the same booking may go through."),
    )

    def __init__(self, reason: str | Promise) -> None:
        super().__init__()
        self.reason = self.message = reason


class UnknownVoucher(VoucherRefused):
    """No voucher of this theater has that code: a typing error, or a guess."""

    def __init__(self) -> None:
        super().__init__(_("This voucher does not exist."))


class TooManyWrongCodes(Refusal):
    problem = TOO_MANY_REQUESTS
    message = _("Too many wrong codes. Try again in ten minutes.")

    def __init__(self, retry_seconds: int) -> None:
        super().__init__()
        self.retry_seconds = retry_seconds


class IdempotencyKeyReused(Refusal):
    problem = ProblemType(
        "idempotency-key-reused",
        422,
        _("This Idempotency-Key was used for a different request."),
        _("Make a new key for each booking, and send it again only with the very same request."),
    )
    message = _("This idempotency key was used for a different booking.")


class TermsNotAccepted(Refusal):
    problem = ProblemType(
        "terms-not-accepted",
        409,
        _("The customer has not accepted what holds today."),
        _("Show the customer the texts of “GET /bookings/{code}/terms”, and send their ids with the payment."),
    )
    message = _("The terms have changed while you were here. Please read them again before you pay.")


class HoldExpired(Refusal):
    problem = ProblemType(
        "hold-expired",
        409,
        _("The hold is over and its seats were freed."),
        _("Make a new booking. Money that came too late is refunded."),
    )
    message = _("The time to complete this booking has run out, and its places are free again.")


class WrongState(Refusal):
    problem = ProblemType(
        "wrong-state",
        409,
        _("The booking is not in a state that allows this."),
        _("Read the booking again: another call may have changed it."),
    )
    message = _("This is no longer possible for this booking.")


class DetailsMissing(WrongState):
    problem = ProblemType(
        "details-missing",
        422,
        _("The tickets need an e-mail address to go to."),
        _("Sign in with an account that has one."),
    )
    message = _("The tickets need an e-mail address to go to.")


class NothingToPay(WrongState):
    problem = ProblemType(
        "nothing-to-pay",
        409,
        _("This booking costs nothing."),
        _("Pay it with any gateway: it is confirmed at once."),
    )
    message = _("This booking costs nothing.")


class NotCancelable(Refusal):
    problem = ProblemType(
        "not-cancelable",
        409,
        _("This can't be canceled any more."),
        _("The show's refund policy decides until when; the box office may still help."),
    )

    def __init__(self, reason: str | Promise) -> None:
        super().__init__()
        self.reason = self.message = reason


class ReasonMissing(Refusal):
    message = _("Give a reason; it is kept in the audit log.")
