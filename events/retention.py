"""How long this app keeps what it holds; see `operations/retention.py`."""

from events.models import (
    AlsoBooked,
    Event,
    EventPhoto,
    FeeRule,
    ImportRun,
    Label,
    OwnSettings,
    Portrait,
    Price,
    PriceTemplate,
    Review,
    SalesRule,
    SearchWord,
    Show,
    ShowArea,
    ShowKey,
    TemplatePrice,
    TheaterReview,
    TicketType,
    TimetableChange,
)
from operations.retention import Follows, Kept, Pruned
from theaters.models import Theater

RETENTION = [
    Kept(Event, "Shows and reviews belong to it."),
    Follows(SearchWord, Event),
    Kept(AlsoBooked, "Ranks of events, replaced each night; nothing of anyone."),
    Follows(Review, Event),
    Follows(TheaterReview, Theater),
    Follows(EventPhoto, Event),
    Kept(Portrait, "A theater's own, until it is deleted."),
    Kept(Label, "Part of the program."),
    Kept(Show, "What was sold names it."),
    Follows(ShowArea, Show),
    Follows(ShowKey, Show),
    Follows(Price, Show),
    Kept(TicketType, "Tickets name it."),
    Kept(PriceTemplate, "A theater's own, until it is deleted."),
    Follows(TemplatePrice, PriceTemplate),
    Kept(FeeRule, "A theater's own, until it is deleted."),
    Kept(SalesRule, "A theater's own, until it is deleted."),
    Kept(OwnSettings, "They hold until they are changed."),
    Pruned(ImportRun, "imports of events and shows, with their files", "KEEP_UPLOAD_DAYS", "created_at"),
    Pruned(TimetableChange, "changes of a timetable, to be undone", "KEEP_UPLOAD_DAYS", "created_at"),
]

# Prices and refund terms.
BOOKS = [Event, FeeRule, OwnSettings, Show, Price, PriceTemplate, SalesRule, TicketType]
