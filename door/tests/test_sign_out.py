"""Staff who sign out leave nothing on the device."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("way", ["account_logout", "admin:logout"])
def test_the_browser_of_staff_forgets_what_the_door_keeps(way, client, door_staff):
    client.force_login(door_staff)
    assert "Clear-Site-Data" not in client.get("/door/")
    assert client.post(reverse(way))["Clear-Site-Data"] == '"storage"'
    assert "Clear-Site-Data" not in client.post(reverse(way))


def test_customers_keep_their_settings(client, customer):
    client.force_login(customer)
    assert "Clear-Site-Data" not in client.post(reverse("account_logout"))
