"""Staff can preview every kind of message in each language; nothing is sent."""

import pytest
from django.core import mail
from django.urls import reverse

from notifications.models import Notification

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
