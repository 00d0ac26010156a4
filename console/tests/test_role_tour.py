"""A tour of the whole console by everybody: each address that the resolver knows, asked for by each role.

The tables say who may do what, in words of their own, so that a slip in `theaters/access.py` or in a
page's checks shows. An address that they do not name fails the first test with its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory
from django.urls import ResolverMatch, get_resolver, resolve, reverse
from django.utils import timezone

from accounts.models import AuditEntry
from bookings.models import Booking, HouseSeries
from events.models import Event, Show
from notifications.models import Notification
from payments.models import Drawer
from reports.models import Export, ReportSchedule
from show_changes.models import MapUpdate, ShowCancellation
from testing.console import fill, rows_of
from theaters.models import SeatMap, SeatMapUpload, Theater

Rows = dict[type[Any], Any]

# Platform admin, Manager, proGrammer, Box office, Door, Accountant.
CAST = {
    "P": "platform_admin",
    "M": "manager",
    "G": "programmer",
    "B": "box_office",
    "D": "door_staff",
    "A": "accountant",
}
ALL = "PMGBDA"
PLATFORM = ("P", "P", "P", "P")
LOG = ("P", "", "", "")

# By model: who sees its list, a row and its history; who adds; who changes; who deletes.
MODELS: dict[str, tuple[str, str, str, str]] = {
    "account_emailaddress": ("P", "P", "P", ""),
    "accounts_auditentry": ("PM", "", "", ""),
    "accounts_user": ("P", "P", "P", ""),
    "bookings_booking": ("PMGBA", "", "", ""),
    "door_checkin": ("PMBD", "", "", ""),
    "door_unticketedperson": ("PMBD", "", "", ""),
    "fiscal_account": ("PMA", "PMA", "PMA", "PMA"),
    "fiscal_booksettings": ("PMA", "PMA", "PMA", ""),
    "fiscal_receipt": ("PMA", "", "", ""),
    "fiscal_receiptsettings": ("PMA", "PM", "PM", ""),
    "fiscal_signingdevice": ("PMA", "PM", "PM", ""),
    "payments_gatewayaccount": ("PMA", "PM", "PM", "PM"),
    "payments_bankaccount": ("PMA", "PM", "PM", ""),
    "payments_banktransfer": ("PMA", "", "", ""),
    "payments_transfercustomer": ("PMGBA", "PMB", "PMB", "PMB"),
    "payments_till": ("PMA", "PM", "PM", ""),
    "payments_drawer": ("PMA", "", "PMA", ""),
    "payments_gatewayevent": LOG,
    "payments_payment": ("PMA", "", "", ""),
    "payments_reconciliation": ("PMA", "", "PMA", ""),
    "payments_refund": ("PMA", "", "", ""),
    "show_changes_shownote": ("PMGBA", "", "", ""),
    "show_changes_showcancellation": ("PMB", "", "PMB", ""),
    "bookings_ticket": ("PMGBA", "", "", ""),
    "bookings_voucher": ("PMGB", "PMG", "PMG", ""),
    "inquiries_inquiry": ("PMGBA", "", "", ""),
    "waiting_list_waitinglistentry": ("PMGBA", "", "", ""),
    "django_celery_beat_clockedschedule": ("P", "P", "P", ""),
    "django_celery_beat_crontabschedule": ("P", "P", "P", ""),
    "django_celery_beat_intervalschedule": ("P", "P", "P", ""),
    "django_celery_beat_periodictask": PLATFORM,
    "django_celery_beat_solarschedule": ("P", "P", "P", ""),
    "events_event": (ALL, "PMG", "PMG", "PMG"),
    "events_feerule": (ALL, "PM", "PM", "PM"),
    "events_importrun": ("PMG", "", "PMG", ""),
    "events_label": (ALL, "PMG", "P", "P"),
    "events_portrait": (ALL, "PMG", "PMG", "PMG"),
    "events_price": (ALL, "", "", ""),
    "events_pricetemplate": (ALL, "PMG", "PMG", "PMG"),
    "events_review": (ALL, "", "", ""),
    "events_theaterreview": (ALL, "", "", ""),
    "events_salesrule": (ALL, "PMG", "PMG", "PMG"),
    "waiting_room_waitingroom": (ALL, "PMG", "PMG", "PMG"),
    # One on sale is not deleted.
    "events_show": (ALL, "PMG", "PMG", ""),
    "events_showarea": (ALL, "", "PMG", ""),
    "events_tickettype": (ALL, "PMG", "PMG", "PMG"),
    # A published version never changes.
    "legal_legalversion": (ALL, "PM", "PM", ""),
    "legal_newsletterconsent": ("PM", "", "", ""),
    "mfa_authenticator": ("P", "", "", "P"),
    "notifications_notification": ("PMGBA", "", "", ""),
    "notifications_notificationpreference": LOG,
    "notifications_suppression": ("P", "", "", "P"),
    "reports_settlementterms": ("PMA", "PM", "PM", "PM"),
    "theaters_area": (ALL, "", "", ""),
    "theaters_city": (ALL, "P", "P", ""),
    "theaters_hall": (ALL, "PM", "PM", ""),
    "theaters_invitation": ("PM", "PM", "", ""),
    "theaters_seat": (ALL, "", "", ""),
    "theaters_seatcategory": (ALL, "", "", ""),
    "theaters_seatmap": (ALL, "", "", ""),
    # Colleagues are invited; the manager here is the last one, who stays.
    "theaters_brand": (ALL, "PM", "PM", ""),
    "theaters_seller": (ALL, "PM", "PM", ""),
    "theaters_staffmembership": ("PM", "", "PM", ""),
    "theaters_taxrate": (ALL, "PM", "PM", "PM"),
    "theaters_theater": (ALL, "P", "PM", ""),
    "usersessions_usersession": ("P", "", "", "P"),
}

# By name, every other address: who may open it. One with an argument is of a model's row, by its name.
PAGES: dict[str, str] = {
    "accounts_auditentry_export": "PM",
    "app_list": ALL,
    "auth_user_password_change": "P",
    # Refused to all who name no field; what it offers is tried in test_console.py.
    "autocomplete": "",
    "best_of_map": ALL,
    "bookings_booking_cancel": "PMB",
    "bookings_booking_collect": "PMB",
    "bookings_booking_contact": "PMB",
    "bookings_booking_exchange": "PMB",
    "bookings_booking_goodwill": "PMB",
    # Takes POSTs alone, for a message of that very booking.
    "bookings_booking_message_again": "",
    "bookings_booking_names": "PMB",
    "bookings_booking_note": "PMB",
    "bookings_booking_received": "PMA",
    "bookings_booking_refund_sent": "PMA",
    "bookings_booking_release": "PMB",
    "bookings_booking_resend": "PMB",
    "bookings_booking_transfer": "PMB",
    "bookings_ticket_print_again": "PMB",
    "bookings_ticket_send_again": "PMB",
    "box_office": "PMGB",
    # Of a colleague's drawer.
    "box_office_close": "PM",
    "box_office_day_end": "PMBA",
    "box_office_drawer": "PMB",
    "box_office_drawer_closed": "PM",
    "box_office_house": "PMGB",
    # Takes POSTs alone, and needs an open drawer of one's own: tried in test_receipts.py.
    "box_office_kick": "",
    "box_office_receipt": "PMB",
    "box_office_receipt_roll": "PMB",
    "box_office_reservations": "PMB",
    "box_office_sale": "PMGB",
    "box_office_send": "PMB",
    "box_office_series": "PMGB",
    "preview_map": "PM",
    "print_tickets": "PMB",
    # Of a colleague's print: tried in test_console_printing.py.
    "printed_roll": "",
    "printed_tickets": "",
    "payments_gatewayaccount_keys": "PM",
    # These take POSTs alone: tried in test_payment_accounts.py.
    "payments_gatewayaccount_stop": "PM",
    "payments_gatewayaccount_test": "PM",
    "payments_gatewayaccount_use": "PM",
    "payments_payment_at_the_bank": "PM",
    # Leads back where nothing is to be put right.
    "fiscal_booksettings_datev": "PMA",
    "fiscal_receipt_pdf": "PMA",
    "fiscal_signingdevice_export": "PMA",
    "payments_payment_remedy": "PMB",
    # Of a file that waits for its columns, which is its sender's own: tried in test_reconcile.py.
    "payments_banktransfer_settle": "PMA",
    "payments_banktransfer_upload": "PMA",
    "payments_reconciliation_columns": "",
    "payments_reconciliation_export": "PMA",
    "payments_reconciliation_upload": "PMA",
    "payments_refund_put_right": "",
    "show_changes_showcancellation_pay_out": "PMB",
    "show_changes_showcancellation_retry": "PMB",
    "inquiries_inquiry_answer": "PMB",
    "inquiries_inquiry_decline": "PMB",
    "inquiries_inquiry_reserve": "PMB",
    "inquiries_inquiry_take": "PMB",
    "waiting_list_waitinglistentry_offer_now": "PMB",
    "waiting_list_waitinglistentry_take_off": "PMB",
    "bring_shows": "PMG",
    "brought_shows": "PMG",
    "cancel_shows": "PM",
    "canceled_together": "PMB",
    "payments_drawer_export": "PMA",
    # Not found for all who ask for no change; who may is tried in test_correct_times.py.
    "correct_times": "",
    "events_event_cancel_shows": "PM",
    "events_event_open_settings": "PMG",
    "events_event_preview": "PMG",
    "events_event_preview_new": "PMG",
    "events_importrun_sample": "PMG",
    "events_importrun_upload": "PMG",
    "events_pricetemplate_edit_template": "PMG",
    "events_salesrule_apply_rule": "PMG",
    "events_show_bulk_delete": "PMG",
    "events_show_bulk_on_sale": "PMG",
    "events_show_bulk_prices": "PMG",
    "events_show_bulk_resume_sale": "PMG",
    "events_show_bulk_sales_rule": "PMG",
    "events_show_bulk_stop_sale": "PMG",
    "events_show_bulk_terms": "PMG",
    "events_show_bulk_template": "PMG",
    "events_show_cancel": "PM",
    "events_show_edit_prices": "PMG",
    "events_show_move": "PMG",
    "events_show_note": "PMB",
    "events_show_put_on_sale": "PMG",
    "events_show_reschedule": "PMG",
    # Of a show whose sale was closed early.
    "events_show_release_access": "",
    "events_show_resume_sale": "",
    "events_show_stop_sale": "PMG",
    "export": "PMA",
    "export-cancel": "PMA",
    # No worker has written it yet.
    "export-file": "",
    "export-state": "PMA",
    "exports": ALL,
    "index": ALL,
    "jsi18n": ALL,
    "legal_newsletterconsent_export": "PM",
    "legal_legalversion_compare": ALL,
    # Of a draft.
    "legal_legalversion_next_draft": "",
    "legal_legalversion_preview": ALL,
    # Nothing to publish yet: tried in test_publish.py.
    "legal_legalversion_publish": "PM",
    "message_preview": "PMGBA",
    "password_change": ALL,
    "password_change_done": ALL,
    "report": "PMA",
    "report-export": "PMA",
    # No run has made a file yet.
    "report-run-file": "",
    # Of a colleague: whoever may see the figures looks, managers pause.
    "report-schedule": "PMA",
    "report-schedule-add": "PMA",
    "report-schedule-edit": "",
    # It shows what a form would do, and closes without one.
    "report-schedule-preview": "",
    "report-schedule-step": "PM",
    "report-schedules": ALL,
    "reports": ALL,
    "search": ALL,
    "settings": "PM",
    "settings_event": "PMG",
    "settings_theater": "PM",
    "shows_today": ALL,
    "theaters_brand_sending_domain": "PM",
    "theaters_invitation_send_again": "PM",
    "theaters_invitation_withdraw": "PM",
    # A picture that is not there.
    "theaters_seatmap_backdrop": "",
    "theaters_seatmap_best_seats": ALL,
    # Of two versions that the query names: who may is tried in test_seat_map_versions.py.
    "theaters_seatmap_compare": "",
    "theaters_seatmap_describe": "PM",
    "theaters_seatmap_download": ALL,
    "theaters_seatmap_draft": "PM",
    "theaters_seatmap_new_map": "PM",
    "theaters_seatmap_keep_backdrop": "PM",
    "theaters_seatmap_next_draft": "PM",
    "theaters_seatmap_edit_drawing": "PM",
    "theaters_seatmap_edit_from": "PM",
    "theaters_seatmap_photos": "PM",
    "theaters_seatmap_publish": "PM",
    "theaters_seatmap_reading": "PM",
    "theaters_seatmap_sample": "PM",
    "theaters_seatmap_upload": "PM",
    "theaters_seatmap_versions": ALL,
    "theaters_staffmembership_invite": "PM",
    "theaters_staffmembership_roles": "PM",
    "theaters_staffmembership_roles_page": ALL,
    "test_print": "PMB",
    # The theater's stock is no roll.
    "test_print_roll": "",
    "theaters_theater_test_print": "PM",
    "theaters_theater_test_print_roll": "",
    "timetable": ALL,
    "timetable_copy": "PMG",
    "timetable_make": "PMG",
    "timetable_repeat": "PMG",
    "timetable_undo": "PMG",
    "words": "PM",
    "words_group": "PM",
}
# Open to everybody: they lead to the site's own pages.
DOORS = {"login", "logout"}
# A page that takes no such request says so to everybody.
NOT_TAKEN = 405
REFUSED = ("closed", NOT_TAKEN)
# What addresses take that name no row of their own model.
ARGUMENTS: dict[str, Callable[[Rows], list[Any]]] = {
    "app_list": lambda _rows: ["events"],
    "best_of_map": lambda rows: [rows[SeatMap].pk],
    "bookings_booking_message_again": lambda rows: [rows[Booking].pk, rows[Notification].pk],
    "box_office_close": lambda rows: [rows[Drawer].pk],
    "box_office_drawer_closed": lambda rows: [rows[Drawer].pk],
    "box_office_receipt": lambda rows: [rows[Booking].code],
    "box_office_receipt_roll": lambda rows: [rows[Booking].code],
    "box_office_sale": lambda rows: [rows[Show].code],
    "box_office_send": lambda rows: [rows[Booking].code],
    "box_office_series": lambda rows: [rows[HouseSeries].pk],
    "bring_shows": lambda rows: [rows[SeatMap].pk],
    "brought_shows": lambda rows: [rows[MapUpdate].pk],
    "canceled_together": lambda rows: [rows[ShowCancellation].batch],
    "export": lambda rows: [rows[Export].code],
    "export-cancel": lambda rows: [rows[Export].code],
    "export-file": lambda rows: [rows[Export].code],
    "export-state": lambda rows: [rows[Export].code],
    "preview_map": lambda rows: [rows[SeatMap].pk],
    "print_tickets": lambda rows: [rows[Booking].code],
    "printed_roll": lambda _rows: [uuid4()],
    "printed_tickets": lambda _rows: [uuid4()],
    "settings_event": lambda rows: [rows[Theater].slug, rows[Event].pk],
    "settings_theater": lambda rows: [rows[Theater].slug],
    "test_print": lambda rows: [rows[Theater].slug],
    "test_print_roll": lambda rows: [rows[Theater].slug],
    "words_group": lambda rows: [rows[Theater].slug, "booking_confirmed"],
    "report": lambda _rows: ["sales"],
    "report-export": lambda _rows: ["sales"],
    "report-run-file": lambda rows: [rows[ReportSchedule].code],
    "report-schedule": lambda rows: [rows[ReportSchedule].code],
    "report-schedule-add": lambda _rows: ["sales"],
    "report-schedule-edit": lambda rows: [rows[ReportSchedule].code],
    "theaters_seatmap_backdrop": lambda rows: [rows[SeatMap].pk, uuid4()],
    "theaters_seatmap_reading": lambda rows: [rows[SeatMapUpload].pk],
    "report-schedule-step": lambda rows: [rows[ReportSchedule].code, "pause"],
}
# Of these, the same address is everybody's: what it shows is scoped by its own tests.
SHARED = {"app_list", "report", "report-export", "report-schedule-add"}
VIEWS = ("changelist", "history", "change", "add", "delete")


def find_addresses() -> Iterator[tuple[str, list[str]]]:
    """Yield the name and the arguments of every address of the console."""
    known = get_resolver().namespace_dict["admin"][1].reverse_dict
    for name in known:
        if isinstance(name, str):
            for possibility in known.getlist(name):
                yield name, possibility[0][0][1]


def split(name: str) -> tuple[str, str]:
    """Return the model and the view of a standard address, or two empty words."""
    model, _, view = name.rpartition("_")
    is_standard = view in VIEWS and any(name_of(row) == model for row in admin.site._registry)
    return (model, view) if is_standard else ("", "")


def name_of(model: type[Any]) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}"


@pytest.mark.once
def test_the_tables_name_every_address_and_no_other():
    names = {name for name, _ in find_addresses()} - DOORS
    models = {name_of(model) for model in admin.site._registry}
    pages = {name for name in names if not split(name)[0]}
    assert models == set(MODELS), "Say in MODELS who may do what with these."
    assert pages == set(PAGES), "Say in PAGES who may open these."


@dataclass(frozen=True)
class Stop:
    """One address, by one role."""

    name: str
    address: str
    who: str
    # Whose POSTs may do something; lists take those of all who see them.
    writers: str


def stops(rows: Rows, *, with_lists: bool) -> Iterator[Stop]:
    """Yield every address with arguments from the rows given, and those without when `with_lists`."""
    by_name = {name_of(model): model for model in admin.site._registry}
    for name, arguments in find_addresses():
        if name in DOORS or (name in SHARED or not arguments) != with_lists:
            continue
        model, view = split(name)
        if model:
            see, add, change, delete = MODELS[model]
            who = {"add": add, "delete": delete}.get(view, see)
            writers = {"add": add, "delete": delete, "change": change}.get(view, see)
        else:
            # One that is missing there fails the test of the tables.
            who = writers = PAGES.get(name, "")
            model = max((known for known in by_name if name.startswith(f"{known}_")), key=len, default="")
        values: list[Any] = []
        if name in ARGUMENTS:
            values = ARGUMENTS[name](rows)
        elif arguments:
            assert len(arguments) == 1, f"Say in ARGUMENTS what {name} takes."
            row = rows.get(by_name[model or "accounts_user"])
            if row is None:
                continue
            values = [row.pk]
        yield Stop(name, reverse(f"admin:{name}", args=values), who, writers)


@cache
def find_view(address: str) -> ResolverMatch:
    return resolve(address)


def ask(method: str, address: str, user: Any) -> int | str:
    """Return the status of a view's answer, without rendering it; "closed" for every way of refusing."""
    request = getattr(RequestFactory(), method)(address)
    request.user = user
    request.session = SessionStore()
    request._messages = CookieStorage(request)
    request._dont_enforce_csrf_checks = True
    request.resolver_match = found = find_view(address)
    try:
        response = found.func(request, *found.args, **found.kwargs)
    except (PermissionDenied, Http404):
        return "closed"
    home = reverse("admin:index")
    location = response.get("Location", "")
    if response.status_code in (403, 404) or location == home or "/login/" in location:
        return "closed"
    return int(response.status_code)


def remember() -> dict[str, list[dict[str, Any]]]:
    """Return all rows of all that the console knows."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in admin.site._registry
        if model._meta.label not in ("accounts.User", "usersessions.UserSession")
    }


@pytest.mark.once
@pytest.mark.timeout(300)
@pytest.mark.django_db
def test_everybody_opens_what_is_theirs_and_nothing_else(
    theater: Theater,
    other_theater: Theater,
    customer: Any,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
):
    # The menu and such are the same on every page, and a third of the time.
    monkeypatch.setattr(admin.site, "each_context", lambda _request: {})
    people = {letter: request.getfixturevalue(fixture) for letter, fixture in CAST.items()}
    own = fill_and_find(theater, "Mine")
    foreign = fill_and_find(other_theater, "Foreign")
    before = remember()
    slips = []
    for stop in (*stops(own, with_lists=True), *stops(own, with_lists=False)):
        for letter, person in people.items():
            answer = ask("get", stop.address, person)
            if (answer != "closed") != (letter in stop.who) and answer != NOT_TAKEN:
                slips.append(f"{CAST[letter]}: {stop.name} is {'closed' if answer == 'closed' else 'open'}")
            if letter not in stop.writers and ask("post", stop.address, person) not in REFUSED:
                slips.append(f"{CAST[letter]}: {stop.name} takes a POST")
        for person in (customer, AnonymousUser()):
            for method in ("get", "post"):
                if ask(method, stop.address, person) not in REFUSED:
                    slips.append(f"{person or 'a stranger'}: {stop.name} takes a {method}")
    for stop in stops({model: row for model, row in foreign.items() if has_theater(model)}, with_lists=False):
        for letter, person in people.items():
            for method in ("get", "post"):
                if letter != "P" and ask(method, stop.address, person) not in REFUSED:
                    slips.append(f"{CAST[letter]}: {stop.name} of another theater takes a {method}")
    assert not slips, "\n".join(slips)
    # Asking alone has changed nothing, not even for those who may; what they took along is written down.
    written = AuditEntry.objects.exclude(pk__in=[row["id"] for row in before["accounts.AuditEntry"]])
    assert set(written.values_list("action", flat=True)) == {"download"}
    assert {**remember(), "accounts.AuditEntry": before["accounts.AuditEntry"]} == before


def has_theater(model: type[Any]) -> bool:
    return model in (Export, HouseSeries, MapUpdate, ReportSchedule, SeatMapUpload) or bool(
        getattr(admin.site._registry[model], "theater_path", "")
    )


def fill_and_find(theater: Theater, name: str) -> Rows:
    """Make a row of everything in that theater; return them, and any row of what belongs to nobody."""
    booking = fill(theater, name)
    found = rows_of(theater)
    for model in admin.site._registry:
        if model not in found:
            found[model] = model._default_manager.first()
    export = Export.objects.create(report="sales", format="csv", asked_by=booking.customer)
    export.theaters.add(theater)
    schedule = ReportSchedule.objects.create(
        theater=theater,
        report="sales",
        parameters={"theater": theater.slug},
        owner=booking.customer,
        start_on=timezone.localdate(),
        next_run_at=timezone.now(),
        weekdays=[0],
    )
    upload = SeatMapUpload.objects.create(
        hall=theater.halls.first(), file_name="hall.csv", state=SeatMapUpload.State.REFUSED
    )
    seat_map = SeatMap.objects.filter(hall__theater=theater).first()
    update = MapUpdate.objects.create(seat_map=seat_map, made_by=booking.customer)
    series = HouseSeries.objects.create(
        hall=theater.halls.first(),
        purpose="house",
        reason="Press",
        places={"seats": [], "areas": {}},
        made_by=booking.customer,
    )
    made = {Export: export, ReportSchedule: schedule, SeatMapUpload: upload, HouseSeries: series, MapUpdate: update}
    return {**found, **made}
