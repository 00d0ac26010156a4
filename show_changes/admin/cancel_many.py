"""Cancel several shows together: one preview, one reason, and one page to follow them all."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import View
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.roles import Capability
from console.people import may_at, person_of
from console.site import add_page
from events.errors import SchedulingError
from events.models import Show
from lib.refusals import Refusal
from show_changes.admin.cancel import POLL_SECONDS_AWAITING, POLL_SECONDS_WORKING, CancellationForm
from show_changes.cancel import cancel_shows, try_again
from show_changes.models import ShowCancellation
from show_changes.progress import Preview, Progress, Share, preview_cancellations, read_failed, read_progresses
from theaters.access import theaters_for

# All their sales stop in one transaction, which must be short; longer lists are canceled in parts.
MAX_SHOWS = 100


class CancelShowsForm(CancellationForm):
    """The number of shows must be typed in, so that a click alone is not enough."""

    batch = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    count = forms.CharField(label=_("Confirm"), max_length=4, widget=UnfoldAdminTextInputWidget)

    field_order = ["reason", "message", "count", "batch"]

    def __init__(self, count: int, data: Any = None) -> None:
        super().__init__(data)
        self.shows = count
        field = self.fields["count"]
        words = ngettext(
            "Type %(count)d, the number of these shows, to cancel it for good.",
            "Type %(count)d, the number of these shows, to cancel them for good.",
            count,
        )
        field.help_text = words % {"count": count}
        field.widget.attrs |= {"autocomplete": "off", "inputmode": "numeric"}

    def clean_count(self) -> str:
        count: str = self.cleaned_data["count"].strip()
        if count != str(self.shows):
            raise forms.ValidationError(_("This is not the number of these shows."))
        return count


@dataclass(frozen=True)
class CancellationLine:
    """A chosen show, with what canceling would do to it or why it is left out."""

    show: Show
    preview: Preview | None = None
    refusal: Any = ""


def _mine(request: HttpRequest) -> QuerySet[Show]:
    theaters = theaters_for(person_of(request), Capability.CANCEL_SHOW)
    return Show.objects.filter(hall__theater__in=theaters.values("pk")).select_related(
        "event", "hall__theater__city", "cancellation"
    )


class CancelShowsView(View):
    """Preview and cancel `shows`, pks with commas, or the coming shows of `event`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request, None)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request, request.POST)

    def _answer(self, request: HttpRequest, sent: Any) -> HttpResponse:
        person = person_of(request)
        if not may_at(person, Capability.CANCEL_SHOW):
            raise PermissionDenied
        rows, back = self._choose(request)
        shows = list(rows.order_by("starts_at", "pk")[: MAX_SHOWS + 1])
        if not shows or len(shows) > MAX_SHOWS:
            text = (
                _("None of these shows can be canceled by you.")
                if not shows
                else _("Cancel at most %d shows at once.") % MAX_SHOWS
            )
            messages.warning(request, text)
            return HttpResponseRedirect(back)
        good = [show for show in shows if show.state in (Show.State.ON_SALE, Show.State.ENDED)]
        form = CancelShowsForm(len(good), sent)
        if sent is not None and good and form.is_valid():
            batch = form.cleaned_data["batch"]
            words = {name: form.cleaned_data[name] for name in ("reason", "message")}
            try:
                cancel_shows(shows=good, by=person, batch=batch, **words)
            except SchedulingError as refusal:
                form.add_error(None, str(refusal))
            else:
                text = ngettext(
                    "%d show is canceled, and its sale is stopped.",
                    "%d shows are canceled, and their sale is stopped.",
                    len(good),
                )
                messages.success(request, text % len(good))
                return HttpResponseRedirect(_page_of(batch))
        elif sent is not None and not good and (done := _find_batch(sent.get("batch"))):
            # Sent a second time.
            return HttpResponseRedirect(_page_of(done))
        previews, together = preview_cancellations(good)
        context = {
            **admin.site.each_context(request),
            "title": _("Cancel shows"),
            "lines": [
                CancellationLine(show, previews.get(show.pk), "" if show.pk in previews else _refuse(show))
                for show in shows
            ],
            "count": len(good),
            "left_out": len(shows) - len(good),
            "preview": together,
            "form": form,
            "show_pks": ",".join(str(show.pk) for show in shows),
            "back": back,
        }
        return TemplateResponse(request, "admin/cancel_shows/preview.html", context)

    def _choose(self, request: HttpRequest) -> tuple[QuerySet[Show], str]:
        if "event" in request.GET and request.method == "GET":
            event = _read_pk(request.GET["event"])
            coming = _mine(request).filter(event=event, starts_at__gt=timezone.now(), state=Show.State.ON_SALE)
            return coming, reverse("admin:events_event_change", args=[event])
        asked = request.POST.get("shows") or request.GET.get("shows", "")
        pks = [_read_pk(text) for text in asked.split(",")]
        return _mine(request).filter(pk__in=pks), reverse("admin:events_show_changelist")


class CanceledTogetherView(View):
    """Show how far the shows of a batch are, with links to what is left to do for each."""

    def get(self, request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
        rows = self._find(request, batch)
        progresses = read_progresses(rows)
        all_of_them = list(progresses.values())
        is_moving = any(one.is_moving for one in all_of_them)
        seconds = POLL_SECONDS_WORKING if any(one.waiting.bookings for one in all_of_them) else POLL_SECONDS_AWAITING
        context: dict[str, Any] = {
            "rows": [(row, progresses[row.pk]) for row in rows],
            "totals": _add_up(all_of_them),
            "total": sum(one.total for one in all_of_them),
            "done": sum(one.done for one in all_of_them),
            "waiting": sum(one.waiting.bookings for one in all_of_them),
            "pending": sum(one.pending.bookings for one in all_of_them),
            "failed": sum(one.failed.bookings for one in all_of_them),
            "batch": batch,
            "first": rows[0],
            "seconds": seconds if is_moving else 0,
        }
        if "part" in request.GET:
            return TemplateResponse(request, "admin/cancel_shows/_progress.html", context)
        context |= {**admin.site.each_context(request), "title": _("Canceled shows")}
        return TemplateResponse(request, "admin/cancel_shows/progress.html", context)

    def post(self, request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
        """Try everything that failed again."""
        tried = 0
        for cancellation in self._find(request, batch):
            for row in read_failed(cancellation):
                try:
                    tried += try_again(row=row, by=person_of(request))
                except Refusal as error:
                    messages.error(request, f"{row.booking}: {error}")
        if tried:
            text = ngettext("%d booking is tried again.", "%d bookings are tried again.", tried) % tried
            messages.success(request, text)
        return HttpResponseRedirect(_page_of(batch))

    def _find(self, request: HttpRequest, batch: uuid.UUID) -> list[ShowCancellation]:
        theaters = theaters_for(person_of(request), Capability.REFUND)
        rows = ShowCancellation.objects.filter(batch=batch, show__hall__theater__in=theaters.values("pk"))
        related = rows.select_related("show__event", "show__hall__theater__city", "made_by")
        found = list(related.order_by("show__starts_at", "pk"))
        if not found:
            raise Http404
        return found


def _add_up(progresses: list[Progress]) -> list[Progress]:
    """Return the sums by currency; shows without bookings count in none."""
    sums: dict[str, Progress] = {}
    for one in progresses:
        if not one.currency:
            continue
        total = sums.setdefault(one.currency, Progress(total=0, currency=one.currency))
        total.total += one.total
        for field in fields(Progress):
            share, part = getattr(total, field.name), getattr(one, field.name)
            if isinstance(share, Share):
                share.bookings += part.bookings
                share.amount += part.amount
    return list(sums.values())


def _refuse(show: Show) -> Any:
    if show.state == Show.State.DRAFT:
        return _("This draft has not been published yet: delete it instead.")
    return _("It is already canceled.")


def _find_batch(text: Any) -> uuid.UUID | None:
    try:
        batch = uuid.UUID(str(text))
    except ValueError:
        return None
    return batch if ShowCancellation.objects.filter(batch=batch).exists() else None


def _read_pk(text: str) -> int:
    """Return the pk in a text, or 0, which no row has."""
    fits = text.isascii() and text.isdigit() and len(text) < 19  # noqa: PLR2004 (fits 64 bits)
    return int(text) if fits else 0


def _page_of(batch: uuid.UUID) -> str:
    return reverse("admin:canceled_together", args=[batch])


add_page("cancel-shows/", CancelShowsView.as_view(), name="cancel_shows")
add_page("canceled-shows/<uuid:batch>/", CanceledTogetherView.as_view(), name="canceled_together")
