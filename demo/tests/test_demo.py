"""The season in a database: loaded once for all of these tests, which only look."""

import re
from collections import Counter, defaultdict
from datetime import UTC, timedelta
from decimal import Decimal
from io import StringIO
from itertools import pairwise

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.test import Client
from django.utils import timezone

from accounts.audit_words import compare, name_action
from accounts.models import AuditEntry, User
from accounts.roles import Capability
from bookings.models import Booking, Ticket, Voucher
from demo.people import LOGINS, PASSWORD
from door.models import CheckIn, UnticketedPerson
from events.models import AlsoBooked, Event, Price, Review, Show, ShowArea, TheaterReview
from legal.models import LegalVersion
from legal.publish import OPEN_PLACE
from legal.texts import find_version, read_links
from mailings.reminders import ask_for_reviews, remind_of_shows
from notifications.models import Notification
from payments.models import Payment, Refund
from testing.console import assert_plain
from testing.fixtures.season import load_demo
from theaters.access import may
from theaters.models import City, Hall, Seat, SeatMap, Seller, Theater

MODELS = (
    City, Theater, Hall, SeatMap, Seat, User, Event, Show, Price, ShowArea, Booking, Ticket, Payment, Refund, CheckIn,
    UnticketedPerson, Review, TheaterReview, AlsoBooked, Voucher, Notification, AuditEntry, Seller,
    LegalVersion,
)  # fmt: skip
# On PostgreSQL the season is loaded by the tests of the reports, and into the production stack.
pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("demo_season")]

DRAWN = ("hamlet", "shakuntalam", "alf-layla-wa-layla")
# Fewer days than the whole season has: there is enough of everything in them.
SEASON = (3, 9, {*DRAWN, "the-undercroft"})


def count() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in MODELS}


def test_it_prints_what_it_added_and_the_logins(demo_season):
    assert "4 cities, 7 theaters, 13 halls, 33 events" in demo_season
    for login in LOGINS:
        assert login.email in demo_season
    assert PASSWORD in demo_season


def test_a_second_run_changes_nothing():
    before = count()
    assert "nothing: everything was there" in load_demo()
    assert count() == before


@pytest.mark.slow
def test_a_later_run_adds_the_days_since():
    last = Show.objects.latest("starts_at").starts_at
    before = Show.objects.count()
    with transaction.atomic(), time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        load_demo()
        new = Show.objects.filter(starts_at__gt=last + timedelta(hours=12))
        assert new.count() > 20
        assert Show.objects.count() - before < new.count() + 30
        assert not Show.objects.filter(pk__in=new, state=Show.State.ENDED).exists()
        transaction.set_rollback(True)


def test_every_theater_has_a_seller_and_legal_pages_without_gaps():
    kinds = {"imprint", "terms", "privacy", "accessibility", "venue-rules"}
    for theater in Theater.objects.select_related("seller"):
        theater.seller.full_clean()
        assert {link.kind for link in read_links(theater.pk)} == kinds
        terms = find_version(theater, "terms")
        assert terms.theater == theater
        assert theater.seller.name in terms.text_in("en").body
        assert theater.seller.name in Client().get(f"/theaters/{theater.slug}/imprint/").content.decode()
        assert (terms.text_in("de").language == "de") == (theater.seller.country == "AT")
    assert {link.kind for link in read_links()} == kinds - {"venue-rules"}
    assert Theater.objects.values("seller").distinct().count() < Theater.objects.count()
    bodies = list(LegalVersion.objects.published().values_list("texts__body", flat=True))
    assert bodies
    assert not [body for body in bodies if OPEN_PLACE.search(body) or "\0" in body]


def test_it_is_refused_outside_of_a_demo():
    with pytest.raises(CommandError, match="known password"):
        call_command("demo", stdout=StringIO())


def test_nobody_is_written_to_who_is_not_there():
    remind_of_shows()
    ask_for_reviews(timezone.now() + timedelta(days=1))
    told = Notification.objects.filter(kind__in=["show_reminder", "review_ask"])
    assert set(told.values_list("recipient", flat=True)) <= {LOGINS[0].email}


def test_everybody_can_sign_in_and_do_what_is_said():
    client = Client()
    for login in LOGINS:
        assert client.login(email=login.email, password=PASSWORD)
    people = {login.email: User.objects.get(email=login.email) for login in LOGINS}
    house = Theater.objects.get(slug="lindenbruecke")
    assert people["admin@example.com"].is_superuser
    assert not people["customer@example.com"].is_staff
    assert may(people["manager@example.com"], Capability.EDIT_TEAM, house.pk)
    assert not may(people["opera@example.com"], Capability.SEE_PROGRAMME, house.pk)
    assert may(people["door@example.com"], Capability.CHECK_IN, house.pk)


def test_nobody_but_the_logins_has_a_password():
    with_password = {user.email for user in User.objects.all() if user.has_usable_password()}
    assert with_password == {login.email for login in LOGINS}


def test_shows_never_clash():
    halls = defaultdict(list)
    for show in Show.objects.live():
        halls[show.hall_id].append((show.starts_at, show.cleared_at))
    assert len(halls) == 13
    for times in halls.values():
        times.sort()
        assert all(before[1] <= after[0] for before, after in pairwise(times))


def test_shows_are_in_every_state():
    now = timezone.now()
    states = Counter(Show.objects.values_list("state", flat=True))
    assert states[Show.State.ENDED] > 30
    assert states[Show.State.ON_SALE] > 90
    assert states[Show.State.CANCELED] > 0
    ahead = Show.objects.filter(state=Show.State.ON_SALE, starts_at__gt=now)
    assert ahead.filter(sales_open_at__gt=now).exists()
    taken = Count("tickets", filter=Q(tickets__state__in=Ticket.LIVE))
    left = [show.seat_map.capacity - show.live for show in ahead.annotate(live=taken).select_related("seat_map")]
    assert 0 in left
    assert any(1 <= seats <= 8 for seats in left)
    assert not Show.objects.filter(ends_at__lte=now, state=Show.State.ON_SALE).exists()


def test_every_category_of_every_show_has_a_price_in_whole_units_of_its_money():
    assert not Show.objects.filter(Q(prices=None) | Q(from_price=None) | Q(lowest_price=None)).exists()
    for show in Show.objects.annotate(priced=Count("prices__category", distinct=True)).select_related("seat_map"):
        assert show.priced == show.seat_map.categories.count()
    yen = Price.objects.filter(show__hall__theater__currency="JPY").values_list("amount", flat=True)
    assert yen
    assert all(amount == int(amount) for amount in yen)


def test_bookings_add_up():
    tickets = Ticket.objects.order_by().values_list("booking").annotate(Sum("price"), Sum("discount"))
    sums = {booking: price - discount for booking, price, discount in tickets}
    assert len(sums) > 1000
    for pk, total in Booking.objects.values_list("pk", "total"):
        assert sums[pk].quantize(Decimal("0.01")) == total.quantize(Decimal("0.01"))
    captured = Payment.objects.filter(state=Payment.State.CAPTURED)
    assert not captured.exclude(amount=F("booking__total")).exists()
    paid = Booking.objects.filter(state__in=[Booking.State.CONFIRMED, Booking.State.CANCELED])
    assert captured.count() == paid.count()


def test_some_booked_two_evenings_at_once():
    baskets = Booking.objects.annotate(shows=Count("tickets__show", distinct=True)).filter(shows__gt=1)
    assert baskets.count() > 20
    assert set(baskets.values_list("shows", flat=True)) == {2}
    for booking in baskets.filter(state="confirmed", payments__refunds__isnull=False).distinct():
        # One of the two shows was canceled, or given back.
        assert len(set(booking.tickets.values_list("show", "state"))) == 2


def test_states_of_bookings_and_tickets_belong_together():
    pairs = set(Ticket.objects.order_by().values_list("booking__state", "state").distinct())
    assert pairs == {
        ("confirmed", "issued"),
        # One of two evenings.
        ("confirmed", "canceled"),
        ("canceled", "canceled"),
        ("expired", "released"),
        ("held", "held"),
    }
    # What the house and a caller keep.
    assert Booking.objects.filter(state=Booking.State.HELD).count() == 2
    assert not Ticket.objects.live().filter(show__state=Show.State.CANCELED).exists()


def test_nothing_happened_in_the_future_or_after_the_show():
    now = timezone.now()
    assert not Ticket.objects.filter(
        Q(booking__created_at__gt=now) | Q(booking__created_at__gt=F("show__starts_at"))
    ).exists()
    assert not Ticket.objects.filter(booking__created_at__lt=F("show__sales_open_at")).exists()
    assert not Booking.objects.filter(Q(confirmed_at__gt=now) | Q(canceled_at__gt=now)).exists()
    assert not Refund.objects.filter(created_at__gt=now).exists()
    assert not CheckIn.objects.filter(Q(at__gt=now) | Q(at__lt=F("ticket__show__doors_at"))).exists()
    assert not Review.objects.filter(created_at__gt=now).exists()


def test_refunds_are_what_was_refunded():
    assert Refund.objects.count() > 10
    for payment in Payment.objects.filter(refunds__isnull=False).annotate(given=Sum("refunds__amount")):
        assert payment.refunded == payment.given <= payment.amount
    assert not Payment.objects.filter(refunds=None, refunded__gt=0).exists()


def test_counters_of_areas_are_right():
    live = Count("show__tickets", filter=Q(show__tickets__area=F("area"), show__tickets__state__in=Ticket.LIVE))
    counters = ShowArea.objects.annotate(live=live)
    assert counters.filter(taken__gt=0).exists()
    assert not counters.exclude(taken=F("live")).exists()


def test_nobody_has_more_tickets_than_allowed():
    each = Ticket.objects.live().exclude(booking__email="").order_by().values("show", "booking__email")
    most = each.annotate(count=Count("pk"), limit=F("show__tickets_per_customer"))
    assert not most.filter(count__gt=F("limit")).exists()


def test_reviews_are_by_people_who_were_there():
    assert Review.objects.count() > 30
    seen = set(
        Ticket.objects.issued()
        .filter(show__starts_at__lte=timezone.now())
        .values_list("booking__customer", "show__event")
    )
    assert set(Review.objects.values_list("user", "event")) <= seen
    at = set(Ticket.objects.issued().values_list("booking__customer", "booking__theater"))
    assert TheaterReview.objects.count() > 10
    assert set(TheaterReview.objects.values_list("user", "theater")) <= at
    rated = Event.objects.filter(rating_count__gt=0)
    assert rated.count() > 10
    assert sum(rated.values_list("rating_count", flat=True)) == Review.objects.count()


def test_the_demo_customer_has_bookings_ahead_and_behind():
    customer = User.objects.get(email="customer@example.com")
    now = timezone.now()
    ahead = customer.bookings.confirmed().with_times().filter(first_starts_at__gt=now)
    assert sorted(len(booking.shows) for booking in ahead) == [1, 2]
    assert customer.bookings.confirmed().with_times().filter(last_ends_at__lte=now).count() >= 2
    assert customer.reviews.count() == 1


def test_the_audit_log_says_all_in_words():
    entries = AuditEntry.objects.select_related("content_type")
    assert entries
    for entry in entries:
        # A theater's own texts have placeholders.
        said = re.sub(r"\{\w+\}", "", f"{name_action(entry)}: {compare(entry, UTC)}")
        assert_plain(said.replace("is_change", ""))


def test_pictures_are_stored_in_the_widths_of_pages():
    for slug in DRAWN:
        event = Event.objects.get(slug=slug)
        assert (event.poster.width, event.poster.height) == (800, 1200)
        assert default_storage.exists(event.poster.name.replace("-800", "-400"))
    assert Theater.objects.get(slug="the-undercroft").photo.width == 1200


@pytest.mark.slow
@pytest.mark.parametrize("address", ["/", "/events/", "/events/?q=hamlet", "/events/?city=mumbai", "/theaters/"])
def test_pages_have_something_to_show(address):
    response = Client().get(address)
    assert response.status_code == 200
    assert b"poster" in response.content or b"theaters/" in response.content


@pytest.mark.slow
def test_every_event_theater_and_kind_of_show_has_a_page():
    client = Client()
    now = timezone.now()
    shows = Show.objects.order_by("starts_at")
    halls = [shows.filter(hall=hall, starts_at__gt=now, sales_open_at__lte=now).first() for hall in Hall.objects.all()]
    others = [
        shows.filter(state=Show.State.CANCELED).first(),
        shows.filter(state=Show.State.ENDED).first(),
        shows.filter(sales_open_at__gt=now).first(),
    ]
    for page in [*Event.objects.all(), *Theater.objects.all(), *halls, *others]:
        response = client.get(page.get_absolute_url())
        assert response.status_code == 200, page
