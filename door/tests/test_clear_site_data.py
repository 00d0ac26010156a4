"""Staff who sign out, or whose role has ended, leave nothing on the device."""

import pytest
from django.urls import reverse

from theaters.models import StaffMembership, Theater

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("way", ["account_logout", "admin:logout"])
def test_the_browser_of_staff_forgets_what_the_door_keeps(way, client, door_staff):
    client.force_login(door_staff)
    assert "Clear-Site-Data" not in client.get("/door/")
    assert client.post(reverse(way))["Clear-Site-Data"] == '"storage"'
    assert "Clear-Site-Data" not in client.post(reverse(way))


@pytest.mark.parametrize("page", ["door:choose", "door:gate", "door:list"])
def test_it_forgets_when_a_role_has_ended(page, client, door_staff):
    client.force_login(door_staff)
    StaffMembership.objects.all().delete()
    response = client.get(reverse(page))
    assert (response.status_code, response["Clear-Site-Data"]) == (403, '"storage"')


def test_who_has_to_set_up_a_second_factor_first_keeps_what_waits(client, door_staff, theater):
    Theater.objects.update(requires_mfa=True)
    client.force_login(door_staff)
    response = client.get(reverse("door:list"))
    assert response.status_code == 401
    assert "Clear-Site-Data" not in response


def test_customers_keep_their_settings(client, customer):
    client.force_login(customer)
    assert "Clear-Site-Data" not in client.post(reverse("account_logout"))
