"""What many who booked an event booked as well."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from bookings.also_booked import COUNTED_DAYS, FEWEST_IN_COMMON, rank_also_booked
from bookings.models import Booking
from events.models import AlsoBooked, Event, Show
from testing.bookings import make_paid
from testing.builders import make_event, make_hall, make_show
from testing.caches import forget_pages

pytestmark = pytest.mark.django_db


def put_on(title: str) -> Show:
    return make_show(event=make_event(title), hall=make_hall(rows=1, seats=12))


def book(show: Show, people: range) -> None:
    for number in people:
        make_paid(show, number, email=f"guest-{number}@example.com")


def rank() -> list[str]:
    rank_also_booked(timezone.now())
    return list(
        AlsoBooked.objects.filter(event__title="Hamlet").order_by("rank").values_list("other__title", flat=True)
    )


def test_the_page_shows_what_enough_people_booked_too_the_closest_first(client: Client) -> None:
    hamlet, faust, tosca, din = (put_on(title) for title in ("Hamlet", "Faust", "Tosca", "Din"))
    many = FEWEST_IN_COMMON
    book(hamlet, range(many + 1))
    # All who booked this one, half of those who booked that one, and one too few.
    book(tosca, range(many))
    book(faust, range(2 * many))
    book(din, range(many - 1))
    assert rank() == ["Tosca", "Faust"]

    html = client.get(hamlet.event.get_absolute_url()).content.decode()
    liked = html[html.index('id="also-booked-title"') :].split("</section>")[0]
    assert "Booked by many who also booked <bdi>Hamlet</bdi>" in liked
    assert re.findall(r'dir="auto">(\w+)</a></h3>', liked) == ["Tosca", "Faust"]
    assert "also-booked" not in client.get(din.event.get_absolute_url()).content.decode()

    # Nothing changes in a second night, and what is over or hidden is left out at once.
    assert rank_also_booked(timezone.now()) == 0
    Event.objects.filter(pk=tosca.event_id).update(is_published=False)
    forget_pages()
    assert "Tosca</a></h3>" not in client.get(hamlet.event.get_absolute_url()).content.decode()


def test_only_recent_sales_that_stand_count() -> None:
    hamlet, faust = put_on("Hamlet"), put_on("Faust")
    book(hamlet, range(FEWEST_IN_COMMON))
    book(faust, range(FEWEST_IN_COMMON))
    assert rank() == ["Faust"]
    one = Booking.objects.filter(tickets__show=faust)
    for change in (
        {"kind": Booking.Kind.COMPLIMENTARY},
        {"created_at": timezone.now() - timedelta(days=COUNTED_DAYS + 1)},
        {"email": ""},
    ):
        kept = one.values(*change).first()
        first = one.values_list("pk", flat=True).first()
        Booking.objects.filter(pk=first).update(**change)
        assert rank() == [], change
        Booking.objects.filter(pk=first).update(**kept)
        assert rank() == ["Faust"]
