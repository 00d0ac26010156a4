"""Forms of the account pages."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from lib.forms import Form, ModelForm


class NameForm(Form):
    """What signing up asks beside address and password; allauth adds its own fields."""

    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    field_order = ["email", "name", "password1"]

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.language = get_language() or settings.LANGUAGE_CODE
        user.save(update_fields=["name", "language"])


class ProfileForm(ModelForm):
    class Meta:
        model = User
        fields = ["name", "phone", "language", "preferred_city"]
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
        }
        labels = {
            "name": _("Name"),
            "phone": _("Phone"),
            "language": _("Language"),
            "preferred_city": _("Your city"),
        }
        help_texts = {
            "name": _("As it should stand on your bookings."),
            "phone": _("For the theater, in case a show changes at short notice."),
            "preferred_city": _("What is on there comes first."),
            "language": _("For these pages once you are signed in, and for what we send you."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cities: Any = self.fields["preferred_city"]
        cities.queryset = cities.queryset.filter(theaters__is_published=True).distinct()
        cities.empty_label = _("All cities")


class EraseForm(Form):
    is_sure = forms.BooleanField(label=_("Yes, erase my account and my personal data for good."))
