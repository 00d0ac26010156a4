"""Staff who sign out, or whose role has ended, leave nothing on the device, and lose nothing that is not sent."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from theaters.models import StaffMembership, Theater

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("way", ["account_logout", "admin:logout"])
def test_the_browser_of_staff_forgets_what_the_door_keeps(way, client, door_staff):
    client.force_login(door_staff)
    assert "Clear-Site-Data" not in client.get("/door/")
    assert client.post(reverse(way))["Clear-Site-Data"] == '"storage"'
    assert "Clear-Site-Data" not in client.post(reverse(way))


@pytest.fixture
def staff(client: Client, door_staff: User) -> Client:
    """Door staff whose device has scans that wait."""
    client.force_login(door_staff)
    client.cookies["door_unsent"] = client.get("/door/").context["holder"]["person"]
    return client


@pytest.mark.parametrize("way", ["account_logout", "admin:logout"])
def test_scans_that_wait_lead_to_the_page_that_sends_them(way, staff):
    response = staff.post(reverse(way), follow=True)
    assert response.redirect_chain == [("/door/", 302)]
    assert "Clear-Site-Data" not in response
    assert "This device still has admissions to send." in response.content.decode()
    assert '<input type="hidden" name="from_door" value="on">' in response.content.decode()
    # That page asks.
    response = staff.post(reverse(way), {"from_door": "on"})
    assert response["Clear-Site-Data"] == '"storage"'
    assert response.cookies["door_unsent"]["max-age"] == 0
    assert not staff.get("/door/").context


@pytest.mark.parametrize("way", ["account_logout", "admin:logout"])
def test_another_persons_scans_keep_nobody(way, staff, manager):
    staff.force_login(manager)
    assert staff.post(reverse(way))["Clear-Site-Data"] == '"storage"'


def test_who_cannot_open_the_page_is_not_led_there(staff, theater):
    Theater.objects.update(requires_mfa=True)
    assert staff.post(reverse("account_logout"))["Clear-Site-Data"] == '"storage"'


def test_whose_role_has_ended_signs_out(staff):
    StaffMembership.objects.all().delete()
    assert staff.post(reverse("account_logout")).url == "/"


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
