"""The console's menu, arranged by what staff do, with what this person may open."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.roles import Capability, Person
from console.people import may_at
from lib.process_memory import Memory


class Page(NamedTuple):
    """A page that belongs to no model, and the capabilities that open it."""

    url_name: str
    capability: Capability
    or_capability: Capability | None = None

    def is_open_to(self, user: Person) -> bool:
        return any(may_at(user, one) for one in (self.capability, self.or_capability) if one is not None)


# Title, and entries of title, icon and model or page.
GROUPS: list[tuple[str | Promise, list[tuple[str | Promise, str, str | Page]]]] = [
    (
        _("Program"),
        [
            (_("Timetable"), "view_timeline", Page("admin:timetable", Capability.SEE_PROGRAMME)),
            (_("Shows"), "calendar_month", "events.Show"),
            (_("Events"), "theater_comedy", "events.Event"),
            (_("On-sale rules"), "schedule_send", "events.SalesRule"),
            (_("Waiting rooms"), "groups_2", "waiting_room.WaitingRoom"),
            (_("Imports"), "upload_file", "events.ImportRun"),
            (_("Labels"), "label", "events.Label"),
            (_("Portraits"), "portrait", "events.Portrait"),
            (_("Reviews"), "reviews", "events.Review"),
            (_("Reviews of theaters"), "reviews", "events.TheaterReview"),
        ],
    ),
    (
        _("Seat maps"),
        [
            (_("Halls"), "meeting_room", "theaters.Hall"),
            (_("Seat maps"), "event_seat", "theaters.SeatMap"),
        ],
    ),
    (
        _("Bookings"),
        [
            (_("Bookings"), "confirmation_number", "bookings.Booking"),
            (_("Tickets"), "qr_code_2", "bookings.Ticket"),
            (_("Check-ins"), "how_to_reg", "door.CheckIn"),
            (_("Without tickets"), "badge", "door.UnticketedPerson"),
            (_("Group inquiries"), "diversity_3", "inquiries.Inquiry"),
            (_("Waiting list"), "hourglass_top", "waiting_list.WaitingListEntry"),
            (_("Canceled shows"), "event_busy", "show_changes.ShowCancellation"),
            (_("Notes to customers"), "outgoing_mail", "show_changes.ShowNote"),
            (_("Messages"), "mail", "notifications.Notification"),
            (_("Messages as they look"), "preview", Page("admin:message_preview", Capability.SEE_BOOKINGS)),
        ],
    ),
    (
        _("Box office"),
        [
            (_("Box office"), "point_of_sale", Page("admin:box_office", Capability.SELL)),
            (_("Reservations"), "phone_in_talk", Page("admin:box_office_reservations", Capability.SELL)),
            (_("House holds"), "lock", Page("admin:box_office_house", Capability.SELL, Capability.EDIT_PROGRAMME)),
            (_("Door"), "door_open", Page("door:choose", Capability.CHECK_IN)),
            (_("Drawer"), "payments", Page("admin:box_office_drawer", Capability.SELL)),
            (_("Day end"), "receipt_long", Page("admin:box_office_day_end", Capability.SELL, Capability.SEE_MONEY)),
        ],
    ),
    (
        _("Money"),
        [
            (_("Payments"), "payments", "payments.Payment"),
            (_("Refunds"), "undo", "payments.Refund"),
            (_("Bank transfers"), "account_balance", "payments.BankTransfer"),
            (_("Drawers"), "inbox", "payments.Drawer"),
            (_("Receipts"), "receipt", "fiscal.Receipt"),
            (_("Reconciliation"), "balance", "payments.Reconciliation"),
            (_("Vouchers"), "redeem", "bookings.Voucher"),
            (_("Ticket types"), "sell", "events.TicketType"),
            (_("Prices"), "price_check", "events.Price"),
            (_("Price templates"), "grid_on", "events.PriceTemplate"),
            (_("Fees"), "request_quote", "events.FeeRule"),
            (_("Tax rates"), "percent", "theaters.TaxRate"),
        ],
    ),
    (
        _("Reports"),
        [
            (_("Reports"), "monitoring", Page("admin:reports", Capability.SEE_BOOKINGS, Capability.CHECK_IN)),
            (_("Exports"), "download", Page("admin:exports", Capability.SEE_BOOKINGS, Capability.CHECK_IN)),
            (
                _("Scheduled"),
                "schedule_send",
                Page("admin:report-schedules", Capability.SEE_BOOKINGS, Capability.CHECK_IN),
            ),
            (_("Settlement terms"), "handshake", "reports.SettlementTerms"),
        ],
    ),
    (
        _("Team"),
        [
            (_("Staff"), "groups", "theaters.StaffMembership"),
            (_("Invitations"), "person_add", "theaters.Invitation"),
            (_("Roles"), "checklist", Page("admin:theaters_staffmembership_roles_page", Capability.SEE_PROGRAMME)),
            (_("Audit log"), "history", "accounts.AuditEntry"),
            (_("Users"), "person", "accounts.User"),
        ],
    ),
    (
        _("Settings"),
        [
            (_("Settings"), "tune", Page("admin:settings", Capability.EDIT_THEATER)),
            (_("Theaters"), "location_city", "theaters.Theater"),
            (_("Names and looks"), "palette", "theaters.Brand"),
            (_("Sellers"), "gavel", "theaters.Seller"),
            (_("Words"), "edit_note", Page("admin:words", Capability.EDIT_THEATER)),
            (_("Newsletter consents"), "mark_email_read", "legal.NewsletterConsent"),
            (_("Legal pages"), "policy", "legal.LegalVersion"),
            (_("Payment accounts"), "account_balance", "payments.GatewayAccount"),
            (_("Bank accounts"), "account_balance", "payments.BankAccount"),
            (_("May pay by bank transfer"), "how_to_reg", "payments.TransferCustomer"),
            (_("Tills"), "point_of_sale", "payments.Till"),
            (_("Signing devices"), "enhanced_encryption", "fiscal.SigningDevice"),
            (_("Numbering of receipts"), "123", "fiscal.ReceiptSettings"),
            (_("Journal and DATEV"), "book", "fiscal.BookSettings"),
            (_("Accounts of the journal"), "account_tree", "fiscal.Account"),
            (_("Cities"), "map", "theaters.City"),
            (_("Jobs"), "schedule", "django_celery_beat.PeriodicTask"),
            (_("Suppressed addresses"), "unsubscribe", "notifications.Suppression"),
            (_("E-mail addresses"), "alternate_email", "account.EmailAddress"),
            (_("Second factors"), "key", "mfa.Authenticator"),
            (_("Sessions"), "devices", "usersessions.UserSession"),
        ],
    ),
]


MENU_SECONDS = 3600
_groups: Memory[list[dict[str, Any]]] = Memory(50)
_drawn: Memory[SafeString] = Memory(100)


@cache
def _link(url_name: str) -> str:
    return reverse(url_name)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the menu. At most one query, for all capabilities of the person."""
    menu = [{**group, "items": [dict(entry) for entry in group["items"]]} for group in _find_groups(request)]
    _mark_active(menu, request.path)
    return menu


def draw(request: HttpRequest) -> SafeString:
    """Draw the menu, or return what was drawn for people who may open the same pages: it takes 4 ms of a page's 20."""
    menu = navigation(request)
    active = next((entry["link"] for group in menu for entry in group["items"] if entry["active"]), "")
    key = (*_key_of(request.user), active)
    drawn = _drawn.get(key)
    if drawn is None:
        drawn = render_to_string("admin/menu.html", {"menu": menu})
        _drawn.set(key, drawn, MENU_SECONDS)
    return drawn


def _key_of(user: Person) -> tuple[bool, frozenset[Capability], str | None]:
    """Return what the menu depends on besides the page: see `ScopedAdmin.has_module_permission`."""
    own = frozenset(capability for capability in Capability if may_at(user, capability))
    return bool(getattr(user, "is_superuser", False)), own, get_language()


def _find_groups(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups of entries that the person may open; nobody changes them."""
    key = _key_of(request.user)
    groups = _groups.get(key)
    if groups is None:
        groups = _read_groups(request)
        _groups.set(key, groups, MENU_SECONDS)
    return groups


def _read_groups(request: HttpRequest) -> list[dict[str, Any]]:
    by_label = {model._meta.label: model_admin for model, model_admin in admin.site._registry.items()}
    menu: list[dict[str, Any]] = [{"items": [{"title": _("Today"), "icon": "today", "link": _link("admin:index")}]}]
    for title, entries in GROUPS:
        items = []
        for name, icon, target in entries:
            if isinstance(target, Page):
                if target.is_open_to(request.user):
                    items.append({"title": name, "icon": icon, "link": _link(target.url_name)})
                continue
            model_admin = by_label.get(target)
            if model_admin is not None and model_admin.has_module_permission(request):
                options = model_admin.model._meta
                link = _link(f"admin:{options.app_label}_{options.model_name}_changelist")
                items.append({"title": name, "icon": icon, "link": link})
        if items:
            menu.append({"title": title, "items": items})
    return menu


def _mark_active(menu: list[dict[str, Any]], path: str) -> None:
    """Mark only the entry with the longest link above `path`: some pages are below others."""
    entries = [entry for group in menu for entry in group["items"]]
    above = [entry for entry in entries if path.startswith(entry["link"]) and entry["link"] != _link("admin:index")]
    here = max(above, key=lambda entry: len(entry["link"]), default=entries[0] if path == entries[0]["link"] else None)
    for entry in entries:
        entry["active"] = entry is here
