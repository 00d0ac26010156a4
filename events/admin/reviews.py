"""Moderation of reviews."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import RangeDateTimeFilter

from accounts.roles import Capability
from console.people import may_at, person_of
from console.scoped import ScopedAdmin
from events.models import Review
from events.reviews import set_review_state


@admin.register(Review)
class ReviewAdmin(ScopedAdmin):
    """Customers' reviews. Staff may hide them, but not write or edit them."""

    theater_path = "event__theater"
    has_shared_rows = True
    list_display = ["event", "stars", "text", "state", "created_at"]
    list_filter = ["state", "stars", "event__theater", ("created_at", RangeDateTimeFilter)]
    list_select_related = ["event"]
    search_fields = ["event__sort_title", "text"]
    fields = ["event", "stars", "text", "state", "created_at"]
    readonly_fields = fields
    actions = ["hide", "publish"]

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return may_at(request.user, Capability.EDIT_PROGRAMME)

    @admin.action(description=_("Hide"), permissions=["moderate"])
    def hide(self, request: HttpRequest, rows: QuerySet[Review]) -> None:
        self._set(request, rows, Review.State.HIDDEN)

    @admin.action(description=_("Show again"), permissions=["moderate"])
    def publish(self, request: HttpRequest, rows: QuerySet[Review]) -> None:
        self._set(request, rows, Review.State.PUBLISHED)

    def _set(self, request: HttpRequest, rows: QuerySet[Review], state: Review.State) -> None:
        person = person_of(request)
        changed = 0
        for review in rows.select_related("event"):
            theater_id = review.event.theater_id
            if person.is_superuser or (theater_id and may_at(person, Capability.EDIT_PROGRAMME, theater_id)):
                changed += set_review_state(review=review, state=state, by=person)
            else:
                text = _("“%s” is shared by several theaters: only platform admins moderate it.") % review.event
                self.message_user(request, text, messages.WARNING)
        text = ngettext("%d review was changed.", "%d reviews were changed.", changed) % changed
        self.message_user(request, text, messages.SUCCESS)
