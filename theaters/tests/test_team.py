"""A theater's team: invited by e-mail, given another role, removed; at once and on record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.roles import CAPABILITY_WORDS, Capability, Role
from notifications.models import Notification
from testing.api_client import ApiClient
from testing.bookings import race
from testing.builders import make_user
from theaters.invitations import INVITATION_LIFETIME, accept, find_account, invite, link_to
from theaters.models import Invitation, StaffMembership, Theater
from theaters.team import LastManager, TeamError, change_role, revoke

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough secret"


def address(name: str, *arguments: Any) -> str:
    return reverse(f"admin:theaters_{name}", args=arguments)


@pytest.fixture
def as_manager(manager: User) -> Client:
    client = Client()
    client.force_login(manager)
    return client


def send(as_manager: Client, theater: Theater, email: str, role: str = "door") -> str:
    """Invite by the console and return the path of the link that is in the mail."""
    sent = {"email": email, "theater": theater.pk, "role": role}
    form = as_manager.get(address("invitation_add")).content.decode()
    assert "Send invitation" in form
    assert "Save" not in form
    assert as_manager.post(address("invitation_add"), sent).status_code == 302
    return path_of(Notification.objects.filter(kind="staff_invitation").latest("pk"))


def path_of(mail: Notification) -> str:
    return mail.context["url"].removeprefix("http://localhost:8000")


def roles_of(email: str) -> list[str]:
    return list(StaffMembership.objects.filter(user__email=email).values_list("role", flat=True))


@pytest.mark.slow
def test_a_new_person_sets_a_password_and_is_in_the_console(as_manager: Client, theater: Theater):
    link = send(as_manager, theater, "New@Example.com", "box_office")
    mail = Notification.objects.get(kind="staff_invitation")
    assert (mail.recipient, mail.theater_id) == ("new@example.com", theater.pk)
    guest = Client()
    page = guest.get(link).content.decode()
    assert theater.name in page
    assert str(CAPABILITY_WORDS[Capability.SELL]) in page
    assert str(CAPABILITY_WORDS[Capability.EDIT_TEAM]) not in page
    assert guest.post(link, {"name": "Nia New", "password": "short"}).status_code == 200
    assert not User.objects.filter(email="new@example.com").exists()
    response = guest.post(link, {"name": "Nia New", "password": PASSWORD})
    assert response["Location"] == reverse("admin:index")
    assert guest.get(reverse("admin:index")).status_code == 200
    user = User.objects.get(email="new@example.com")
    assert user.check_password(PASSWORD)
    assert EmailAddress.objects.get(user=user).verified
    assert roles_of("new@example.com") == [Role.BOX_OFFICE]
    # It works once.
    assert Client().get(link).status_code == Client().post(link, {"name": "X", "password": PASSWORD}).status_code == 410
    actions = list(AuditEntry.objects.filter(theater_id=theater.pk).order_by("pk").values_list("action", "by__email"))
    assert actions == [
        ("invite", "manager@example.com"),
        ("accept invitation", "new@example.com"),
        ("sign in", "new@example.com"),
    ]


@pytest.mark.slow
def test_a_person_with_an_account_signs_in_and_joins(as_manager: Client, theater: Theater, customer, rival):
    link = send(as_manager, theater, customer.email)
    stranger = Client()
    page = stranger.get(link)
    assert reverse("account_login") in page.content.decode()
    stranger.post(link, {"name": "Taken over", "password": PASSWORD})
    customer.refresh_from_db()
    assert not customer.check_password(PASSWORD)
    other = Client()
    other.force_login(rival)
    other.post(link)
    assert roles_of(customer.email) == roles_of(rival.email) == []
    own = Client()
    own.force_login(customer)
    assert own.get(reverse("admin:index")).status_code == 302
    page = own.post(link, follow=True)
    assert (page.status_code, page.redirect_chain) == (200, [(reverse("door:choose"), 302)])
    assert "Welcome to the team" in page.content.decode()
    assert roles_of(customer.email) == [Role.DOOR]
    assert own.get(reverse("admin:index")).status_code == 200


def test_an_unconfirmed_account_passes_to_the_invited_person(as_manager: Client, theater: Theater):
    squatter = User.objects.create_user("new@example.com", "the password of a stranger")
    EmailAddress.objects.create(user=squatter, email=squatter.email, verified=False, primary=True)
    session = Client()
    session.force_login(squatter)
    link = send(as_manager, theater, "new@example.com")
    Client().post(link, {"name": "Nia New", "password": PASSWORD})
    assert roles_of("new@example.com") == [Role.DOOR]
    assert session.get(reverse("admin:index")).status_code == 302
    assert not Client().login(email="new@example.com", password="the password of a stranger")


@pytest.mark.parametrize("fields", [{"is_active": False}, {"is_superuser": True}])
def test_an_invitation_opens_neither_closed_accounts_nor_platform_admins(
    as_manager: Client, theater: Theater, fields: dict
):
    user = User.objects.create_user("new@example.com", **fields)
    link = send(as_manager, theater, user.email)
    Client().post(link, {"name": "Nia New", "password": PASSWORD})
    user.refresh_from_db()
    assert not user.check_password(PASSWORD)
    assert roles_of(user.email) == []


@pytest.mark.slow
def test_a_newer_mail_a_withdrawal_or_expiry_ends_a_link(as_manager: Client, theater: Theater):
    old = send(as_manager, theater, "new@example.com")
    invitation = Invitation.objects.get()
    again = address("invitation_send_again", invitation.pk)
    assert as_manager.get(again).status_code == 200
    assert Notification.objects.filter(kind="staff_invitation").count() == 1
    as_manager.post(again)
    new = path_of(Notification.objects.filter(kind="staff_invitation").latest("pk"))
    assert Client().get(old).status_code == 410
    assert Client().get(new).status_code == 200
    assert Client().get(new[:-3] + "AA/").status_code == 410
    with time_machine.travel(timezone.now() + INVITATION_LIFETIME + timedelta(minutes=1)):
        assert Client().get(new).status_code == 410
    as_manager.post(address("invitation_withdraw", invitation.pk))
    assert Client().get(new).status_code == 410
    assert Client().post(new, {"name": "X", "password": PASSWORD}).status_code == 410
    assert roles_of("new@example.com") == []
    # There is nothing left to send or withdraw.
    assert as_manager.post(again).status_code == 403
    assert send(as_manager, theater, "new@example.com")


def test_refusals_are_shown_in_the_form(as_manager: Client, theater: Theater, other_theater: Theater, door_staff):
    send(as_manager, theater, "new@example.com")
    for email, where, field in (
        ("new@example.com", theater, "email"),
        (door_staff.email, theater, "__all__"),
        ("any@example.com", other_theater, "theater"),
    ):
        page = as_manager.post(address("invitation_add"), {"email": email, "theater": where.pk, "role": "door"})
        assert field in page.context["adminform"].form.errors, email
    assert Invitation.objects.count() == Notification.objects.filter(kind="staff_invitation").count() == 1


def test_another_role_applies_at_once(as_manager: Client, theater: Theater, box_office, manager):
    session = Client()
    session.force_login(box_office)
    bookings = reverse("admin:bookings_booking_changelist")
    assert session.get(bookings).status_code == 200
    membership = StaffMembership.objects.get(user=box_office)
    assert as_manager.post(address("staffmembership_change", membership.pk), {"role": "door"}).status_code == 302
    assert session.get(bookings).status_code == 403
    entry = AuditEntry.objects.get(action="change role")
    assert (entry.by, entry.before, entry.after) == (manager, {"role": "box_office"}, {"role": "door"})


def test_revoking_applies_to_open_sessions_and_tokens(as_manager: Client, theater: Theater, door_staff, manager):
    session = Client()
    session.force_login(door_staff)
    assert session.get(reverse("admin:index")).status_code == 200
    api = ApiClient(door_staff)
    wish = {"qr": "no such code", "gate": "A"}
    assert api.post("/check-ins", wish).status_code != 403
    membership = StaffMembership.objects.get(user=door_staff)
    assert as_manager.post(address("staffmembership_delete", membership.pk), {"post": "yes"}).status_code == 302
    assert session.get(reverse("admin:index")).status_code == 302
    assert api.post("/check-ins", wish).status_code == 403
    entry = AuditEntry.objects.get(action="revoke role")
    assert (entry.by, entry.before) == (manager, {"user": door_staff.email, "role": "door"})
    assert not revoke(membership=membership, by=manager)


def test_the_last_manager_stays(as_manager: Client, theater: Theater, manager, platform_admin):
    membership = StaffMembership.objects.get(user=manager)
    page = as_manager.post(address("staffmembership_change", membership.pk), {"role": "door"})
    assert "last manager" in page.content.decode()
    as_manager.post(address("staffmembership_delete", membership.pk), {"post": "yes"})
    listed = {"action": "delete_selected", "_selected_action": [membership.pk], "post": "yes"}
    as_manager.post(address("staffmembership_changelist"), listed)
    with pytest.raises(LastManager):
        revoke(membership=membership, by=platform_admin)
    assert roles_of(manager.email) == [Role.MANAGER]
    # A manager who cannot sign in does not count.
    StaffMembership.objects.create(user=make_user("off@example.com", is_active=False), theater=theater, role="manager")
    with pytest.raises(LastManager):
        change_role(membership=membership, role=Role.DOOR, by=manager)
    StaffMembership.objects.create(user=make_user("second@example.com"), theater=theater, role=Role.MANAGER)
    assert as_manager.post(address("staffmembership_change", membership.pk), {"role": "door"}).status_code == 302
    assert roles_of(manager.email) == [Role.DOOR]


@pytest.mark.django_db(transaction=True)
def test_two_managers_cannot_remove_each_other_at_the_same_moment(theater: Theater, manager):
    second = make_user("second@example.com")
    StaffMembership.objects.create(user=second, theater=theater, role=Role.MANAGER)
    own, other = StaffMembership.objects.order_by("pk")
    results = race(lambda: revoke(membership=other, by=manager), lambda: revoke(membership=own, by=second))
    assert [isinstance(result, LastManager) for result in results].count(True) == 1
    assert StaffMembership.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_link_used_twice_simultaneously_works_once(theater: Theater, manager, customer):
    invitation = invite(theater=theater, email=customer.email, role=Role.DOOR, by=manager)
    results = race(*[lambda: accept(invitation=invitation, user=customer)] * 2)
    assert [isinstance(result, TeamError) for result in results].count(True) == 1
    assert roles_of(customer.email) == [Role.DOOR]


@pytest.mark.slow
def test_another_theaters_team_is_out_of_reach(theater: Theater, manager, other_manager, door_staff):
    invitation = invite(theater=theater, email="new@example.com", role=Role.DOOR, by=manager)
    membership = StaffMembership.objects.get(user=door_staff)
    client = Client()
    client.force_login(other_manager)
    for name, row in (
        ("invitation_change", invitation),
        ("invitation_send_again", invitation),
        ("invitation_withdraw", invitation),
        ("staffmembership_change", membership),
        ("staffmembership_delete", membership),
    ):
        for answer in (client.get, client.post):
            response = answer(address(name, row.pk), follow=True)
            assert "new@example.com" not in response.content.decode(), name
            assert door_staff.email not in response.content.decode(), name
    assert roles_of(door_staff.email) == [Role.DOOR]
    invitation.refresh_from_db()
    assert invitation.is_open(timezone.now())


@pytest.mark.parametrize("role", ["programmer", "box_office", "door_staff", "accountant"])
def test_other_staff_read_the_roles_and_cannot_invite(role: str, request: pytest.FixtureRequest, theater: Theater):
    client = Client()
    client.force_login(request.getfixturevalue(role))
    page = client.get(address("staffmembership_roles_page")).content.decode()
    assert "your role" in page
    assert all(str(words) in page for words in CAPABILITY_WORDS.values())
    for name in ("invitation_add", "invitation_changelist", "staffmembership_changelist", "staffmembership_add"):
        assert client.get(address(name)).status_code == 403, name
    sent = {"email": "x@example.com", "theater": theater.pk, "role": "manager"}
    assert client.post(address("invitation_add"), sent).status_code == 403


@pytest.mark.once
def test_every_capability_is_put_into_words():
    assert set(CAPABILITY_WORDS) == set(Capability)


@pytest.mark.slow
def test_a_theater_requires_a_second_factor_of_its_staff(theater: Theater, manager, other_manager):
    Theater.objects.filter(pk=theater.pk).update(requires_mfa=True)
    own, other = Client(), Client()
    own.force_login(manager)
    other.force_login(other_manager)
    response = own.get(reverse("admin:events_show_changelist"))
    assert (response.status_code, response["Location"]) == (302, reverse("mfa_index"))
    assert other.get(reverse("admin:index")).status_code == 200
    TOTP.activate(manager, generate_totp_secret())
    assert own.get(reverse("admin:index")).status_code == 200


def test_the_database_keeps_one_open_invitation_with_one_end(theater: Theater, manager):
    invitation = invite(theater=theater, email="new@example.com", role=Role.DOOR, by=manager)
    now = timezone.now()
    for change in ({"accepted_at": now, "withdrawn_at": now}, {"email": "New@Example.com"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invitation.objects.filter(pk=invitation.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(theater=theater, email="new@example.com", role=Role.DOOR, expires_at=now)
    assert find_account(invitation) is None
    assert link_to(invitation).startswith("http://localhost:8000/team/")
