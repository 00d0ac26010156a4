"""Erase a person: the account is closed and emptied, and what the books need stays without the name."""

from collections.abc import Iterable
from importlib import import_module

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.models import User
from bookings.models import Booking, Payment, Refund, Ticket
from bookings.services.claim import claim_guest_bookings
from bookings.services.waiting_list import forget_waiting
from events.models import Review
from events.reviews import refresh_rating
from notifications.models import NotificationPreference
from notifications.services import forget_person


class ErasureRefused(Exception):
    """The person has something to come, or works here. `reason` says what to do about it, `bookings` which."""

    def __init__(self, reason: object, bookings: Iterable[Booking] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.bookings = list(bookings)


def check_erasable(user: User) -> None:
    """Raise `ErasureRefused` while tickets, payments or a place in a team would be lost with the person."""
    if user.is_superuser or user.staff_memberships.exists():
        raise ErasureRefused(_("You work with this account. Ask a manager to take you off the team first."))
    bookings = Booking.objects.filter(customer=user).select_related("show__event", "show__hall__theater__city")
    upcoming = bookings.filter(tickets__state=Ticket.State.ISSUED, show__ends_at__gt=timezone.now()).distinct()
    if upcoming:
        raise ErasureRefused(
            _("You have tickets for shows to come. Cancel them, or come back after the show."), upcoming
        )
    owed = bookings.filter(payments__refunds__state=Refund.State.PENDING).distinct()
    if owed:
        raise ErasureRefused(_("A refund is on its way to you. Come back when it has arrived."), owed)
    open_hold = Q(state=Booking.State.HELD, expires_at__gt=timezone.now())
    held = bookings.filter(open_hold | Q(payments__state=Payment.State.STARTED)).distinct()
    if held:
        raise ErasureRefused(_("You are in the middle of a booking. Finish it or let it go first."), held)


@transaction.atomic
def erase_person(*, user: User) -> None:
    """Erase all that tells who `user` is, for good; harmless when repeated. Raises `ErasureRefused`.

    The user's row stays, nameless and closed, because bookings and the audit log point to it.
    """
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        return
    claim_guest_bookings(user=user)
    check_erasable(user)
    # Only what is proven theirs: anybody may type in an address.
    addresses = list(EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True))
    bookings = Booking.objects.filter(customer=user)
    Ticket.objects.filter(booking__in=bookings).update(attendee_name="")
    bookings.update(name="", email="", phone="", note="")
    forget_waiting(user=user, addresses=addresses)
    forget_person(user=user, addresses=addresses)
    _forget_reviews(user)
    _close_account(user)
    record(by=None, action="erase person", on=user)


def _forget_reviews(user: User) -> None:
    events = list(Review.objects.filter(user=user).values_list("event_id", flat=True))
    Review.objects.filter(user=user).delete()
    for event_id in events:
        refresh_rating(event_id)


def _close_account(user: User) -> None:
    """Sign the person out everywhere and leave a row that nobody can sign in with."""
    keys = list(UserSession.objects.filter(user=user).values_list("session_key", flat=True))
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in keys:
        store(key).delete()
    for rows in (UserSession, EmailAddress, Authenticator, NotificationPreference):
        rows.objects.filter(user=user).delete()
    user.name = user.phone = ""
    user.email = f"erased-{user.pk}@erased.invalid"
    user.preferred_city = None
    user.last_login = None
    user.is_active = False
    user.set_unusable_password()
    user.save()
