"""Rate and review by the page."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from events.models import Review, Show
from testing.bookings import make_paid
from testing.builders import make_show

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(customer: User) -> Show:
    show = make_show()
    make_paid(show, 0, customer=customer)
    return show


def url(show: Show) -> str:
    return reverse("bookings:review", args=[show.event.slug])


@pytest.mark.slow
def test_it_is_written_and_changed(client, show: Show, customer: User):
    with time_machine.travel(show.starts_at + timedelta(hours=1)):
        client.force_login(customer)
        assert "How was it?" in client.get(url(show)).content.decode()
        # The mail that asks leads here with the stars that were pressed in it, and with no nonsense.
        assert client.get(url(show), {"stars": "4"}).context["form"]["stars"].initial == "4"
        assert client.get(url(show), {"stars": "9"}).context["form"]["stars"].initial is None
        response = client.post(url(show), {"stars": "4", "text": "Fine."})
        assert response.url.startswith(show.event.get_absolute_url())
        show.event.refresh_from_db()
        assert (show.event.rating_average, show.event.rating_count) == (4, 1)
        # On the event's page, with as much of the name as this page has promised.
        assert "<bdi>Asha C.</bdi>" in client.get(show.event.get_absolute_url()).content.decode()

        text = client.get(url(show)).content.decode()
        assert "Change your review" in text
        assert "Fine." in text
        client.post(url(show), {"stars": "5", "text": "Better the second time."})
    assert list(Review.objects.values_list("stars", "text")) == [(5, "Better the second time.")]


@pytest.mark.parametrize("data", [{}, {"stars": "0"}, {"stars": "6"}, {"stars": "4", "text": "x" * 4001}])
def test_an_invalid_review_is_refused_and_kept(client, show: Show, customer: User, data):
    with time_machine.travel(show.starts_at + timedelta(hours=1)):
        client.force_login(customer)
        response = client.post(url(show), data)
    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert data.get("text", "") in response.content.decode()
    assert not Review.objects.exists()


def test_before_the_start_and_without_a_ticket_it_is_refused(client, show: Show, customer: User, rival: User):
    client.force_login(customer)
    assert "can review it" in client.get(url(show)).content.decode()
    client.post(url(show), {"stars": "5"})
    with time_machine.travel(show.starts_at + timedelta(hours=1)):
        client.force_login(rival)
        client.post(url(show), {"stars": "1"})
    assert not Review.objects.exists()


def test_a_guest_is_asked_to_sign_in(show: Show):
    response = Client().get(url(show))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))
