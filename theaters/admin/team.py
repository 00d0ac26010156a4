"""The console's pages for a theater's team: staff, roles and invitations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from accounts.models import User
from accounts.roles import CAPABILITIES, CAPABILITY_WORDS, Capability, Role
from console.people import may_at, person_of
from console.scoped import ScopedAdmin
from lib.forms import ModelForm
from notifications.models import Notification
from notifications.services import notify
from theaters.access import theaters_for
from theaters.invitations import INVITATION_LIFETIME, invite, link_to, renew, withdraw
from theaters.models import Invitation, StaffMembership
from theaters.team import TeamError, change_role, is_last_manager, revoke

ROLE_COLORS = {
    "manager": "danger",
    "programmer": "info",
    "box_office": "success",
    "door": "default",
    "accountant": "warning",
}


def send_invitation(invitation: Invitation) -> None:
    """Write the e-mail with the link, in the caller's transaction and the person's language, or else the inviter's."""
    known = User.objects.filter(email=invitation.email).first()
    theater = invitation.theater
    notify(
        kind=Notification.Kind.STAFF_INVITATION,
        recipient=invitation.email,
        user=known,
        unique_key=f"staff_invitation:{invitation.pk}:{invitation.version}",
        language=known.language if known else get_language() or "en",
        theater_id=theater.pk,
        context={
            "name": known.name if known else "",
            "theater": {"name": theater.name, "place": theater.place, "city": theater.city.name},
            "role": invitation.role,
            "by": str(invitation.made_by or ""),
            "url": link_to(invitation),
            "days": INVITATION_LIFETIME.days,
            "for_staff": True,
        },
    )


class RefusingForm(ModelForm):
    """Shows a service's refusal as an error of the form."""

    refusal: TeamError | None = None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.refusal is not None:
            raise forms.ValidationError(str(self.refusal))
        return cleaned

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        return email


class TeamAdmin(ScopedAdmin):
    """Shared by both lists: the services write, and the form shows their refusals."""

    theater_path = "theater"
    see = edit = Capability.EDIT_TEAM
    form = RefusingForm
    list_select_related = ["theater"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.refusal = getattr(request, "_refusal", None)
        return form

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except TeamError as refusal:
            # Nothing was written: show the same form again, with what the service said.
            request._refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, *args, **kwargs)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        return form.instance

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save nothing: the services have written the rows."""

    @display(description=_("role"), ordering="role", label=ROLE_COLORS)
    def role_label(self, row: Any) -> tuple[str, str]:
        return row.role, row.get_role_display()


@admin.register(StaffMembership)
class StaffMembershipAdmin(TeamAdmin):
    may_delete = True
    list_display = ["user", "email", "role_label", "theater", "created_at"]
    list_filter = ["role", "theater"]
    list_select_related = ["user", "theater"]
    search_fields = ["role"]
    search_people = ["user"]
    fields = ["user", "theater", "role"]
    readonly_fields = ["user", "theater"]
    actions_list = ["invite", "roles"]

    def get_urls(self) -> list[Any]:
        roles = path("roles/", self.admin_site.admin_view(self.roles_view), name="theaters_staffmembership_roles_page")
        return [roles, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: people are invited, not added."""
        return False

    def has_invite_permission(self, request: HttpRequest) -> bool:
        return may_at(request.user, Capability.EDIT_TEAM)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (
            isinstance(obj, StaffMembership) and is_last_manager(obj)
        )

    @display(description=_("e-mail"), ordering="user__email")
    def email(self, membership: StaffMembership) -> str:
        return membership.user.email

    @action(description=_("Invite someone"), permissions=["invite"], url_path="invite", icon="person_add")
    def invite(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:theaters_invitation_add"))

    @action(description=_("What each role may do"), permissions=["invite"], url_path="what-roles-may", icon="checklist")
    def roles(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:theaters_staffmembership_roles_page"))

    def roles_view(self, request: HttpRequest) -> HttpResponse:
        """List in words what each role may see and do, as `accounts/roles.py` has it. Open to all staff."""
        own = set() if request.user.is_anonymous else set(_roles_of(request.user))
        roles = [
            (role.label, [CAPABILITY_WORDS[one] for one in Capability if one in CAPABILITIES[role]], role in own)
            for role in Role
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("What each role may do"),
            "opts": self.opts,
            "roles": roles,
        }
        return TemplateResponse(request, "admin/team/roles.html", context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = StaffMembership.objects.get(pk=obj.pk)
        change_role(membership=before, role=form.cleaned_data["role"], by=person_of(request))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        try:
            return super().delete_view(request, object_id, extra_context)
        except TeamError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:theaters_staffmembership_changelist"))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        revoke(membership=obj, by=person_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for membership in self.scope(queryset, request.user, Capability.EDIT_TEAM):
            try:
                revoke(membership=membership, by=person_of(request))
            except TeamError as refusal:
                self.message_user(request, f"{membership}: {refusal}", messages.ERROR)


@admin.register(Invitation)
class InvitationAdmin(TeamAdmin):
    list_display = ["email", "role_label", "theater", "state", "created_at", "made_by"]
    list_filter = ["role", "theater"]
    list_select_related = ["theater", "made_by"]
    search_fields = ["email"]
    fields = ["email", "theater", "role", "outcome", "made_by", "created_at", "expires_at"]
    readonly_fields = fields
    actions_detail = ["send_again", "withdraw"]

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        return list(self.fields) if obj else ["email", "theater", "role"]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        return list(self.fields) if obj else []

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def has_open_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Return True if the invitation is open and this person may manage it."""
        if object_id is None:
            return may_at(request.user, Capability.EDIT_TEAM)
        found = Invitation.objects.filter(pk=object_id, accepted_at__isnull=True, withdrawn_at__isnull=True).first()
        return found is not None and may_at(request.user, Capability.EDIT_TEAM, found.theater_id)

    @display(description=_("state"), label={"open": "info", "accepted": "success", "over": "default"})
    def state(self, invitation: Invitation) -> tuple[str, Any]:
        if invitation.accepted_at:
            return "accepted", _("accepted")
        if invitation.withdrawn_at:
            return "over", _("withdrawn")
        return ("open", _("open")) if invitation.is_open(timezone.now()) else ("over", _("expired"))

    @display(description=_("state"))
    def outcome(self, invitation: Invitation) -> str:
        return str(self.state(invitation)[1])

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Preselect the role with the fewest rights, and the theater if there is only one."""
        own = list(theaters_for(person_of(request), Capability.EDIT_TEAM).values_list("pk", flat=True)[:2])
        return {"role": Role.DOOR, **({"theater": own[0]} if len(own) == 1 else {})}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        person, wish = person_of(request), form.cleaned_data
        if not may_at(person, Capability.EDIT_TEAM, wish["theater"].pk):
            raise PermissionDenied
        with transaction.atomic():
            made = invite(theater=wish["theater"], email=wish["email"], role=wish["role"], by=person)
            send_invitation(made)
        obj.__dict__.update(made.__dict__)

    @action(description=_("Send again"), permissions=["open"], url_path="send-again", icon="outgoing_mail")
    def send_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        done = _("A new link is on its way to %s.")
        return self._ask_and_do(request, object_id, _send_again, _("Send again"), done)

    @action(description=_("Withdraw"), permissions=["open"], url_path="withdraw", icon="block")
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        done = _("The invitation of %s is withdrawn.")
        return self._ask_and_do(request, object_id, withdraw, _("Withdraw"), done)

    def _ask_and_do(self, request: HttpRequest, object_id: str, service: Any, name: Any, done: Any) -> HttpResponse:
        """Ask for confirmation, because a GET must not change anything."""
        invitation: Invitation = get_object_or_404(self.get_queryset(request), pk=object_id)
        back = reverse("admin:theaters_invitation_change", args=[invitation.pk])
        if request.method == "POST":
            try:
                service(invitation=invitation, by=person_of(request))
            except TeamError as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            else:
                self.message_user(request, done % invitation.email, messages.SUCCESS)
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": name,
            "subtitle": str(invitation),
            "opts": self.opts,
            "back": back,
        }
        return TemplateResponse(request, "admin/ask.html", context)


@transaction.atomic
def _send_again(*, invitation: Invitation, by: User) -> None:
    send_invitation(renew(invitation=invitation, by=by))


def _roles_of(user: Any) -> QuerySet[Any, str]:
    return StaffMembership.objects.filter(user=user).values_list("role", flat=True)
