"""What is on: events, their shows, prices and reviews, and how staff bring them in."""

from events.models.access import ACCESS_FIELDS, Access, find_access, write_access
from events.models.charges import ChargedFee, charge_fees, find_price_fees, find_tax_rate, read_charges
from events.models.events import AlsoBooked, Event, EventQuerySet, Label, SearchWord, SortTitleField
from events.models.fees import FeeCase, FeeRule
from events.models.imports import ImportRun, ImportRunQuerySet, ShowKey
from events.models.own_settings import Level, OwnSettings, RefundPolicy, TransferPolicy
from events.models.pictures import EventPhoto, Portrait
from events.models.prices import Price, PriceTemplate, TemplatePrice, TicketType
from events.models.reviews import BaseReview, Review, TheaterReview
from events.models.sales_rules import SalesRule, SaleTimes
from events.models.shows import CODE_ALPHABET, Show, ShowArea, ShowQuerySet, make_show_code
from events.models.ticket_rules import (
    COMPANION_ALONE,
    COMPANION_RULES,
    RULES_OF_PARTY,
    WAIVABLE_RULES,
    Admission,
    Rule,
    Violation,
    explain_terms,
    explain_window,
    find_violations,
    find_window,
    summarize_rules,
)
from events.models.timetable import TimetableChange

__all__ = [
    "ACCESS_FIELDS",
    "CODE_ALPHABET",
    "COMPANION_ALONE",
    "COMPANION_RULES",
    "RULES_OF_PARTY",
    "WAIVABLE_RULES",
    "Access",
    "Admission",
    "AlsoBooked",
    "BaseReview",
    "ChargedFee",
    "Event",
    "EventPhoto",
    "EventQuerySet",
    "FeeCase",
    "FeeRule",
    "ImportRun",
    "ImportRunQuerySet",
    "Label",
    "Level",
    "OwnSettings",
    "Portrait",
    "Price",
    "PriceTemplate",
    "RefundPolicy",
    "Review",
    "Rule",
    "SaleTimes",
    "SalesRule",
    "SearchWord",
    "Show",
    "ShowArea",
    "ShowKey",
    "ShowQuerySet",
    "SortTitleField",
    "TemplatePrice",
    "TheaterReview",
    "TicketType",
    "TimetableChange",
    "TransferPolicy",
    "Violation",
    "charge_fees",
    "explain_terms",
    "explain_window",
    "find_access",
    "find_price_fees",
    "find_tax_rate",
    "find_violations",
    "find_window",
    "make_show_code",
    "read_charges",
    "summarize_rules",
    "write_access",
]
