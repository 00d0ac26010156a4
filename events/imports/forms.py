"""The upload form of an import."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from events.imports.columns import FILE_LIMITS
from events.models import ImportRun
from lib.forms import Form
from theaters.models import Theater


class ImportForm(Form):
    """A file, what it contains, and its theater."""

    kind = forms.ChoiceField(label=_("What it holds"), choices=ImportRun.Kind.choices, widget=UnfoldAdminSelectWidget)
    theater = forms.ModelChoiceField(
        Theater.objects.none(), label=_("Theater"), widget=UnfoldAdminSelectWidget, empty_label=None
    )
    file = forms.FileField(
        label=_("File"),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        help_text=_("CSV or XLSX, at most %(rows)d rows and %(size)d MB.")
        % {"rows": FILE_LIMITS.rows, "size": FILE_LIMITS.size // 1024**2},
    )

    def __init__(self, theaters: QuerySet[Theater], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["theater"].queryset = theaters  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > FILE_LIMITS.size:
            limit = FILE_LIMITS.size // 1024**2
            raise forms.ValidationError(_("The file is larger than %(limit)d MB."), params={"limit": limit})
        return upload
