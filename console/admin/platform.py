"""Admins of scheduled jobs and sign-in, for platform admins only."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from allauth.account.admin import EmailAddressAdmin as AllauthEmailAddressAdmin
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django_celery_beat.admin import PeriodicTaskAdmin as BeatPeriodicTaskAdmin
from django_celery_beat.admin import PeriodicTaskForm, TaskSelectWidget
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.roles import Capability
from console.scoped import PlatformAdmin
from lib.forms import ModelForm

for _model in (
    PeriodicTask,
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    SolarSchedule,
    EmailAddress,
    Authenticator,
    UserSession,
):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


class JobSelectWidget(UnfoldAdminSelectWidget, TaskSelectWidget):
    """The names of known jobs, in the console's style."""


class JobForm(ModelForm, PeriodicTaskForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "task" in self.fields:
            self.fields["task"].widget = UnfoldAdminTextInputWidget()
            self.fields["regtask"].widget = JobSelectWidget()


@admin.register(PeriodicTask)
class JobAdmin(PlatformAdmin, BeatPeriodicTaskAdmin):
    edit = Capability.EDIT_THEATER
    may_delete = True
    form = JobForm
    date_hierarchy = None
    list_display = ["name", "task", "enabled", "scheduler", "last_run_at"]
    list_filter = ["enabled", "one_off", "task"]
    list_select_related = ["interval", "crontab", "solar", "clocked"]


class ScheduleAdmin(PlatformAdmin):
    """When jobs run. These are never deleted here: the jobs that use one would go with it."""

    edit = Capability.EDIT_THEATER


@admin.register(IntervalSchedule)
class IntervalScheduleAdmin(ScheduleAdmin):
    list_display = ["every", "period"]
    list_filter = ["period"]
    search_fields = ["every"]


@admin.register(CrontabSchedule)
class CrontabScheduleAdmin(ScheduleAdmin):
    list_display = ["__str__", "human_readable", "timezone"]
    search_fields = ["minute", "hour", "timezone"]


@admin.register(ClockedSchedule)
class ClockedScheduleAdmin(ScheduleAdmin):
    list_display = ["clocked_time"]
    list_filter = [("clocked_time", RangeDateTimeFilter)]


@admin.register(SolarSchedule)
class SolarScheduleAdmin(ScheduleAdmin):
    list_display = ["event", "latitude", "longitude"]
    list_filter = ["event"]


@admin.register(EmailAddress)
class EmailAddressAdmin(PlatformAdmin, AllauthEmailAddressAdmin):
    edit = Capability.EDIT_TEAM
    list_display = ["email", "user", "primary", "verified"]
    list_filter = ["primary", "verified"]
    list_select_related = ["user"]


class RemovableAdmin(PlatformAdmin):
    """Rows that may only be viewed and deleted."""

    edit = Capability.EDIT_TEAM
    may_delete = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._may(request.user, self.edit, obj)


@admin.register(Authenticator)
class AuthenticatorAdmin(RemovableAdmin):
    """Second factors. Deleting one lets in a person who has lost it: verify first who is asking."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    list_select_related = ["user"]
    search_fields = ["type"]
    search_people = ["user"]
    fields = ["user", "type", "created_at", "last_used_at"]
    readonly_fields = fields


@admin.register(UserSession)
class UserSessionAdmin(RemovableAdmin):
    """Where people are signed in. Deleting one signs them out there."""

    list_display = ["user", "created_at", "last_seen_at", "ip", "user_agent"]
    list_select_related = ["user"]
    search_fields = ["ip"]
    search_people = ["user"]
    fields = ["user", "created_at", "last_seen_at", "ip", "user_agent"]
    readonly_fields = fields

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        key = obj.session_key
        super().delete_model(request, obj)
        import_module(settings.SESSION_ENGINE).SessionStore().delete(key)
