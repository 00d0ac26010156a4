"""Signing devices of tills, and the file of what they signed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.roles import Capability
from console.scoped import ScopedAdmin
from fiscal.models import Signature, SigningDevice
from fiscal.services.export_signatures import export_signatures


@admin.register(SigningDevice)
class SigningDeviceAdmin(ScopedAdmin):
    """Devices are chosen by those who may edit the theater; what one has signed stays with it."""

    theater_path = "theater"
    see = Capability.SEE_MONEY
    edit = Capability.EDIT_THEATER
    list_display = ["register", "kind", "theater", "till", "is_in_use", "signed", "failed"]
    list_filter = ["theater", "kind", "is_in_use"]
    list_select_related = ["theater", "till"]
    search_fields = ["register"]
    fields = ["theater", "till", "kind", "register", "is_in_use", "is_out_of_order", "file"]
    readonly_fields = ["file"]
    empty_help = _("Without a device, receipts are not signed. The devices to choose from are tests, not certified.")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep what its receipts name."""
        fixed = ["theater", "till", "kind", "register"] if obj is not None and obj.signatures.exists() else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        page = path("<int:object_id>/export/", wrap(self.export), name="fiscal_signingdevice_export")
        return [page, *super().get_urls()]

    def export(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Answer with everything that the device signed, as its country wants it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        device = self.get_queryset(request).filter(pk=object_id).first()
        if device is None:
            raise Http404
        name, content = export_signatures(device)
        kind = "application/json" if name.endswith("json") else "text/csv; charset=utf-8"
        answer = HttpResponse(content, content_type=kind)
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    def get_queryset(self, request: HttpRequest) -> QuerySet[SigningDevice]:
        rows: QuerySet[SigningDevice] = super().get_queryset(request)
        states = Signature.State
        return rows.annotate(
            signed_count=Count("signatures", filter=Q(signatures__state=states.SIGNED)),
            failed_count=Count("signatures", filter=Q(signatures__state=states.FAILED)),
        )

    @display(description=_("signed"))
    def signed(self, device: Any) -> int:
        return int(device.signed_count)

    @display(description=_("failed"))
    def failed(self, device: Any) -> int:
        return int(device.failed_count)

    @display(description=_("what it signed"))
    def file(self, device: SigningDevice) -> SafeString | str:
        if device.pk is None or device.kind == SigningDevice.Kind.NONE:
            return "–"
        address = reverse("admin:fiscal_signingdevice_export", args=[device.pk])
        return format_html('<a href="{}" class="underline">{}</a>', address, gettext("Download"))
