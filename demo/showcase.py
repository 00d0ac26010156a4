"""What somebody who signs in to the demo finds: bookings of their own, ahead and behind them, and vouchers."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings

from accounts.models import User
from bookings.best_seats import find_best_seats
from bookings.models import Booking, Voucher
from bookings.services.hold_seats import SeatChoice, hold_seats
from bookings.services.pay import pay_with_token
from bookings.services.review import save_review
from demo.people import LOGINS
from events.models import Event, Show
from reports.models import SettlementTerms
from theaters.models import Theater

# Code, theater, and what it takes off.
VOUCHERS = (
    ("BRIDGE20", "lindenbruecke", {"percent": Decimal(20)}),
    ("KINO2", "lichtspiele-am-markt", {"amount": Decimal(2)}),
    ("HIGHC10", "north-quay-opera", {"percent": Decimal(10)}),
    ("MONSOON", "sagar-natyagriha", {"amount": Decimal(100)}),
)
# Event, theater, partner, the partner's share of the net box office, and the guarantee for each show.
TERMS = (
    ("hamlet", "lindenbruecke", "Demo Touring Company", 60, 500),
    ("metropolis", "lichtspiele-am-markt", "Demo Film Distribution", 50, 0),
    ("the-magic-flute", "north-quay-opera", "Demo Opera Ensemble", 70, 2000),
)
_AHEAD = ("a-dolls-house", "metropolis")
_BEHIND = ("hamlet", "the-general", "nosferatu")


def load_vouchers() -> int:
    """Add the missing vouchers; return how many are new."""
    added = 0
    for code, theater, off in VOUCHERS:
        _, is_new = Voucher.objects.get_or_create(
            code=code,
            defaults={"theater": Theater.objects.get(slug=theater), "limit": 500, "limit_per_customer": 3, **off},
        )
        added += is_new
    return added


def load_terms() -> int:
    """Add the missing settlement terms of events that the season has; return how many are new."""
    added = 0
    for slug, theater, partner, percent, guarantee in TERMS:
        event = Event.objects.filter(slug=slug).first()
        if event is not None:
            _, is_new = SettlementTerms.objects.get_or_create(
                event=event,
                theater=Theater.objects.get(slug=theater),
                defaults={"partner": partner, "percent": percent, "guarantee": guarantee},
            )
            added += is_new
    return added


def load_customers_bookings(now: datetime) -> int:
    """Book for the demo customer, once: some shows to come, by the services, and some that are over.

    Those that are over were somebody else’s until now. Returns how many bookings the customer got.
    """
    customer = User.objects.get(email=LOGINS[0].email)
    if Booking.objects.confirmed().filter(customer=customer).exists():
        return 0
    return _book_ahead(customer, now) + _take_over(customer, now)


def _book_ahead(customer: User, now: datetime) -> int:
    if "sandbox" not in settings.PAYMENT_GATEWAYS:
        return 0
    made = 0
    for slug in _AHEAD:
        shows = Show.objects.filter(event__slug=slug, state=Show.State.ON_SALE, starts_at__gt=now + timedelta(days=3))
        for show in shows.select_related("hall__theater__city"):
            # The first that is not sold out.
            seats = find_best_seats(show, 2) if show.is_on_sale(now) else []
            if seats:
                hold = hold_seats(show=show, seats=[SeatChoice(seat.pk) for seat in seats], customer=customer)
                pay_with_token(booking=hold, gateway="sandbox", token="approve")  # noqa: S106 (a choice, not a secret)
                made += 1
                break
    return made


def _take_over(customer: User, now: datetime) -> int:
    """Give the customer past bookings of guests; the first one is reviewed, the others wait for it."""
    taken = 0
    for slug in _BEHIND:
        booking = (
            Booking.objects.confirmed()
            .filter(show__event__slug=slug, show__ends_at__lte=now, show__state=Show.State.ENDED)
            .filter(customer=None, email__startswith="guest-")
            .order_by("-show__starts_at", "pk")
            .first()
        )
        if booking is None:
            continue
        Booking.objects.filter(pk=booking.pk).update(customer=customer, email=customer.email, name=customer.name)
        if not taken:
            text = "Good seats, a long evening, and worth it."
            save_review(event=Event.objects.get(slug=slug), user=customer, stars=5, text=text)
        taken += 1
    return taken
