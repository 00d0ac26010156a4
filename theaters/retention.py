"""How long this app keeps what it holds; see `operations/retention.py`."""

from operations.retention import Follows, Kept, Pruned
from theaters.models import (
    Area,
    Backdrop,
    Brand,
    City,
    FormerWording,
    Hall,
    Invitation,
    OpeningHours,
    Seat,
    SeatCategory,
    SeatMap,
    SeatMapUpload,
    SectionPhoto,
    Seller,
    SendingDomain,
    StaffMembership,
    TaxRate,
    Theater,
    Wording,
)

RETENTION = [
    Kept(City, "Theaters are in it."),
    Kept(Seller, "Customers have contracts with it."),
    Kept(Theater, "What it sold belongs to it."),
    Kept(TaxRate, "Its law, until it is deleted."),
    Kept(Brand, "Theaters bear it."),
    Kept(StaffMembership, "A role, until it is taken away."),
    Kept(Hall, "Shows were in it."),
    Kept(SeatMap, "Tickets name its seats; a published one never changes."),
    Follows(Seat, SeatMap),
    Follows(SeatCategory, SeatMap),
    Follows(Area, SeatMap),
    Follows(OpeningHours, Theater),
    Follows(SectionPhoto, Hall),
    Follows(SendingDomain, Brand),
    Follows(Wording, Theater),
    Follows(FormerWording, Wording),
    Pruned(Invitation, "invitations to a team, after they ended", "KEEP_INVITATION_DAYS", "expires_at"),
    Pruned(SeatMapUpload, "files of seat maps", "KEEP_UPLOAD_DAYS", "created_at"),
    Pruned(Backdrop, "pictures to trace in the seat-map editor", "KEEP_BACKDROP_DAYS", "seen_at"),
]

# Tax rate, currency and VAT number matter for the books.
BOOKS = [Theater, Seller, TaxRate]
