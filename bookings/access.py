"""Who may open which booking in the browser. Nothing else decides.

A booking is open to its customer, to the browser that made it (the session remembers its code) and
to anyone with the signed link from its e-mail, which the session then remembers too. A ticket that was
passed on is open by itself, to anyone with the signed link that its holder was sent; that browser may
then show it at the door too, until it is another person's. The hold of an exchange is open with the
booking exchanged. To everyone else it does not exist. Once its address is corrected
(`link_version`), links and sessions from before no longer open it.
Staff see bookings in the console by `theaters/access.py`.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from time import time
from typing import Any, NamedTuple

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, Signer, TimestampSigner
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from accounts.roles import Capability, Person
from bookings.models import Booking, BookingQuerySet, Exchange, Ticket, exchange_of
from bookings.services.limit_holds import FULL_HOLD_MINUTES, Browser
from events.models.settings import HOLD_EXTENSION_MINUTES, Scope
from lib.client_address import public_network
from lib.compiled import compiled
from theaters.access import theaters_for
from theaters.brands import brand_of
from theaters.shown import shown_theaters

SESSION_KEY = "bookings"
BASKETS_KEY = "baskets"
TICKETS_KEY = "tickets"
# Keeps sessions small: the oldest codes fall out, and the e-mailed link opens those bookings again.
MAX_REMEMBERED = 30

_signer = TimestampSigner(salt="bookings.guest")
_ticket_signer = Signer(salt="bookings.ticket", sep="~")


class GuestLinkExpired(Exception):
    """The link was ours, but is older than `GUEST_LINK_DAYS`. `code` names its booking."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def find_booking(request: HttpRequest, code: str) -> Booking:
    """Return the booking with its theater and city, or raise `Http404`. One query."""
    booking = _find(code)
    if booking is None or not _may_open(request, booking):
        raise Http404
    return booking


def open_bookings(request: HttpRequest) -> BookingQuerySet:
    """Return all bookings that this browser may open, on a brand's domain those of its theaters. Lazy.

    None, and no query, for an unknown visitor.
    """
    visitor, own = identify(request), shown_theaters()
    if not any(visitor):
        return Booking.objects.none()
    bookings = Booking.objects.filter(opened_by(*visitor))
    return bookings if own is None else bookings.filter(theater__in=own)


class Visitor(NamedTuple):
    """By what a browser opens bookings: codes, those of corrected bookings with their version, and its account."""

    codes: tuple[str, ...]
    corrected: tuple[tuple[str, int], ...]
    customer_id: int | None


def identify(request: HttpRequest) -> Visitor:
    """Return by what this browser opens bookings. All of it is empty for an unknown visitor."""
    keys = [key.split(".") for key in _remembered(request)]
    return Visitor(
        tuple(key[0] for key in keys if len(key) == 1),
        tuple((code, int(version)) for code, version in (key for key in keys if len(key) > 1)),
        request.user.pk if request.user.is_authenticated else None,
    )


def opened_by(codes: Collection[str], corrected: Iterable[tuple[str, int]], customer_id: int | None) -> Q:
    """Return the condition for bookings that a `Visitor` who is known may open."""
    whose = Q(code__in=codes, link_version=0) if codes else Q()
    for code, version in corrected:
        whose |= Q(code=code, link_version=version)
    return whose if customer_id is None else whose | Q(customer=customer_id)


def customer_bookings(user: User) -> BookingQuerySet:
    """Return `user`'s own bookings, for the API: a session means nothing there. Lazy, no query."""
    return Booking.objects.filter(customer=user)


def find_customer_booking(user: User, code: str) -> Booking:
    """Return `user`'s own booking, or raise `Http404`. One query."""
    for booking in _read_customer_booking(code, user.pk):
        return booking
    raise Http404


def bookings_for_staff(user: Person) -> QuerySet[Booking]:
    """Return the bookings of the theaters where `user` may see bookings. Lazy, no query."""
    return Booking.objects.filter(theater__in=theaters_for(user, Capability.SEE_BOOKINGS))


def browser_of(request: HttpRequest) -> Browser:
    """Identify a visitor without an account: by network, and by the bookings that the session remembers."""
    codes = tuple(key.partition(".")[0] for key in _remembered(request))
    return Browser(_network_key(request), codes)


def _network_key(request: HttpRequest) -> str:
    """Hash the network; empty where it is not public."""
    network = public_network(request)
    return salted_hmac("bookings.network", network).hexdigest()[:24] if network else ""


def remember_booking(request: HttpRequest, booking: Booking) -> None:
    """Let this browser open the booking; harmless when repeated."""
    keys = [key for key in _remembered(request) if key.partition(".")[0] != booking.code]
    request.session[SESSION_KEY] = [*keys, _key(booking)][-MAX_REMEMBERED:]


def remember_basket(request: HttpRequest, booking: Booking) -> None:
    """Let this browser open a hold, and show it on all pages as long as it can last; harmless when repeated."""
    remember_booking(request, booking)
    now = time()
    longest = 60 * (FULL_HOLD_MINUTES + HOLD_EXTENSION_MINUTES.of(Scope(booking.theater_id)))
    until = {code: end for code, end in _baskets(request).items() if end > now}
    # An offer of the waiting list lasts longer.
    ends_at = booking.expires_at.timestamp() if booking.expires_at else now
    request.session[BASKETS_KEY] = {**until, booking.code: int(max(now + longest, ends_at))}


def is_remembered(request: HttpRequest, basket: Booking) -> bool:
    """Return True if this browser shows the hold on all pages. No query."""
    return basket.code in _baskets(request)


def recall_baskets(*, request: HttpRequest | None = None, user: User, **kwargs: Any) -> None:
    """Show what a customer holds, on whatever device, on all pages; receives Django's `user_logged_in`. One query."""
    if request is not None:
        held = customer_bookings(user).filter(
            state=Booking.State.HELD, expires_at__gt=timezone.now(), exchange=None, transfer_due_on=None
        )
        for booking in held.exclude(channel=Booking.Channel.BOX_OFFICE).order_by("pk"):
            remember_basket(request, booking)


def open_baskets(request: HttpRequest, now: datetime) -> QuerySet[Booking]:
    """Return the holds that this browser remembers and may open, with their theaters. Lazy; no query without any.

    That of the page itself is left out.
    """
    here = request.resolver_match.kwargs.get("code") if request.resolver_match else None
    codes = [code for code, end in _baskets(request).items() if end > now.timestamp() and code != here]
    if not codes:
        return Booking.objects.none()
    holds = open_bookings(request).filter(
        code__in=codes, state=Booking.State.HELD, expires_at__gt=now, transfer_due_on=None
    )
    return holds.select_related("theater__city").order_by("expires_at", "pk")


def _baskets(request: HttpRequest) -> dict[str, int]:
    baskets = request.session.get(BASKETS_KEY, {}) if hasattr(request, "session") else {}
    return baskets if isinstance(baskets, dict) else {}


def guest_token(booking: Booking) -> str:
    """Sign the booking's code for its link; the token carries the time of signing."""
    return _signer.sign(_key(booking)).replace(":", "~")


def guest_path(booking: Booking) -> str:
    """Return the path that opens the booking without signing in, for `GUEST_LINK_DAYS`."""
    return reverse("bookings:guest", args=[guest_token(booking)])


def read_guest_token(token: str) -> Booking:
    """Return the booking that the token opens, ready to be remembered.

    Raises `GuestLinkExpired` if it is too old, and `Http404` if it was never ours or the booking has
    moved to another address since.
    """
    signed = token.replace("~", ":")
    try:
        key = _signer.unsign(signed, max_age=timedelta(days=settings.GUEST_LINK_DAYS))
    except SignatureExpired:
        raise GuestLinkExpired(_signer.unsign(signed).partition(".")[0]) from None
    except BadSignature:
        raise Http404 from None
    booking = _find(key.partition(".")[0])
    if booking is None or _key(booking) != key:
        raise Http404
    return booking


def booking_url(booking: Booking) -> str:
    """Return the absolute address of the booking's page, which asks who opens it."""
    return f"{brand_of(booking.theater_id).address}{booking.get_absolute_url()}"


def ticket_url(ticket: Ticket) -> str:
    """Return the absolute address that opens a ticket for the person to whom it was passed on."""
    return f"{brand_of(ticket.booking.theater_id).address}{ticket_path(ticket)}"


def ticket_path(ticket: Ticket) -> str:
    return reverse("bookings:ticket", args=[_ticket_signer.sign(ticket.code)])


def read_ticket_token(token: str) -> Ticket:
    """Return the ticket that the token opens, with all that is shown of it, or raise `Http404`.

    If it was moved since, the newest one of the same person. It may be canceled, or somebody else's by now:
    `is_open_to_holder` decides what to show. The link works for as long as the ticket does.
    """
    try:
        code = _ticket_signer.unsign(token)
    except BadSignature:
        raise Http404 from None
    tickets = Ticket.objects.select_related(
        "booking__theater__city", "seat", "area", "category", "ticket_type", "show__event", "show__hall__theater__city"
    )
    ticket = tickets.filter(code=code).first()
    if ticket is None:
        raise Http404
    holder = ticket.attendee_email
    while holder and (newer := tickets.filter(moved_from=ticket.pk, attendee_email=holder).first()) is not None:
        ticket = newer
    return ticket


def remember_ticket(request: HttpRequest, ticket: Ticket) -> None:
    """Let this browser show a ticket that its link has opened; harmless when repeated."""
    codes = remembered_tickets(request)
    if ticket.code not in codes:
        request.session[TICKETS_KEY] = [*codes, ticket.code][-MAX_REMEMBERED:]


def remembered_tickets(request: HttpRequest) -> list[str]:
    """Return the codes of passed-on tickets that this browser has opened.

    A ticket that went to another person since has another code. No query.
    """
    codes = request.session.get(TICKETS_KEY, [])
    return codes if isinstance(codes, list) else []


def is_open_to_holder(ticket: Ticket) -> bool:
    """Return True if the person to whom the ticket was passed on may see its code."""
    return ticket.state == Ticket.State.ISSUED and ticket.is_passed_on


def _find(code: str) -> Booking | None:
    return next(iter(_read_booking(code)), None)


@compiled
def _read_customer_booking(code: str, customer_id: int) -> QuerySet[Booking]:
    return Booking.objects.filter(code=code, customer=customer_id)


@compiled
def _read_booking(code: str) -> QuerySet[Booking]:
    open_exchanges = Exchange.objects.filter(booking=OuterRef("pk"), hold__state=Booking.State.HELD)
    return (
        Booking.objects.annotate(is_being_exchanged=Exists(open_exchanges))  # type: ignore[no-redef]
        .select_related("theater__city", "customer", "exchange__booking")
        .filter(code=code)
    )


def _may_open(request: HttpRequest, booking: Booking) -> bool:
    if (exchange := exchange_of(booking)) is not None:
        booking = exchange.booking
    # Compared by key and only for people who are signed in: a guest booking's customer is None too.
    own = request.user.is_authenticated and booking.customer_id == request.user.pk
    return bool(own) or _key(booking) in _remembered(request)


def _key(booking: Booking) -> str:
    """Name the booking for links and sessions; the name changes with its address."""
    return f"{booking.code}.{booking.link_version}" if booking.link_version else booking.code


def _remembered(request: HttpRequest) -> list[str]:
    codes = request.session.get(SESSION_KEY, [])
    return codes if isinstance(codes, list) else []
