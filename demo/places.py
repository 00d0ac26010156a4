"""The cities, theaters and halls of the demo season. The buildings are invented; the cities are not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from demo import halls
from theaters.stock import TicketStock

LEVEL_ACCESS = (
    "Step-free from the street to the foyer and to the wheelchair places. Accessible toilet on the ground floor. "
    "Hearing loop in the hall. Assistance dogs are welcome."
)
LIFT_ACCESS = (
    "A lift serves every level. Wheelchair places are at the ends of rows, each with a companion seat beside it. "
    "Infrared hearing assistance: ask for a receiver at the cloakroom. Assistance dogs are welcome."
)


@dataclass(frozen=True)
class CityPlan:
    slug: str
    name: str
    country: str
    time_zone: str


@dataclass(frozen=True)
class HallPlan:
    """A hall; `fill` is the share of its seats that is usually sold in the end."""

    key: str
    name: str
    layout: dict[str, Any]
    fill: float
    cleaning_minutes: int = 20


@dataclass(frozen=True)
class TheaterPlan:
    """A theater; all prices are multiples of `price_unit`; `price_level` is an adult's price in the middle."""

    slug: str
    name: str
    city: str
    place: str
    currency: str
    tax_rate: Decimal
    price_unit: Decimal
    price_level: Decimal
    latitude: Decimal
    longitude: Decimal
    description: str
    travel_information: str
    access_information: str
    halls: tuple[HallPlan, ...] = field(default=())
    phone: str = ""
    # Reduced ticket types, with the share of the adult price.
    reduced: tuple[tuple[str, str, Decimal], ...] = ()
    # The rules of ticket types, by their names.
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    ticket_stock: TicketStock = TicketStock.A4_FOUR
    # It charges a service fee and a booking fee on the web, with a tax rate of their own.
    has_fees: bool = False


CITIES = (
    CityPlan("vienna", "Vienna", "AT", "Europe/Vienna"),
    CityPlan("edinburgh", "Edinburgh", "GB", "Europe/London"),
    CityPlan("mumbai", "Mumbai", "IN", "Asia/Kolkata"),
    CityPlan("kyoto", "Kyoto", "JP", "Asia/Tokyo"),
)

_CHILD = ("Child", "Up to 14 years", Decimal("0.5"))
_CONCESSION = ("Concession", "Students, seniors and people out of work, with proof", Decimal("0.7"))

THEATERS = (
    TheaterPlan(
        slug="lindenbruecke",
        name="Theater an der Lindenbrücke",
        city="vienna",
        place="Lindenbrücke 3, 1020 Vienna",
        currency="EUR",
        tax_rate=Decimal(13),
        price_unit=Decimal("0.50"),
        price_level=Decimal(38),
        latitude=Decimal("48.215300"),
        longitude=Decimal("16.379100"),
        description=(
            "A repertory house on the canal. Drama old and new on the big stage, first attempts and last-minute "
            "ideas in the studio next door, and a foyer bar that stays open after the curtain."
        ),
        travel_information="Trams stop at the bridge. The garage under the market is open until midnight.",
        access_information=LIFT_ACCESS,
        halls=(
            HallPlan(
                "grosses-haus",
                "Großes Haus",
                halls.proscenium(
                    "Großes Haus", stalls=16, circle=5, balcony=5, width=20, numbering="odd left, even right"
                ),
                0.32,
                cleaning_minutes=40,
            ),
            HallPlan("studio", "Studio", halls.studio("Studio", rows=7, seats=12), 0.7),
        ),
        reduced=(
            _CONCESSION,
            _CHILD,
            ("Early bird", "", Decimal("0.8")),
            ("Group", "", Decimal("0.75")),
            ("Companion", "", Decimal(0)),
        ),
        rules={
            "Concession": {"proof": "A card that entitles to it"},
            "Child": {"per_accompanying": 3},
            "Early bird": {"until_days": 7},
            "Group": {"group_from": 6},
            "Companion": {"is_companion": True},
        },
    ),
    TheaterPlan(
        slug="lichtspiele-am-markt",
        name="Lichtspiele am Markt",
        city="vienna",
        place="Marktgasse 21, 1070 Vienna",
        currency="EUR",
        tax_rate=Decimal(13),
        price_unit=Decimal("0.50"),
        price_level=Decimal("11.50"),
        latitude=Decimal("48.201700"),
        longitude=Decimal("16.349500"),
        description=(
            "Three screens for films that were made before sound was, with live music as often as we can, "
            "and a projection booth that still threads 35 mm."
        ),
        travel_information="Trams stop at the market. Bicycle stands by the door.",
        access_information=LEVEL_ACCESS,
        halls=(
            HallPlan("saal-1", "Saal 1", halls.cinema("Saal 1", rows=13, seats=20, prefix="s1"), 0.2),
            HallPlan("saal-2", "Saal 2", halls.cinema("Saal 2", rows=12, seats=16, prefix="s2"), 0.18),
            HallPlan("saal-3", "Saal 3", halls.cinema("Saal 3", rows=10, seats=16, prefix="s3"), 0.2),
        ),
        reduced=(_CONCESSION, _CHILD),
        ticket_stock=TicketStock.ROLL,
    ),
    TheaterPlan(
        slug="north-quay-opera",
        name="North Quay Opera House",
        city="edinburgh",
        place="12 North Quay, Edinburgh EH6",
        currency="GBP",
        tax_rate=Decimal(20),
        price_unit=Decimal(1),
        price_level=Decimal(52),
        latitude=Decimal("55.976200"),
        longitude=Decimal("-3.170500"),
        description=(
            "Opera, ballet and the symphonic repertoire in a horseshoe of two tiers of boxes and three curved "
            "balconies, where the seats furthest up are the cheapest and, some say, sound the best."
        ),
        travel_information="Buses stop on the quay. The car park behind the house opens two hours before the curtain.",
        access_information=LIFT_ACCESS,
        halls=(HallPlan("auditorium", "Auditorium", halls.opera_house("Auditorium"), 0.18, cleaning_minutes=60),),
        phone="0131 496 0120",
        reduced=(_CONCESSION, ("Under 26", "With proof of age", Decimal("0.4"))),
        ticket_stock=TicketStock.LARGE_CARD,
    ),
    TheaterPlan(
        slug="the-undercroft",
        name="The Undercroft",
        city="edinburgh",
        place="7 Tallow Close, Edinburgh EH1",
        currency="GBP",
        tax_rate=Decimal(20),
        price_unit=Decimal(1),
        price_level=Decimal(16),
        latitude=Decimal("55.949500"),
        longitude=Decimal("-3.190400"),
        description=(
            "Two vaulted cellars below the old town: a club with a dance floor and candle-lit tables, "
            "and a back room for sixty where anybody may try out anything."
        ),
        travel_information="On foot from the station, down the steps of the close. No parking in the old town.",
        access_information=(
            "A platform lift leads from the close to the club. The back room has two steps; we have a ramp, "
            "please tell us that you are coming. Accessible toilet beside the bar."
        ),
        halls=(
            HallPlan("club", "Club", halls.club("Club"), 0.55, cleaning_minutes=45),
            HallPlan("back-room", "Back Room", halls.studio("Back Room", rows=6, seats=10), 0.7),
        ),
        phone="0131 496 0135",
        reduced=(_CONCESSION,),
    ),
    TheaterPlan(
        slug="sagar-natyagriha",
        name="Sagar Natyagriha",
        city="mumbai",
        place="Sea Lane, Dadar West, Mumbai 400028",
        currency="INR",
        tax_rate=Decimal(18),
        price_unit=Decimal(50),
        price_level=Decimal(800),
        latitude=Decimal("19.020600"),
        longitude=Decimal("72.839500"),
        description=(
            "A proscenium stage for drama, dance and music in Sanskrit, Marathi, Hindi and English, "
            "and a black box for the experiments. The tea stall outside is older than the building."
        ),
        travel_information="Dadar station, west side, then ten minutes on foot towards the sea.",
        access_information=LEVEL_ACCESS,
        halls=(
            HallPlan(
                "main-stage",
                "Main Stage",
                halls.proscenium("Main Stage", stalls=15, circle=4, balcony=4, width=18, numbering="left to right"),
                0.3,
                cleaning_minutes=30,
            ),
            HallPlan("black-box", "Black Box", halls.studio("Black Box", rows=8, seats=14), 0.65),
        ),
        reduced=(_CONCESSION, _CHILD),
    ),
    TheaterPlan(
        slug="chitra-talkies",
        name="Chitra Talkies",
        city="mumbai",
        place="Station Road, Matunga East, Mumbai 400019",
        currency="INR",
        tax_rate=Decimal(18),
        price_unit=Decimal(10),
        price_level=Decimal(320),
        latitude=Decimal("19.027400"),
        longitude=Decimal("72.850200"),
        description=(
            "A picture house on two screens with a weakness for the silent era: matinees for the family, "
            "late shows with live tabla, and popcorn with curry leaves."
        ),
        travel_information="Matunga station, east side, across the road.",
        access_information=LEVEL_ACCESS,
        halls=(
            HallPlan("screen-1", "Screen 1", halls.cinema("Screen 1", rows=14, seats=24, prefix="a"), 0.16),
            HallPlan("screen-2", "Screen 2", halls.cinema("Screen 2", rows=11, seats=18, prefix="b"), 0.18),
        ),
        reduced=(_CHILD,),
    ),
    TheaterPlan(
        slug="kamo-recital-hall",
        name="Kamo Recital Hall",
        city="kyoto",
        place="Kawabata-dori, Sakyo-ku, Kyoto",
        currency="JPY",
        tax_rate=Decimal(10),
        price_unit=Decimal(500),
        price_level=Decimal(4500),
        latitude=Decimal("35.030100"),
        longitude=Decimal("135.772500"),
        description=(
            "A shoebox of cedar by the river, built for music that is quieter than the audience. "
            "No amplification, no latecomers between movements, and green tea in the interval."
        ),
        travel_information="Along the river from the station. Bicycles are parked by the gate.",
        access_information=LEVEL_ACCESS,
        halls=(HallPlan("hall", "Great Hall", halls.recital_hall("Great Hall"), 0.45),),
        reduced=(("Student", "With a student card", Decimal("0.5")),),
        has_fees=True,
    ),
)
