"""Places: cities, theaters and who works in them, halls, and their versioned seat maps."""

from theaters.models.backdrops import Backdrop
from theaters.models.brands import Brand
from theaters.models.opening_hours import OpeningHours
from theaters.models.places import City, Hall, Theater, TheaterQuerySet
from theaters.models.seat_maps import Area, Seat, SeatCategory, SeatMap, SeatMapUpload
from theaters.models.section_photos import SectionPhoto
from theaters.models.sellers import Seller
from theaters.models.sending_domains import SendingDomain
from theaters.models.taxes import SaleKind, TaxRate, TaxRounding
from theaters.models.team import Invitation, StaffMembership
from theaters.models.wordings import FormerWording, Wording

__all__ = [
    "Area",
    "Backdrop",
    "Brand",
    "City",
    "FormerWording",
    "Hall",
    "Invitation",
    "OpeningHours",
    "SaleKind",
    "Seat",
    "SeatCategory",
    "SeatMap",
    "SeatMapUpload",
    "SectionPhoto",
    "Seller",
    "SendingDomain",
    "StaffMembership",
    "TaxRate",
    "TaxRounding",
    "Theater",
    "TheaterQuerySet",
    "Wording",
]
