"""The console's forms for events and shows."""

from __future__ import annotations

from copy import copy
from datetime import timedelta
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.fields import CodesField, PeopleField
from events.levels.form import FindPage, clean_refunds, say_inherited
from events.models import Event, Show
from events.models.settings import SETTINGS
from events.timetable.scheduling import SHOW_DETAILS, follow_start
from lib.forms import ModelForm

SHOW_TIMES = ("starts_at", "ends_at", "doors_at", "sales_open_at", "sales_close_at")


class EventForm(ModelForm):
    _codes: ClassVar[Any] = _("Codes such as “de, en”, separated by commas.")
    _people: ClassVar[Any] = _("One person per line: name, role.")
    languages = CodesField(label=_("languages"), required=False, help_text=_codes)
    subtitles = CodesField(label=_("subtitles"), required=False, help_text=_codes)
    cast = PeopleField(label=_("cast"), required=False, help_text=_people)
    credits = PeopleField(label=_("credits"), required=False, help_text=_people)

    class Meta:
        model = Event
        fields = [
            "title",
            "slug",
            "kind",
            "theater",
            "is_published",
            "tagline",
            "synopsis",
            "poster",
            "trailer_url",
            "running_minutes",
            "interval_minutes",
            "age_rating",
            "languages",
            "subtitles",
            "cast",
            "credits",
            "labels",
            "asks_attendee_names",
        ]


class ShowForm(ModelForm):
    """A show; its times are by the clock of the page, which is its theater's.

    `refusal` is the error of a service that refused the previous submission; the form shows it.
    """

    refusal: ClassVar[Exception | None] = None
    # Finds the page of a level's settings, for people who may open it.
    find_page: FindPage = staticmethod(lambda _level: "")

    class Meta:
        model = Show
        fields = ["event", "hall", "starts_at", *SHOW_DETAILS]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            say_inherited(self.fields, self.instance.scope, self.find_page)
            return
        for name in ("doors_at", *(name for setting in SETTINGS for name in setting.fields)):
            if name in self.fields:
                self.fields[name].help_text = _("Empty: as in the settings of the event, the theater or the site.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self._check_values(cleaned)
        self._check_order(cleaned)
        clean_refunds(self, cleaned)
        if self.refusal is not None:
            self.add_error(None, str(self.refusal))
        return cleaned

    def _post_clean(self) -> None:
        """Leave the instance alone: the service decides on hall and times."""

    def _check_values(self, cleaned: dict[str, Any]) -> None:
        for name in set(cleaned) & set(SHOW_DETAILS):
            try:
                Show._meta.get_field(name).run_validators(cleaned[name])  # type: ignore[union-attr]
            except ValidationError as error:
                self.add_error(name, error)

    def _check_order(self, cleaned: dict[str, Any]) -> None:
        """Check the order of times, of those in the form together with those that it may not change."""
        typed = {name: cleaned[name] for name in SHOW_TIMES if name in cleaned}
        wrong = [name for name in SHOW_TIMES if name in self.fields and name not in cleaned]
        starts_at = typed.get("starts_at", self.instance.starts_at)
        if wrong or starts_at is None:
            return
        if not self.instance.pk and starts_at <= timezone.now():
            self.add_error("starts_at", _("This is in the past."))
        show = copy(self.instance)
        if show.pk:
            changed = {name: value for name, value in typed.items() if name in self.changed_data}
            typed = follow_start(show, changed)
        for name, value in typed.items():
            setattr(show, name, value)
        # A new show without an end gets the running time, which is never zero.
        show.ends_at = show.ends_at or starts_at + timedelta(minutes=1)
        for name, sentence in show.find_misordered_times().items():
            self.add_error(name, sentence)
