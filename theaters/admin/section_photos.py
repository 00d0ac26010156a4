"""The console's page for photos of the view from the sections of a seat map."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from console.people import person_of
from console.scoped import MAX_KEY_DIGITS
from lib.forms import ModelForm
from theaters.models import SeatMap, SectionPhoto
from theaters.seat_maps import read_layout
from theaters.section_photos import remove_section_photo, save_section_photo


class SectionPhotoForm(ModelForm):
    """The photo of one of a seat map's sections; one that has a photo may keep it and change its words."""

    class Meta:
        model = SectionPhoto
        fields = ("section", "photo", "alt")
        widgets: ClassVar = {"photo": UnfoldAdminFileFieldWidget, "alt": UnfoldAdminTextInputWidget}

    def __init__(self, sections: list[str], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["section"] = forms.ChoiceField(
            label=_("Section"),
            choices=[(name, name or _("All seats")) for name in sections],
            required="" not in sections,
            widget=UnfoldAdminSelectWidget,
        )


class SectionPhotosMixin(ModelAdmin):
    @action(description=_("Photos of the view"), permissions=["edit"], url_path="photos", icon="photo_camera")
    def photos(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """List the photos of the hall's sections, save one, or take one away."""
        seat_map: SeatMap = get_object_or_404(self.get_queryset(request), pk=object_id)
        if not self.has_edit_permission(request, object_id):
            raise PermissionDenied
        sections = list(dict.fromkeys(seat.section for seat in read_layout(seat_map.layout).seats))
        removed = request.POST.get("remove", "")
        if removed.isdecimal() and len(removed) <= MAX_KEY_DIGITS:
            remove_section_photo(hall=seat_map.hall, photo_id=int(removed), by=person_of(request))
            self.message_user(request, _("The photo is taken away."), messages.SUCCESS)
            return HttpResponseRedirect(request.path)
        chosen = seat_map.hall.section_photos.filter(section=request.POST.get("section", "")[:80]).first()
        photo = chosen or SectionPhoto(hall=seat_map.hall)
        form = SectionPhotoForm(sections, request.POST or None, request.FILES or None, instance=photo)
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            save_section_photo(
                hall=seat_map.hall,
                section=values["section"],
                photo=values["photo"],
                alt=values["alt"],
                by=person_of(request),
            )
            self.message_user(request, _("The photo is saved. Customers see it with the view."), messages.SUCCESS)
            return HttpResponseRedirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Photos of the view"),
            "subtitle": str(seat_map.hall),
            "opts": self.model._meta,
            "form": form,
            "photos": seat_map.hall.section_photos.all(),
            "sections": sections,
            "back": reverse("admin:theaters_seatmap_change", args=[seat_map.pk]),
        }
        return TemplateResponse(request, "admin/theaters/section_photos.html", context)
