"""Settings that staff make in the console: of the site, a theater, an event of a theater, or one show.

Each is declared once, as a `Setting` below. Its value is that of the lowest level that sets it; where no level
does, the environment's or the default. A page, a mail and the door ask `SETTING.of(scope)`; the console
asks `SETTING.resolve(scope)`, which also says where the value comes from.

What the site, theaters and events set is remembered by each process for `STALE_SECONDS`: one query for all,
none while it is fresh. A show's own values are columns of its row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

from django.conf import settings
from django.db import models
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.models.own_settings import Level, OwnSettings, RefundPolicy, TransferPolicy, split_languages
from lib.languages import find_closest
from lib.process_memory import Memory

V = TypeVar("V")
Values = Mapping[str, Any]


class Refunds(NamedTuple):
    """Until how many hours before the start tickets may be returned, and for what percentage; without hours, never."""

    hours: int | None
    percent: int = 100


@dataclass(frozen=True, slots=True)
class Scope:
    """For what a setting is wanted: the whole site, a theater, an event there, or one show."""

    theater_id: int | None = None
    event_id: int | None = None
    show: models.Model | None = None

    @property
    def level(self) -> Level:
        if self.show is not None:
            return Level.SHOW
        if self.event_id is not None:
            return Level.EVENT
        return Level.SITE if self.theater_id is None else Level.THEATER

    def above(self) -> Scope | None:
        """Return the next level up; None for the site."""
        if self.show is not None:
            return Scope(self.theater_id, self.event_id)
        if self.event_id is not None:
            return Scope(self.theater_id)
        return None if self.theater_id is None else Scope()


SITE = Scope()


class Resolved(NamedTuple, Generic[V]):
    value: V
    level: Level


class Book(NamedTuple):
    """What is set above shows, by column: by the site, by theaters, and by theaters for an event."""

    site: Values
    theaters: Mapping[int | None, Values]
    events: Mapping[tuple[int | None, int | None], Values]

    def sets(self, name: str) -> bool:
        """Return True if the site or a theater sets this column."""
        return name in self.site or any(name in values for values in self.theaters.values())


NOTHING_SET = Book({}, {}, {})
# What a process remembers of them is this old at most.
STALE_SECONDS = 10
_KEY = "settings"
_books: Memory[Book] = Memory(1)


def forget_settings() -> None:
    """Let a change show: at once in this process, in others within `STALE_SECONDS`."""
    _books.clear()


def remember_settings(book: Book) -> None:
    _books.set(_KEY, book, STALE_SECONDS)


def remembered_settings() -> Book | None:
    return _books.get(_KEY)


def _read_book() -> Book:
    book = remembered_settings()
    if book is None:
        site: Values = {}
        theaters: dict[int | None, Values] = {}
        events: dict[tuple[int | None, int | None], Values] = {}
        for row in OwnSettings.objects.all():
            if row.level == Level.SITE:
                site = row.values()
            elif row.level == Level.THEATER:
                theaters[row.theater_id] = row.values()
            else:
                events[row.theater_id, row.event_id] = row.values()
        book = Book(site, theaters, events)
        remember_settings(book)
    return book


@dataclass(frozen=True)
class Setting(Generic[V]):
    """A setting: its columns on `OwnSettings` and, of the same name, on `Show` if shows may set it.

    `write` puts a value into words, as staff and the docs read it; `told` is what customers see of it. `variable` names
    the environment's variable that gives the default.
    """

    name: str
    group: str | Promise
    default: Callable[[], V]
    write: Callable[[V], str]
    told: str | Promise
    # What a change leaves as it is for people who have tickets or hold seats already.
    kept: str | Promise
    lowest: Level = Level.SHOW
    variable: str = ""
    # None unless these values of a level say something about this setting.
    read: Callable[[Values], V | None] | None = None
    columns: tuple[str, ...] = field(default=())

    @property
    def fields(self) -> tuple[str, ...]:
        return self.columns or (self.name,)

    @property
    def levels(self) -> list[Level]:
        """The levels at which staff may set it."""
        order = list(Level)
        return order[1 : order.index(self.lowest) + 1]

    @property
    def label(self) -> str:
        return str(OwnSettings._meta.get_field(self.name).verbose_name)  # type: ignore[union-attr]

    def of(self, scope: Scope) -> V:
        return self.resolve(scope).value

    def is_set_anywhere(self) -> bool:
        """Return True if the site or a theater sets it."""
        return _read_book().sets(self.name)

    def resolve(self, scope: Scope) -> Resolved[V]:
        """Return the value that holds there and the level that sets it."""
        book = _read_book()
        if scope.show is not None and self.lowest == Level.SHOW:
            own = {name: getattr(scope.show, name) for name in self.fields}
            if (value := self.find(own)) is not None:
                return Resolved(value, Level.SHOW)
        above = (
            (Level.EVENT, book.events.get((scope.theater_id, scope.event_id))),
            (Level.THEATER, book.theaters.get(scope.theater_id)),
            (Level.SITE, book.site),
        )
        for level, values in above:
            if values and (value := self.find(values)) is not None:
                return Resolved(value, level)
        return Resolved(self.default(), Level.DEFAULT)

    def resolve_above(self, scope: Scope) -> Resolved[V]:
        """Return what would hold there if this level set nothing."""
        above = scope.above()
        return Resolved(self.default(), Level.DEFAULT) if above is None else self.resolve(above)

    def find(self, values: Values) -> V | None:
        """Return what these columns of a level set; None if they leave it to the level above."""
        if self.read is not None:
            return self.read(values)
        found: V | None = values.get(self.name)
        return found


def _read_refunds(values: Values) -> Refunds | None:
    if not values.get("refunds"):
        return None
    if values["refunds"] == RefundPolicy.NEVER:
        return Refunds(None)
    percent = values.get("refund_percent")
    return Refunds(values["refund_hours"], 100 if percent is None else percent)


def _spoken(languages: str) -> tuple[str, ...]:
    """Return the codes that the program still speaks, in their order."""
    known = dict(settings.LANGUAGES)
    return tuple(code for code in split_languages(languages) if code in known)


def write_minutes(minutes: int) -> str:
    return ngettext("%d minute", "%d minutes", minutes) % minutes


def write_hours(hours: int) -> str:
    return ngettext("%d hour", "%d hours", hours) % hours


def write_refunds(refunds: Refunds) -> str:
    if refunds.hours is None:
        return gettext("never returnable")
    return gettext("returnable until %(hours)d h before the start, for %(percent)d %%") % {
        "hours": refunds.hours,
        "percent": refunds.percent,
    }


def write_release(hours: int | None) -> str:
    return gettext("never") if hours is None else write_hours(hours)


SELLING = _("Selling")
VISIT = _("Before the visit")
PROGRAMME = _("Program")

HOLD_MINUTES: Setting[int] = Setting(
    name="hold_minutes",
    group=SELLING,
    default=lambda: settings.HOLD_MINUTES,
    variable="HOLD_MINUTES",
    write=write_minutes,
    told=_("Customers see a clock that counts this down from when they choose seats."),
    kept=_("Seats that are held now keep the time that their customers were told."),
)
HOLD_EXTENSION_MINUTES: Setting[int] = Setting(
    name="hold_extension_minutes",
    group=SELLING,
    lowest=Level.THEATER,
    default=lambda: settings.HOLD_EXTENSION_MINUTES,
    variable="HOLD_EXTENSION_MINUTES",
    write=write_minutes,
    told=_("Their clock gets so much on top when they begin to pay, so that nobody loses seats at the bank."),
    kept=_("Payments that have begun keep the time that they were given."),
)
TICKETS_PER_CUSTOMER: Setting[int] = Setting(
    name="tickets_per_customer",
    group=SELLING,
    default=lambda: 10,
    write=lambda number: ngettext("%d ticket", "%d tickets", number) % number,
    told=_("Customers can't choose more for one show, in all their bookings together."),
    kept=_("Customers who have more already keep their tickets, but get no others."),
)
REFUNDS: Setting[Refunds] = Setting(
    name="refunds",
    group=SELLING,
    columns=("refunds", "refund_hours", "refund_percent"),
    default=lambda: Refunds(None),
    read=_read_refunds,
    write=write_refunds,
    told=_("Written beside the prices and in the booking. Tickets that were sold keep the terms they were sold with."),
    kept=_("Shows with tickets that are sold or held keep their present terms, as their own."),
)
ACCESS_RELEASE_HOURS: Setting[int | None] = Setting(
    name="access_release_hours",
    group=SELLING,
    default=lambda: None,
    write=write_release,
    told=_("From then on wheelchair places and companion seats are sold like all others."),
    kept=_("Places that were sold to anybody stay theirs."),
)
WAITING_LIST_HOURS: Setting[int] = Setting(
    name="waiting_list_hours",
    group=SELLING,
    lowest=Level.EVENT,
    default=lambda: settings.WAITING_LIST_OFFER_HOURS,
    variable="WAITING_LIST_OFFER_HOURS",
    write=write_hours,
    told=_("The mail with an offer names its end. It comes sooner when the sale ends soon."),
    kept=_("Offers that are out stand as long as their mail says."),
)
DOORS_MINUTES: Setting[int] = Setting(
    name="doors_minutes",
    group=VISIT,
    lowest=Level.EVENT,
    default=lambda: settings.DOORS_HOURS * 60,
    variable="DOORS_HOURS",
    write=write_minutes,
    told=_(
        "Tickets, mails and calendars say when doors open, and nobody is admitted before. Where no level sets it, the "
        "door admits from the default, and customers are not told a time. A show may name its own time."
    ),
    kept=_("Tickets and mails that people have name the former time; pages, calendars and passes follow."),
)
REMINDER_HOURS: Setting[int] = Setting(
    name="reminder_hours",
    group=VISIT,
    lowest=Level.EVENT,
    default=lambda: 24,
    write=lambda hours: write_hours(hours) if hours else gettext("no reminder"),
    told=_("Customers get a mail so many hours before the start; 0: none."),
    kept=_("Nobody gets a second reminder; one that becomes due is sent with the next run."),
)
TRANSFERS: Setting[str] = Setting(
    name="transfers",
    group=SELLING,
    lowest=Level.EVENT,
    default=lambda: TransferPolicy.STAFF.value,
    read=lambda values: values.get("transfers") or None,
    write=lambda policy: str(TransferPolicy(policy).label),
    told=_("They may choose it beside the other ways to pay, if the theater has a bank account and there is time."),
    kept=_("Who was told to pay by bank transfer may still do so."),
)
TRANSFER_DAYS: Setting[int] = Setting(
    name="transfer_days",
    group=SELLING,
    lowest=Level.EVENT,
    default=lambda: 7,
    write=lambda days: ngettext("%d day", "%d days", days) % days,
    told=_("Their page and mail say by which day the money must arrive, at the latest two days before the first show."),
    kept=_("Seats that wait for a transfer keep the day that their customers were told."),
)
WEEK_STARTS_ON: Setting[int] = Setting(
    name="week_starts_on",
    group=PROGRAMME,
    lowest=Level.THEATER,
    default=lambda: 0,
    write=lambda day: str(WEEKDAYS[day]),
    told=_("The program on the theater's page begins a new week on this day: Thursday in many cinemas."),
    kept=_("Nothing but the page changes."),
)
LANGUAGES: Setting[tuple[str, ...]] = Setting(
    name="languages",
    group=PROGRAMME,
    lowest=Level.THEATER,
    default=lambda: tuple(code for code, _name in settings.LANGUAGES),
    read=lambda values: _spoken(values.get("languages", "")) or None,
    write=lambda codes: ", ".join(str(dict(settings.LANGUAGES).get(code, code)) for code in codes),
    told=_(
        "Mails and tickets are in the customer's language if it is among these, otherwise in the first. The site's are "
        "offered on its pages, and a theater's on its own domain, or where the site has just one theater."
    ),
    kept=_("Bookings that were made keep their language."),
)


def find_doors(doors_at: datetime | None, starts_at: datetime, scope: Scope) -> datetime | None:
    """Return when doors open, as customers are told; None if neither the show nor a level above says."""
    if doors_at is not None:
        return doors_at
    minutes, level = DOORS_MINUTES.resolve(scope)
    return None if level == Level.DEFAULT else starts_at - timedelta(minutes=minutes)


def choose_language(language: str, theater_id: int) -> str:
    """Return the language in which a theater writes to a customer of this one."""
    offered = LANGUAGES.of(Scope(theater_id))
    return find_closest(language, offered)


SETTINGS: tuple[Setting[Any], ...] = (
    HOLD_MINUTES,
    HOLD_EXTENSION_MINUTES,
    TICKETS_PER_CUSTOMER,
    REFUNDS,
    ACCESS_RELEASE_HOURS,
    TRANSFERS,
    TRANSFER_DAYS,
    WAITING_LIST_HOURS,
    DOORS_MINUTES,
    REMINDER_HOURS,
    WEEK_STARTS_ON,
    LANGUAGES,
)
# Where a value comes from, in words.
SOURCES: dict[Level, str | Promise] = {
    Level.DEFAULT: _("the default"),
    Level.SITE: _("from the site's settings"),
    Level.THEATER: _("from the theater's settings"),
    Level.EVENT: _("from the event's settings"),
    Level.SHOW: _("set for this show"),
}
