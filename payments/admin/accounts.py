"""The console's pages of theaters' own accounts at gateways. A key that was typed is never shown again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget

from accounts.models import User
from accounts.roles import Capability
from console.people import person_of
from console.scoped import ScopedAdmin
from lib.forms import Form, ModelForm
from lib.refusals import Refusal
from payments.accounts import AccountRefused, Keys, add_account, check_account, replace_keys, stop_using, use_account
from payments.gateways import gateway_of
from payments.gateways.stripe import WEBHOOK_EVENTS
from payments.models import GatewayAccount

KEY_LENGTH = 255


def _secret_field(label: Any, *, required: bool) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=KEY_LENGTH,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class _KeysMixin:
    """Two fields for secrets, which must look like those of the account's gateway."""

    def check_keys(self, account: GatewayAccount) -> Keys:
        form: Any = self
        gateway = gateway_of(account)
        shapes = {"key": gateway.key_shape, "webhook_secret": gateway.webhook_secret_shape}
        for name, shape in shapes.items():
            typed = form.cleaned_data.get(name, "")
            if not typed:
                continue
            if shape is None:
                form.add_error(name, _("This gateway has none."))
                continue
            try:
                shape(typed)
            except forms.ValidationError as error:
                form.add_error(name, error)
        return Keys(form.cleaned_data.get("key", ""), form.cleaned_data.get("webhook_secret", ""))


class AddAccountForm(_KeysMixin, ModelForm):
    key = _secret_field(_("Secret key"), required=True)
    webhook_secret = _secret_field(_("Signing secret of webhooks"), required=False)

    class Meta:
        model = GatewayAccount
        fields = ("theater", "gateway")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["webhook_secret"].help_text = _(
            "You get it at the gateway for the address that the next page names, and enter it there."
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "gateway" in cleaned:
            self.check_keys(GatewayAccount(gateway=cleaned["gateway"]))
        return cleaned


class ReplaceKeysForm(_KeysMixin, Form):
    key = _secret_field(_("Secret key"), required=False)
    webhook_secret = _secret_field(_("Signing secret of webhooks"), required=False)

    def __init__(self, account: GatewayAccount, data: Any = None) -> None:
        super().__init__(data)
        self.account = account
        self.keys = Keys()
        self.fields["key"].help_text = gettext("Empty: as before. It is tested before it takes the old one’s place.")
        self.fields["webhook_secret"].help_text = gettext(
            "Empty: as before. What the old one signed is accepted for another day."
        )
        if gateway_of(account).webhook_secret_shape is None:
            del self.fields["webhook_secret"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self.keys = self.check_keys(self.account)
        if not self.errors and self.keys == Keys():
            self.add_error("key", _("Enter what is to be replaced."))
        return cleaned


@admin.register(GatewayAccount)
class GatewayAccountAdmin(ScopedAdmin):
    """Managers add accounts; a row's page says what it can do and what is missing."""

    theater_path = "theater"
    see = Capability.SEE_MONEY
    edit = Capability.EDIT_THEATER
    form = AddAccountForm
    list_display = ["__str__", "theater", "ending", "is_live", "result", "tested_at", "is_in_use"]
    list_filter = ["theater", "gateway", "is_in_use"]
    list_select_related = ["theater"]
    search_fields = ["remote_name", "remote_id"]
    empty_help = _("With an account of its own at a gateway, a theater is paid directly. Without one, by the site.")

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Name the secrets for a new account alone: what is read-only would be shown."""
        return ["theater", "gateway", *([] if obj else ["key", "webhook_secret"])]

    @display(description=_("key"))
    def ending(self, account: GatewayAccount) -> str:
        return f"…{account.key_ending}"

    @display(description=_("test"), label={"works": "success", "none": "info"})
    def result(self, account: GatewayAccount) -> tuple[str, str]:
        return account.test_result, account.get_test_result_display()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let an account go that no payment refers to, such as one with a mistyped key."""
        if not isinstance(obj, GatewayAccount) or not self.has_change_permission(request, obj):
            return False
        return not obj.is_in_use and not obj.payments.exists()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            raise PermissionDenied
        made = add_account(
            theater=obj.theater,
            gateway=obj.gateway,
            keys=Keys(form.cleaned_data["key"], form.cleaned_data["webhook_secret"]),
            by=person_of(request),
        )
        obj.__dict__.update(made.__dict__)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Offer one button: the account's page comes next."""
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return HttpResponseRedirect(_page_of(obj))

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [
            path(f"<int:object_id>/{name}/", wrap(view), name=f"payments_gatewayaccount_{name}")
            for name, view in (("keys", self.keys), ("test", self.test), ("use", self.use), ("stop", self.stop))
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        account: GatewayAccount | None = self.get_object(request, object_id)
        if account is None or request.method == "POST":
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": str(account),
            "opts": self.opts,
            "account": account,
            "signs": gateway_of(account).webhook_secret_shape is not None,
            "events": WEBHOOK_EVENTS if account.gateway == GatewayAccount.Gateway.STRIPE else (),
            "may_edit": self.has_change_permission(request, account),
            "may_delete": self.has_delete_permission(request, account),
        }
        return TemplateResponse(request, "admin/payments/account.html", context)

    def keys(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Replace the keys by others of the same account."""
        account = self._find(request, object_id)
        form = ReplaceKeysForm(account, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                replace_keys(account=account, keys=form.keys, by=person_of(request))
            except Refusal as refusal:
                form.add_error("key", str(refusal))
            else:
                self.message_user(request, gettext("The keys are replaced."), messages.SUCCESS)
                return HttpResponseRedirect(_page_of(account))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Replace keys"),
            "subtitle": str(account),
            "opts": self.opts,
            "form": form,
            "back": _page_of(account),
        }
        return TemplateResponse(request, "admin/payments/keys.html", context)

    def test(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self._do(request, object_id, check_account, gettext_lazy("The account was tested."))

    def use(self, request: HttpRequest, object_id: int) -> HttpResponse:
        answer = self._do(request, object_id, use_account, gettext_lazy("Customers pay to this account from now on."))
        if GatewayAccount.objects.filter(pk=object_id, is_in_use=True, is_live=False).exists():
            warning = gettext("Its key is for tests: customers get their tickets, and no money moves.")
            self.message_user(request, warning, messages.WARNING)
        return answer

    def stop(self, request: HttpRequest, object_id: int) -> HttpResponse:
        done = gettext_lazy("No more payments begin with this account. Those that were made stay with it.")
        return self._do(request, object_id, stop_using, done)

    def _do(
        self, request: HttpRequest, object_id: int, service: Callable[..., GatewayAccount], done: Any
    ) -> HttpResponse:
        """Call a service for the button that was pressed."""
        account = self._find(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        by: User = person_of(request)
        try:
            service(account=account, by=by)
        except AccountRefused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.message_user(request, str(done), messages.SUCCESS)
        return HttpResponseRedirect(_page_of(account))

    def _find(self, request: HttpRequest, object_id: int) -> GatewayAccount:
        """Return an account that this person may change, and nobody else's."""
        account: GatewayAccount = get_object_or_404(self.get_queryset(request).select_related("theater"), pk=object_id)
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        return account


def _page_of(account: GatewayAccount) -> str:
    return reverse("admin:payments_gatewayaccount_change", args=[account.pk])
