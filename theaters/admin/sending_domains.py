"""The console's page for the domain that a brand's mails come from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.utils import parseaddr
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from console.people import person_of
from lib.forms import ModelForm
from theaters.models import Brand, SendingDomain
from theaters.sending_domains.check import GRACE, Change, keep_findings, look_up_records, set_sender
from theaters.sending_domains.records import Finding, Record, State, dkim_records, needed_records

# Nothing changes faster than this; a button pressed again shows what was found.
LOOK_AGAIN_AFTER = timedelta(seconds=10)


class SendingDomainForm(ModelForm):
    class Meta:
        model = SendingDomain
        fields = ("address",)
        widgets: ClassVar = {"address": UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "inputmode": "email"})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Without one, mails come from the site's address.
        self.fields["address"].required = False

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"]).lower()
        if address and address.partition("@")[2] == site_sender().partition("@")[2]:
            raise ValidationError(gettext("This is the domain of the whole site."), code="site")
        return address


class SendingDomainMixin(ModelAdmin):
    def has_sender_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        if object_id is None:
            return bool(self.has_change_permission(request))
        brand = self.get_queryset(request).filter(pk=object_id if str(object_id).isdecimal() else 0).first()
        return brand is not None and self.has_change_permission(request, brand)

    @action(description=_("Sending domain"), permissions=["sender"], url_path="sending-domain", icon="outgoing_mail")
    def sending_domain(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the records that the brand's own sender needs, set the sender, and look the records up."""
        brand: Brand = get_object_or_404(self.get_queryset(request), pk=object_id)
        if not self.has_change_permission(request, brand):
            raise PermissionDenied
        sending = SendingDomain.objects.filter(brand=brand).first()
        if "look-up" in request.POST and sending:
            self._look_up(request, sending)
            return HttpResponseRedirect(request.path)
        form = SendingDomainForm(request.POST or None, instance=sending or SendingDomain(brand=brand))
        if request.method == "POST" and form.is_valid():
            set_sender(brand=brand, address=form.cleaned_data["address"], by=person_of(request))
            self.message_user(request, _("The sender is saved."), messages.SUCCESS)
            return HttpResponseRedirect(request.path)
        # The form has written on its own copy.
        saved = SendingDomain.objects.filter(brand=brand).first() if form.errors else sending
        theater = brand.theaters.select_related("city").order_by("pk").first()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Sending domain"),
            "subtitle": str(brand),
            "opts": self.model._meta,
            "form": form,
            "sending": saved,
            "records": _describe(saved) if saved else [],
            "can_sign": saved is not None and bool(dkim_records(saved.domain)),
            "ends_at": saved.failing_since + GRACE if saved and saved.failing_since else None,
            "site_sender": site_sender(),
            "tz": theater.city.time_zone if theater else "UTC",
            "back": reverse("admin:theaters_brand_change", args=[brand.pk]),
        }
        return TemplateResponse(request, "admin/theaters/sending_domain.html", context)

    def _look_up(self, request: HttpRequest, sending: SendingDomain) -> None:
        if sending.checked_at and sending.checked_at + LOOK_AGAIN_AFTER > timezone.now():
            return
        findings = look_up_records(sending)
        change = keep_findings(sending, findings, by=person_of(request))
        sending.refresh_from_db()
        if change is Change.VERIFIED:
            text, level = _("All is right: mails come from %(address)s from now on."), messages.SUCCESS
        elif all(finding.state == State.RIGHT for finding in findings) and sending.is_verified:
            text, level = _("All is right, as before."), messages.SUCCESS
        elif any(finding.state == State.UNKNOWN for finding in findings):
            text, level = _("Some records could not be looked up. Try again in a few minutes."), messages.WARNING
        else:
            text, level = _("Some records are not right yet. They are listed below."), messages.WARNING
        self.message_user(request, text % {"address": sending.address}, level)


def site_sender() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()


def _describe(sending: SendingDomain) -> list[tuple[Record, Finding | None]]:
    """Return each record with what was found when it was last looked up, as long as it is still asked for."""
    found = {(row["purpose"], row["name"]): Finding(**row) for row in sending.findings}
    described = []
    for record in needed_records(sending.domain, sending.token):
        finding = found.get((record.purpose, record.name))
        described.append((replace(record, value=finding.value) if finding and finding.value else record, finding))
    return described
