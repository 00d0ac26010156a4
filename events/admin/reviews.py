"""Moderation of reviews."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import RangeDateTimeFilter

from accounts.roles import Capability
from console.people import may_at, person_of
from console.scoped import ScopedAdmin
from events.models import BaseReview, Review, TheaterReview
from events.reviews import set_review_state


class ModerationAdmin(ScopedAdmin):
    """Customers' reviews. Staff may hide them, but not write or edit them."""

    actions = ["hide", "publish"]

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return may_at(request.user, Capability.EDIT_PROGRAMME)

    @admin.action(description=_("Hide"), permissions=["moderate"])
    def hide(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self._set(request, rows, BaseReview.State.HIDDEN)

    @admin.action(description=_("Show again"), permissions=["moderate"])
    def publish(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self._set(request, rows, BaseReview.State.PUBLISHED)

    def _set(self, request: HttpRequest, rows: QuerySet[Any], state: BaseReview.State) -> None:
        person = person_of(request)
        changed = 0
        for review in rows.select_related(*self.list_select_related):
            theater_id = self.theater_id(review)
            if person.is_superuser or (theater_id and may_at(person, Capability.EDIT_PROGRAMME, theater_id)):
                changed += set_review_state(review=review, state=state, by=person)
            else:
                text = _("“%s” is shared by several theaters: only platform admins moderate it.") % review.event
                self.message_user(request, text, messages.WARNING)
        text = ngettext("%d review was changed.", "%d reviews were changed.", changed) % changed
        self.message_user(request, text, messages.SUCCESS)


@admin.register(Review)
class ReviewAdmin(ModerationAdmin):
    theater_path = "event__theater"
    has_shared_rows = True
    list_display = ["event", "stars", "text", "state", "created_at"]
    list_filter = ["state", "stars", "event__theater", ("created_at", RangeDateTimeFilter)]
    list_select_related = ["event"]
    search_fields = ["event__sort_title", "text"]
    fields = ["event", "stars", "text", "state", "created_at"]
    readonly_fields = fields


@admin.register(TheaterReview)
class TheaterReviewAdmin(ModerationAdmin):
    theater_path = "theater"
    list_display = ["theater", "stars", "text", "state", "created_at"]
    list_filter = ["state", "stars", "theater", ("created_at", RangeDateTimeFilter)]
    list_select_related = ["theater"]
    search_fields = ["theater__name", "text"]
    fields = ["theater", "stars", "text", "state", "created_at"]
    readonly_fields = fields
