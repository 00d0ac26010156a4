"""Changes to many shows at once; each has a page that previews it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Capability
from console.people import may_at, person_of
from console.scoped import ScopedAdmin
from events.admin.bulk_forms import PriceChangeForm, ShowsForm, TemplateForm, TermsForm
from events.errors import SchedulingError
from events.models import Show
from events.prices.changes import ShowQuote, change_prices, fingerprint, quote_shows
from events.prices.templates import apply_template, fit_template
from events.sales.bulk import find_missing_by_show, open_many
from events.sales.opening import close_sales, find_former_closing, reopen_sales
from events.sales.rules import apply_rules, describe_rule, read_rules
from events.sales.terms import describe_terms, find_shows_with_tickets, set_terms
from events.timetable.drafts import delete_drafts
from lib.moments import write_moment
from theaters.models import SeatCategory

# 1,000 shows of four prices each are repriced in 6 s on a busy machine.
MAX_BULK_SHOWS = 1000


@dataclass(frozen=True, slots=True)
class BulkLine:
    """What happens to one show, or why nothing does."""

    show: Show
    text: str
    refusal: str = ""

    @property
    def starts(self) -> str:
        return write_moment(self.show.starts_at, self.show.hall.theater.tz)


class BulkChange(ABC):
    """A change to many shows. `plan` only previews; `do` gets the shows that were not refused."""

    slug: ClassVar[str]
    title: ClassVar[str | Promise]
    form_class: ClassVar[type[ShowsForm]] = ShowsForm

    @abstractmethod
    def plan(self, shows: Sequence[Show], form: Any) -> list[BulkLine]:
        """Describe for each show what would happen to it."""

    @abstractmethod
    def do(self, shows: Sequence[Show], form: Any, seen: str, by: User) -> str:
        """Make the change and return a sentence that reports it."""

    def details(self, shows: Sequence[Show], form: Any) -> dict[str, Any]:
        return {}


class PutOnSale(BulkChange):
    slug = "on_sale"
    title = _("Put on sale")

    def plan(self, shows: Sequence[Show], form: Any) -> list[BulkLine]:
        missing = find_missing_by_show(shows, timezone.now())
        return [self._plan(show, missing[show.pk]) for show in shows]

    def _plan(self, show: Show, missing: list[str | Promise]) -> BulkLine:
        if show.state == Show.State.ON_SALE:
            return BulkLine(show, "", gettext("It is on sale already."))
        if show.state != Show.State.DRAFT:
            return BulkLine(show, "", _wrong_state(show))
        opens_at = show.sales_open_at
        text = (
            gettext("goes on sale at once")
            if opens_at is None or opens_at <= timezone.now()
            else gettext("opens at its set time")
        )
        return BulkLine(show, text, " ".join(str(one) for one in missing))

    def do(self, shows: Sequence[Show], form: Any, seen: str, by: User) -> str:
        open_many(shows=shows, by=by)
        return ngettext("%d show is on sale.", "%d shows are on sale.", len(shows)) % len(shows)


class StopSelling(BulkChange):
    slug = "stop_sale"
    title = _("Stop selling")

    def plan(self, shows: Sequence[Show], form: Any) -> list[BulkLine]:
        now = timezone.now()
        return [
            BulkLine(show, gettext("its sale closes now; bookings stay valid"))
            if show.state == Show.State.ON_SALE and show.sales_end_at > now
            else BulkLine(show, "", gettext("It is not being sold."))
            for show in shows
        ]

    def do(self, shows: Sequence[Show], form: Any, seen: str, by: User) -> str:
        for show in shows:
            close_sales(show=show, by=by)
        return ngettext("%d sale is closed.", "%d sales are closed.", len(shows)) % len(shows)


class ResumeSelling(BulkChange):
    slug = "resume_sale"
    title = _("Resume selling")

    def plan(self, shows: Sequence[Show], form: Any) -> list[BulkLine]:
        now = timezone.now()
        return [self._plan(show, now) for show in shows]

    def _plan(self, show: Show, now: datetime) -> BulkLine:
        if show.state != Show.State.ON_SALE:
            return BulkLine(show, "", _wrong_state(show))
        if show.sales_end_at > now:
            return BulkLine(show, "", gettext("Its sale is not closed."))
        if refusal := _not_coming(show):
            return BulkLine(show, "", refusal)
        until = find_former_closing(show, now)
        if until is None:
            return BulkLine(show, gettext("on sale again until it starts"))
        return BulkLine(
            show, gettext("on sale again until %(time)s") % {"time": write_moment(until, show.hall.theater.tz)}
        )

    def do(self, shows: Sequence[Show], form: Any, seen: str, by: User) -> str:
        for show in shows:
            reopen_sales(show=show, by=by)
        return ngettext("%d show is on sale again.", "%d shows are on sale again.", len(shows)) % len(shows)


class ChangePrices(BulkChange):
    slug = "prices"
    title = _("Change prices")
    form_class = PriceChangeForm

    def plan(self, shows: Sequence[Show], form: Any) -> list[BulkLine]:
        return [self._plan(quote, form) for quote in quote_shows(shows, form.change())]

    def _plan(self, quote: ShowQuote, form: PriceChangeForm) -> BulkLine:
        if refusal := _not_coming(quote.show) or quote.refusal:
            return BulkLine(quote.show, "", str(refusal))
        if not quote.changes:
            return BulkLine(quote.show, gettext("stays as it is"))
        before, after = min(cell.before for cell in quote.cells), min(cell.after for cell in quote.cells)
        numbers = {"before": form.write(before), "after": form.write(after)}
        return BulkLine(quote.show, gettext("lowest price from %(before)s to %(after)s") % numbers)

    def details(self, shows: Sequence[Show], form: Any) -> dict[str, Any]:
        """Return each grid that changes once, with the number of shows that have it."""
        quotes = quote_shows(shows, form.change())
        grids: dict[tuple[Any, ...], int] = {}
        for quote in quotes:
            if quote.changes:
                grids[quote.cells] = grids.get(quote.cells, 0) + 1
        written = [
            (
                ngettext("%d show", "%d shows", count) % count,
                [(cell.category, cell.ticket_type, form.write(cell.before), form.write(cell.after)) for cell in cells],
            )
            for cells, count in grids.items()
        ]
        return {"grids": written, "currency": form.currency, "seen": fingerprint(quotes)}

    def do(self, shows: Sequence[Show], form: Any, seen: str, by: User) -> str:
        count = change_prices(shows=shows, change=form.change(), seen=seen, by=by)
        return ngettext("%d show has new prices.", "%d shows have new prices.", count) % count


class ApplyTemplate(BulkChange):
    slug = "template"
    title = _("Apply a price template")
    form_class = TemplateForm

    def plan(self, shows: Sequence[Show], form: Any) -> list[BulkLine]:
        template = form.cleaned_data["template"]
        rows = list(template.prices.all())
        maps: dict[int, list[SeatCategory]] = {show.seat_map_id: [] for show in shows}
        for category in SeatCategory.objects.filter(seat_map__in=list(maps)):
            maps[category.seat_map_id].append(category)
        lines = []
        for show in shows:
            fit = fit_template(rows, maps[show.seat_map_id])
            notes = []
            if fit.unknown:
                notes.append(gettext("not in this hall: %(names)s") % {"names": ", ".join(fit.unknown)})
            if fit.uncovered:
                notes.append(gettext("without a price: %(names)s") % {"names": ", ".join(fit.uncovered)})
            refusal = _not_coming(show)
            if template.theater_id != show.hall.theater_id:
                refusal = gettext("The template belongs to another theater.")
            elif not fit.prices:
                refusal = gettext("This hall has none of the template's categories.")
            elif show.state == Show.State.ON_SALE and fit.uncovered:
                refusal = gettext("It is on sale, and these would have no price: %(names)s.") % {
                    "names": ", ".join(fit.uncovered)
                }
            lines.append(BulkLine(show, "; ".join(notes) or gettext("all categories get a price"), refusal))
        return lines

    def do(self, shows: Sequence[Show], form: Any, seen: str, by: User) -> str:
        apply_template(template=form.cleaned_data["template"], shows=shows, by=by)
        return ngettext(
            "The template is applied to %d show.", "The template is applied to %d shows.", len(shows)
        ) % len(shows)


class ApplyRule(BulkChange):
    slug = "sales_rule"
    title = _("Apply the on-sale rule")

    def plan(self, shows: Sequence[Show], form: Any) -> list[BulkLine]:
        books = {theater_id: read_rules(theater_id) for theater_id in {show.hall.theater_id for show in shows}}
        lines = []
        for show in shows:
            rule = books[show.hall.theater_id].find(show.event_id)
            if rule is None:
                lines.append(BulkLine(show, "", gettext("No rule applies to it.")))
                continue
            lines.append(BulkLine(show, describe_rule(rule, show.hall.theater.tz), _not_coming(show)))
        return lines

    def do(self, shows: Sequence[Show], form: Any, seen: str, by: User) -> str:
        count = apply_rules(shows=shows, by=by)
        return ngettext("%d show has new sale times.", "%d shows have new sale times.", count) % count


class SetTerms(BulkChange):
    slug = "terms"
    title = _("Set ticket limit and refunds")
    form_class = TermsForm

    def plan(self, shows: Sequence[Show], form: TermsForm) -> list[BulkLine]:
        terms, sold = form.terms(), find_shows_with_tickets(shows)
        lines = []
        for show in shows:
            is_kept = terms.changes_refunds and show.pk in sold
            said = describe_terms(terms.without_refunds() if is_kept else terms)
            notes = [gettext("refunds stay as they are, because tickets are sold or held")] if is_kept else []
            refusal = _not_coming(show) or (
                "" if said else gettext("Tickets are sold or held: its refunds stay as they are.")
            )
            lines.append(BulkLine(show, "; ".join([*said, *notes]), refusal))
        return lines

    def do(self, shows: Sequence[Show], form: TermsForm, seen: str, by: User) -> str:
        count = set_terms(terms={show.pk: form.terms() for show in shows}, by=by)
        return ngettext("%d show has new terms.", "%d shows have new terms.", count) % count


class DeleteDrafts(BulkChange):
    slug = "delete"
    title = _("Delete drafts")

    def plan(self, shows: Sequence[Show], form: Any) -> list[BulkLine]:
        return [
            BulkLine(
                show,
                gettext("is deleted with its prices"),
                "" if show.state == Show.State.DRAFT else _wrong_state(show),
            )
            for show in shows
        ]

    def do(self, shows: Sequence[Show], form: Any, seen: str, by: User) -> str:
        count = delete_drafts(shows=shows, by=by)
        return ngettext("%d draft is deleted.", "%d drafts are deleted.", count) % count


BULK_CHANGES: dict[str, BulkChange] = {
    one.slug: one
    for one in (
        PutOnSale(),
        StopSelling(),
        ResumeSelling(),
        ChangePrices(),
        ApplyTemplate(),
        ApplyRule(),
        SetTerms(),
        DeleteDrafts(),
    )
}


def _wrong_state(show: Show) -> str:
    return gettext("It is %(state)s.") % {"state": show.get_state_display()}


def _not_coming(show: Show) -> str:
    if show.state not in (Show.State.DRAFT, Show.State.ON_SALE):
        return _wrong_state(show)
    return gettext("It has begun.") if show.starts_at <= timezone.now() else ""


class BulkMixin(ScopedAdmin):
    """Adds `BULK_CHANGES` to the list of shows, as actions that lead to their pages."""

    def get_urls(self) -> list[Any]:
        own = [
            path(
                f"bulk/{slug.replace('_', '-')}/",
                self.admin_site.admin_view(self.bulk_view),
                {"slug": slug},
                name=f"events_show_bulk_{slug}",
            )
            for slug in BULK_CHANGES
        ]
        return own + super().get_urls()

    def bulk_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Preview or make the change to the shows whose pks `shows` lists, separated by commas."""
        if not self.has_change_permission(request):
            return HttpResponse(status=403)
        asked = request.POST.get("shows") or request.GET.get("shows", "")
        pks = [int(text) for text in asked.split(",") if text.isascii() and text.isdigit()]
        return self.answer_bulk(
            request, BULK_CHANGES[slug], self.get_queryset(request).filter(pk__in=pks[:MAX_BULK_SHOWS])
        )

    def answer_bulk(self, request: HttpRequest, change: BulkChange, rows: QuerySet[Show]) -> HttpResponse:
        person = person_of(request)
        back = reverse("admin:events_show_changelist")
        mine = self.scope(rows, person, Capability.EDIT_PROGRAMME)
        shows = list(mine.order_by("starts_at", "pk")[: MAX_BULK_SHOWS + 1])
        if not shows or len(shows) > MAX_BULK_SHOWS:
            text = (
                gettext("Choose shows in the list first.")
                if not shows
                else gettext("Choose at most %d shows.") % MAX_BULK_SHOWS
            )
            self.message_user(request, text, messages.WARNING)
            return HttpResponseRedirect(back)
        is_submitted = request.method == "POST" and {"_look", "_do"} & set(request.POST)
        asks = change.form_class is not ShowsForm
        form = change.form_class(shows, request.POST if is_submitted or not asks else None)
        lines: list[BulkLine] = []
        details: dict[str, Any] = {}
        if form.is_valid():
            lines = change.plan(shows, form)
            good = [line.show for line in lines if not line.refusal]
            if "_do" in request.POST and good:
                try:
                    done = change.do(good, form, request.POST.get("seen", ""), person)
                except SchedulingError as refusal:
                    self.message_user(request, str(refusal), messages.ERROR)
                else:
                    self.message_user(request, done, messages.SUCCESS)
                    return HttpResponseRedirect(back)
            details = change.details(good, form)
        context = {
            **self.admin_site.each_context(request),
            "title": change.title,
            "opts": self.model._meta,
            "action": reverse(f"admin:events_show_bulk_{change.slug}"),
            "form": form,
            "asks": asks,
            "lines": lines,
            "good_count": sum(not line.refusal for line in lines),
            "left_out": sum(bool(line.refusal) for line in lines),
            "show_pks": ",".join(str(show.pk) for show in shows),
            "shows_chosen": len(shows),
            "back": back,
            **details,
        }
        return TemplateResponse(request, "admin/events/bulk.html", context)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        if self.has_change_permission(request):
            for change in BULK_CHANGES.values():
                actions[change.slug] = (_make_action(change), change.slug, change.title)
        if may_at(request.user, Capability.CANCEL_SHOW):
            actions["cancel_shows"] = (_redirect_to_cancel, "cancel_shows", _("Cancel"))
        return actions


def _redirect_to_cancel(model_admin: BulkMixin, request: HttpRequest, rows: QuerySet[Show]) -> HttpResponse | None:
    """Redirect to the page that cancels one show, or to the one that cancels several."""
    mine = model_admin.scope(rows, person_of(request), Capability.CANCEL_SHOW).exclude(state=Show.State.DRAFT)
    shows = list(mine.order_by("starts_at", "pk").values_list("pk", flat=True)[: MAX_BULK_SHOWS + 1])
    if not shows:
        text = gettext("None of these shows can be canceled; drafts are deleted instead.")
        model_admin.message_user(request, text, messages.WARNING)
        return None
    if len(shows) == 1:
        return HttpResponseRedirect(reverse("admin:events_show_cancel", args=shows))
    return HttpResponseRedirect(f"{reverse('admin:cancel_shows')}?shows={','.join(map(str, shows))}")


def _make_action(change: BulkChange) -> Any:
    def act(model_admin: BulkMixin, request: HttpRequest, rows: QuerySet[Show]) -> HttpResponse:
        return model_admin.answer_bulk(request, change, rows)

    return act
