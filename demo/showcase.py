"""What people find who sign in to the demo: their own coming and past bookings, and vouchers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet

from accounts.models import User
from bookings.errors import SeatsUnavailable
from bookings.models import Booking, Ticket, Voucher
from bookings.services.hold_basket import hold_basket
from bookings.services.hold_best import BestChoice
from bookings.services.pay import pay_with_token
from bookings.services.review import save_review
from demo.people import LOGINS
from events.models import Event, Show
from payments.models import Payment
from reports.models import SettlementTerms
from theaters.models import Theater
from waiting_list.models import WaitingListEntry

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
# How often each voucher was used, and how long ago.
_VOUCHER_USES, _VOUCHERS_USED_AGO = 3, timedelta(days=2)
# The size of parties that wait for a sold-out show, if only for places side by side; and for how many shows.
_WAITING, _FULL_SHOWS = ((4, True), (2, True), (2, False), (1, True)), 6
# Two coming bookings, each for the first of these events with seats left, or else for any other; and for how many
# evenings.
_COMING_EVENTS = ((("a-dolls-house", "hamlet", "antigone"), 2), (("metropolis", "the-general", "nosferatu"), 1))
# The number of events with past bookings, and the preferred ones.
_PAST_BOOKINGS, _PAST_EVENTS = 3, ("hamlet", "the-general", "nosferatu")


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


def load_redemptions(now: datetime) -> int:
    """Let guests at the counter use each voucher for some coming shows, once; return how many did.

    Booked by the services and then backdated, because reports of “the last days” end yesterday.
    """
    if Payment.Gateway.SANDBOX not in settings.PAYMENT_GATEWAYS:
        return 0
    made, before = 0, now - _VOUCHERS_USED_AGO
    for voucher in Voucher.objects.filter(code__in=[code for code, _theater, _off in VOUCHERS], used=0):
        shows = _on_sale(now + timedelta(hours=1), now).filter(hall__theater=voucher.theater, sales_open_at__lte=before)
        uses = 0
        for show in shows.order_by("starts_at"):
            try:
                pair = BestChoice(show, [None] * 2)
                hold = hold_basket(choices=[pair], channel=Booking.Channel.BOX_OFFICE, voucher_code=voucher.code)
            except SeatsUnavailable:
                continue
            pay_with_token(booking=hold, gateway=Payment.Gateway.SANDBOX, token="approve")  # noqa: S106 (a choice, not a secret)
            Booking.objects.filter(pk=hold.pk).update(created_at=before, confirmed_at=before)
            Payment.objects.filter(booking=hold).update(created_at=before, captured_at=before)
            uses += 1
            if uses == _VOUCHER_USES:
                break
        made += uses
    return made


def _on_sale(after: datetime, now: datetime) -> QuerySet[Show]:
    """Return the shows that start after a moment and are on sale now."""
    shows = Show.objects.filter(state=Show.State.ON_SALE, starts_at__gt=after, sales_open_at__lte=now)
    return shows.select_related("event", "hall__theater__city")


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


def load_waiting(now: datetime) -> int:
    """Put people on the waiting lists of sold-out shows, once; return how many.

    Not by the service, which would write to people who do not exist.
    """
    if WaitingListEntry.objects.exists():
        return 0
    live = Q(tickets__state__in=Ticket.LIVE)
    coming = Show.objects.filter(state=Show.State.ON_SALE, starts_at__gt=now + timedelta(days=1))
    full = coming.annotate(taken=Count("tickets", filter=live)).filter(taken__gte=F("seat_map__capacity"))
    customer = User.objects.get(email=LOGINS[0].email)
    entries = []
    for show in full.order_by("starts_at")[:_FULL_SHOWS]:
        for place, (party_size, sits_together) in enumerate(_WAITING):
            # The demo customer is the second in each line.
            person = customer if place == 1 else None
            email = person.email if person else f"guest-waiting-{place}@example.com"
            joined_at = now - timedelta(hours=50 - 9 * place)
            entries.append(
                WaitingListEntry(
                    show=show,
                    customer=person,
                    email=email,
                    party_size=party_size,
                    sits_together=sits_together,
                    joined_at=joined_at,
                )
            )
    return len(WaitingListEntry.objects.bulk_create(entries))


def load_customers_bookings(now: datetime) -> int:
    """Give the demo customer bookings, once: new ones by the services for coming shows, and past ones.

    The past ones belonged to guests before. Return how many bookings the customer got.
    """
    customer = User.objects.get(email=LOGINS[0].email)
    if Booking.objects.confirmed().filter(customer=customer).exists():
        return 0
    return _book_ahead(customer, now) + _take_over(customer, now)


def _book_ahead(customer: User, now: datetime) -> int:
    if Payment.Gateway.SANDBOX not in settings.PAYMENT_GATEWAYS:
        return 0
    made = 0
    for slugs, evenings in _COMING_EVENTS:
        shows = _on_sale(now + timedelta(days=3), now).exclude(tickets__booking__customer=customer)
        ranked = sorted(shows, key=lambda show: (_rank(show.event.slug, slugs), show.starts_at))
        for show in ranked:
            others = [one for one in ranked if one.hall == show.hall and one.event != show.event]
            choices = [BestChoice(one, [None] * 2) for one in [show, *others][:evenings]]
            try:
                hold = hold_basket(choices=choices, customer=customer)
            except SeatsUnavailable:
                continue
            pay_with_token(booking=hold, gateway=Payment.Gateway.SANDBOX, token="approve")  # noqa: S106 (a choice, not a secret)
            made += 1
            break
    return made


def _rank(slug: str, first: Sequence[str]) -> int:
    """Return the position of an event among the preferred ones, or the position after them."""
    return first.index(slug) if slug in first else len(first)


def _take_over(customer: User, now: datetime) -> int:
    """Give the customer past bookings of guests, and review the first one."""
    of_guests = (
        Ticket.objects.issued()
        .filter(show__ends_at__lte=now, show__state=Show.State.ENDED)
        .filter(booking__customer=None, booking__email__startswith="guest-")
        .exclude(booking__tickets__show__ends_at__gt=now)
        .order_by("-show__starts_at", "booking")
    )
    slugs = set(of_guests.order_by().values_list("show__event__slug", flat=True).distinct())
    seen = sorted(slugs, key=lambda slug: (_rank(slug, _PAST_EVENTS), slug))[:_PAST_BOOKINGS]
    for slug in seen:
        ticket = of_guests.filter(show__event__slug=slug)[0]
        Booking.objects.filter(pk=ticket.booking_id).update(customer=customer, email=customer.email, name=customer.name)
    if seen:
        text = "Good seats, a long evening, and worth it."
        save_review(event=Event.objects.get(slug=seen[0]), user=customer, stars=5, text=text)
    return len(seen)
