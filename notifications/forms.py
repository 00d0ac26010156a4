"""The form of a person's message preferences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from accounts.models import User
from lib.forms import Form
from notifications.chat import check_webhook
from notifications.kinds import KINDS
from notifications.models import Channel, MailSettings
from notifications.preferences import choose, read_preferences


class PreferencesForm(Form):
    """Every kind that can be chosen, on each of its channels, and how messages come."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    report_format = forms.ChoiceField(
        label=gettext_lazy("The monthly report comes"),
        choices=MailSettings.ReportFormat.choices,
        widget=forms.RadioSelect,
    )
    chat_webhook = forms.URLField(
        label=gettext_lazy("Your chat"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy("The address of an incoming webhook of Google Chat or Slack. Keep it to yourself."),
        validators=[check_webhook],
        widget=forms.URLInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        self.mail_settings = MailSettings.objects.filter(user=user).first() or MailSettings(user=user)
        kwargs["initial"] = {
            "language": user.language,
            "report_format": self.mail_settings.report_format,
            "chat_webhook": self.mail_settings.chat_webhook,
        }
        super().__init__(*args, **kwargs)
        # A webhook is for those who work here.
        self.channels = [channel for channel in Channel if user.is_staff or channel != Channel.CHAT]
        if not user.is_staff:
            del self.fields["chat_webhook"]
        self.kinds = [
            kind for kind, facts in KINDS.items() if facts.choice and (user.is_staff or not facts.choice.is_for_staff)
        ]
        wanted = read_preferences(user)
        for kind in self.kinds:
            choice = KINDS[kind].choice
            for channel in choice.channels if choice else ():
                if channel not in self.channels:
                    continue
                self.fields[f"{kind}:{channel}"] = forms.BooleanField(
                    # For screen readers: the box stands in a table.
                    label=f"{choice.what if choice else ''}: {Channel(channel).label}",
                    required=False,
                    initial=wanted[kind, channel],
                )

    @property
    def channel_names(self) -> list[str]:
        return [str(channel.label) for channel in self.channels]

    def rows(self) -> Iterator[tuple[object, list[Any]]]:
        """Yield each kind in words, with a checkbox or None for each channel."""
        for kind in self.kinds:
            names = [f"{kind}:{channel}" for channel in self.channels]
            choice = KINDS[kind].choice
            yield choice.what if choice else "", [self[name] if name in self.fields else None for name in names]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        asks = any(cleaned.get(f"{kind}:{Channel.CHAT}") for kind in self.kinds)
        if asks and not cleaned.get("chat_webhook") and "chat_webhook" not in self.errors:
            self.add_error("chat_webhook", gettext("Enter the address of your chat, or choose no messages for it."))
        return cleaned

    @transaction.atomic
    def save(self) -> None:
        cleaned = self.cleaned_data
        User.objects.filter(pk=self.user.pk).update(language=cleaned["language"])
        MailSettings.objects.update_or_create(
            user=self.user,
            defaults={key: cleaned[key] for key in ("report_format", "chat_webhook") if key in self.fields},
        )
        for name in self.changed_data:
            kind, _colon, channel = name.partition(":")
            if channel:
                choose(user=self.user, kind=kind, channel=channel, is_wanted=cleaned[name])
