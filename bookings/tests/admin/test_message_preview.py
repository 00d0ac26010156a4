"""Staff can preview every kind of message in each language, as their theater's; nothing is sent."""

import pytest
from django.core import mail
from django.urls import reverse

from accounts.roles import Role
from notifications.models import Notification
from testing.builders import make_event, make_hall, make_show, make_theater
from theaters.directory import forget_directory
from theaters.models import Brand, StaffMembership

PAGE = reverse("admin:message_preview")


def test_a_kind_is_shown_with_its_text_twin_and_nothing_is_sent(client, manager):
    client.force_login(manager)
    for kind in ["booking_confirmed", "digest", "password_reset"]:
        content = client.get(
            PAGE, {"kind": kind, "language": "hi", "frame": "desktop", "scheme": "dark"}
        ).content.decode()
        assert "srcdoc=" in content
        assert "sandbox" in content
        assert f'value="{kind}" selected' in content
    assert not Notification.objects.exists()
    assert mail.outbox == []


@pytest.mark.parametrize("wrong", [{"kind": "nonsense"}, {"language": "fr"}, {"frame": "wall"}, {"scheme": "pink"}])
def test_unknown_choices_are_not_found(client, manager, wrong):
    client.force_login(manager)
    assert client.get(PAGE, wrong).status_code == 404


def test_only_staff_who_may_see_bookings_see_it(client, customer, door_staff):
    for person, status in [(None, 302), (customer, 302), (door_staff, 403)]:
        if person:
            client.force_login(person)
        assert client.get(PAGE).status_code == status


def test_it_looks_like_the_chosen_theaters_with_its_show_and_words(client, manager, theater):
    own = {"color": "#0b5d4a", "sender_name": "Büro", "reply_address": "a@b.co"}
    brand = Brand.objects.create(name="Riverside Players", slug="riverside", **own)
    second = make_theater("Aaron's", brand=brand)
    make_theater("Elsewhere")
    StaffMembership.objects.create(user=manager, theater=second, role=Role.MANAGER)
    make_show(hall=make_hall(theater=second), event=make_event("Twelfth Night"))
    forget_directory()
    client.force_login(manager)

    def show(kind: str, **asked: str) -> str:
        return client.get(PAGE, {"kind": kind, **asked}).content.decode()

    text = show("show_reminder", theater=second.slug)
    chosen = f'value="{second.slug}" selected'
    for told in ("Riverside Players", "#0b5d4a", "Twelfth Night", "Büro &lt;tickets@", "a@b.co", chosen):
        assert told in text
    assert "Riverside Players" not in show("show_reminder", theater=theater.slug)
    # About no theater.
    assert "Riverside Players" not in show("password_reset", theater=second.slug)
    assert "about no theater" in show("password_reset", theater=second.slug)
    for kind in Notification.Kind.values:
        assert client.get(PAGE, {"kind": kind, "theater": second.slug}).status_code == 200, kind


def test_nobody_sees_the_look_of_a_theater_that_is_not_theirs(client, other_manager, theater):
    client.force_login(other_manager)
    assert client.get(PAGE, {"theater": theater.slug}).status_code == 404
    assert theater.name not in client.get(PAGE).content.decode()
