"""The halls of the demo season, as seating-plan documents built from rows, curves and aisles."""

from collections.abc import Iterable, Sequence
from math import cos, pi, sin
from typing import Any

from theaters.seat_maps.arrange import Numbering, arrange_rows, place_table, row_labels

Document = dict[str, Any]
_STAGE = {"color": "#3a3633", "border_color": "#3a3633"}


def _category(name: str, color: str) -> dict[str, str]:
    return {"name": name, "color": color}


def _zone(name: str, x: float, y: float, rows: list[Document], areas: Sequence[Document] = ()) -> Document:
    return {"name": name, "position": {"x": round(x, 2), "y": round(y, 2)}, "rows": rows, "areas": list(areas)}


def _rectangle(uuid: str, text: str, y: float, width: float, height: float) -> Document:
    """Draw a labeled rectangle in the middle of its zone; y is its upper edge."""
    return {
        "uuid": uuid,
        "shape": "rectangle",
        "position": {"x": -width / 2, "y": y},
        "rectangle": {"width": width, "height": height},
        "text": {"position": {"x": width / 2, "y": height / 2}, "text": text, "color": "#ffffff", "size": 16},
        "rotation": 0,
        **_STAGE,
    }


def _flag(seat: Document, **flags: bool) -> None:
    seat.setdefault("marquee", {}).update(flags)


def _add_wheelchair_places(rows: Iterable[Document], *, right: bool = True) -> None:
    """Make the ends of these rows wheelchair places, each with a companion seat beside it."""
    for row in rows:
        ends = [row["seats"][:2]] + ([row["seats"][-1:-3:-1]] if right else [])
        for place, beside in ends:
            _flag(place, accessible=True, step_free=True)
            _flag(beside, companion=True, step_free=True)


def _restrict_ends(rows: Iterable[Document], count: int) -> None:
    """Mark the outermost seats of these rows as having a restricted view."""
    for row in rows:
        for seat in row["seats"][:count] + row["seats"][-count:]:
            _flag(seat, restricted=True)


def studio(name: str, *, rows: int = 7, seats: int = 12, category: str = "All seats") -> Document:
    """A black box: straight rows with one aisle, all at one price."""
    built = arrange_rows(
        row_labels(rows), [[seats // 2, seats - seats // 2]] * rows, category=category, prefix="studio"
    )
    _add_wheelchair_places(built[:1])
    width = (seats + 2) * 20
    return {
        "name": name,
        "categories": [_category(category, "#34597f")],
        "zones": [
            _zone("", width, 130, built, [_rectangle("stage", "Playing area", -110, width * 0.8, 70)]),
        ],
    }


def cinema(name: str, *, rows: int, seats: int, prefix: str) -> Document:
    """A multiplex hall: a center aisle, rows that widen to the back, the best seats behind."""
    widths = [seats - 4 if row < 2 else seats - 2 if row < 4 else seats for row in range(rows)]  # noqa: PLR2004
    categories = ["Front" if row < 2 else "Premium" if row >= rows - 4 else "Standard" for row in range(rows)]  # noqa: PLR2004
    built = arrange_rows(
        row_labels(rows),
        [[width // 2, width // 2] for width in widths],
        category=categories,
        prefix=prefix,
        radius=900,
        aisle_width=34,
    )
    _add_wheelchair_places([built[0], built[rows - 5]], right=rows > 9)  # noqa: PLR2004
    width = (seats + 3) * 20
    return {
        "name": name,
        "categories": [
            _category("Premium", "#8c2f39"),
            _category("Standard", "#34597f"),
            _category("Front", "#3d6b57"),
        ],
        "zones": [_zone("", width / 2 + 40, 150, built, [_rectangle("screen", "Screen", -110, width * 0.86, 26)])],
    }


def proscenium(name: str, *, stalls: int, circle: int, balcony: int, width: int, numbering: Numbering) -> Document:
    """A proscenium theater: stalls, dress circle and balcony around one center.

    `stalls`, `circle` and `balcony` are numbers of rows; `width` is the seats of the front row.
    """
    front = 460.0
    side = width // 4
    floor = arrange_rows(
        row_labels(stalls),
        [[side + row // 5, width - 2 * side + row // 2, side + row // 5] for row in range(stalls)],
        category=["Stalls" if row < stalls * 2 // 3 else "Rear stalls" for row in range(stalls)],
        prefix="stalls",
        numbering=numbering,
        radius=front,
    )
    _add_wheelchair_places([floor[stalls // 3], floor[stalls // 2], floor[-1]])
    circle_radius = front + stalls * 26 + 60
    upper = arrange_rows(
        row_labels(circle),
        [[side + 4 + row // 2, width - 2 * side + 10 + row, side + 4 + row // 2] for row in range(circle)],
        category="Dress circle",
        prefix="circle",
        numbering=numbering,
        radius=circle_radius,
    )
    _add_wheelchair_places(upper[:2])
    balcony_radius = circle_radius + circle * 26 + 60
    top = arrange_rows(
        row_labels(balcony),
        [[side + 5 + row // 2, width - 2 * side + 14 + row, side + 5 + row // 2] for row in range(balcony)],
        category="Balcony",
        prefix="balcony",
        numbering=numbering,
        radius=balcony_radius,
    )
    _restrict_ends(top, 3)
    middle, start = (width + 32) * 20 / 2, 190.0
    return {
        "name": name,
        "categories": [
            _category("Dress circle", "#8c2f39"),
            _category("Stalls", "#b5762b"),
            _category("Rear stalls", "#34597f"),
            _category("Balcony", "#3d6b57"),
        ],
        "zones": [
            _zone("Stalls", middle, start, floor, [_rectangle("stage", "Stage", -170, width * 17, 84)]),
            _zone("Dress circle", middle, start + circle_radius - front, upper),
            _zone("Balcony", middle, start + balcony_radius - front, top),
        ],
    }


def _boxes(tier: str, *, prefix: str, count: int, out: float, category: str, start: float) -> Document:
    """Build one tier of boxes of five, `count` on each side of the stalls; even numbers on the right."""
    rows = []
    for number in range(1, 2 * count + 1):
        side = -1 if number % 2 else 1
        step = (number - 1) // 2
        turn = 0.1 * (count - step) / count
        x, y = side * (out + 46 * sin(pi * step / count)), 74.0 * step
        seats = []
        for seat in range(5):
            # Three seats at the rail and two behind; the box is turned a little toward the stage.
            away, along = (0.0, 20.0 * (seat - 1)) if seat < 3 else (20.0, 20.0 * (seat - 3.5))  # noqa: PLR2004
            dx, dy = side * away, along
            seats.append(
                {
                    "seat_guid": f"{prefix}-{number}-{seat + 1}",
                    "seat_number": str(seat + 1),
                    "position": {
                        "x": round(dx * cos(turn) - dy * sin(side * turn), 2),
                        "y": round(dy * cos(turn) + dx * sin(side * turn), 2),
                    },
                    "category": category,
                }
            )
            if step < 2 and seat >= 3:  # noqa: PLR2004 (behind others and beside the stage)
                _flag(seats[-1], restricted=True)
        rows.append(
            {
                "row_number": str(number),
                "row_number_position": "start",
                "position": {"x": round(x, 2), "y": round(y, 2)},
                "seats": seats,
                "marquee": {"table": True},
            }
        )
    return _zone(tier, 0, start, rows)


def opera_house(name: str) -> Document:
    """An opera house of about 1,900 seats: stalls between two tiers of boxes, three curved levels above."""
    front = 620.0
    stalls = arrange_rows(
        [str(row + 1) for row in range(22)],
        [[8 + row // 6, 13 + row // 5, 8 + row // 6] for row in range(22)],
        category=["Parterre I" if row < 10 else "Parterre II" for row in range(22)],  # noqa: PLR2004
        prefix="parterre",
        radius=front,
        row_pitch=27,
    )
    _add_wheelchair_places([stalls[9], stalls[13], stalls[17], stalls[21]])
    levels = []
    radius = front + 22 * 27 + 80
    for title, prefix, rows, sides, center, category in (
        ("Dress circle", "circle", 7, 11, 24, "Dress circle"),
        ("Balcony", "balcony", 7, 13, 28, "Balcony"),
        ("Gallery", "gallery", 5, 14, 30, "Gallery"),
    ):
        built = arrange_rows(
            [str(row + 1) for row in range(rows)],
            [[sides + row // 3, center + row // 2, sides + row // 3] for row in range(rows)],
            category=category,
            prefix=prefix,
            radius=radius,
        )
        levels.append((title, built, radius))
        radius += rows * 26 + 64
    _add_wheelchair_places(levels[0][1][:3])
    _add_wheelchair_places(levels[1][1][:3])
    _restrict_ends(levels[2][1], 5)
    middle, start = 700.0, 250.0
    zones = [
        _zone("Parterre", middle, start, stalls, [_rectangle("stage", "Stage", -225, 560, 110)]),
        *(_zone(title, middle, start + at - front, rows) for title, rows, at in levels),
    ]
    for tier, prefix, out in (("Grand tier boxes", "grand", 440.0), ("Upper boxes", "upper", 540.0)):
        boxes = _boxes(tier, prefix=prefix, count=9, out=out, category="Box", start=start - 150)
        boxes["position"]["x"] = middle
        zones.append(boxes)
    return {
        "name": name,
        "categories": [
            _category("Box", "#6b4a7d"),
            _category("Parterre I", "#8c2f39"),
            _category("Dress circle", "#b5762b"),
            _category("Parterre II", "#34597f"),
            _category("Balcony", "#3d6b57"),
            _category("Gallery", "#4a4a48"),
        ],
        "zones": zones,
    }


def club(name: str) -> Document:
    """A club: 300 stand in front of the stage, and 24 tables of four stand around them."""
    places = [(x, 150 + 86 * line) for line in range(4) for x in (-330, -240, 240, 330)]
    places += [(x, 494 + 86 * line) for line in range(2) for x in (-240, -80, 80, 240)]
    tables = []
    decorations = []
    for number, (x, y) in enumerate(places, start=1):
        seats = [
            {
                "seat_guid": f"table-{number}-{seat}",
                "seat_number": str(seat),
                "position": {"x": dx, "y": dy},
                "category": "Table",
            }
            for seat, (dx, dy) in enumerate(place_table(4, pitch=28), start=1)
        ]
        if number in (9, 12, 17, 24):
            _flag(seats[0], accessible=True, step_free=True)
            _flag(seats[1], companion=True, step_free=True)
        tables.append(
            {
                "row_number": str(number),
                "row_number_position": None,
                "position": {"x": x, "y": y},
                "seats": seats,
                "marquee": {"table": True},
            }
        )
        decorations.append(
            {
                "uuid": f"top-{number}",
                "shape": "circle",
                "position": {"x": x, "y": y},
                "circle": {"radius": 11},
                "color": "#d7c29b",
                "border_color": "#6f4e37",
                "rotation": 0,
                "text": {"position": {"x": 0, "y": 0}, "text": str(number), "color": "#3a3633", "size": 11},
            }
        )
    floor = {
        "uuid": "floor",
        "shape": "rectangle",
        "position": {"x": -170, "y": 110},
        "rectangle": {"width": 340, "height": 300},
        "color": "#e3d6c3",
        "border_color": "#8a7a63",
        "rotation": 0,
        "text": {"position": {"x": 170, "y": 150}, "text": "Standing", "color": "#3a3633", "size": 20},
        "marquee": {"name": "Standing", "category": "Standing", "capacity": 300},
    }
    stage = _rectangle("stage", "Stage", 20, 360, 60)
    return {
        "name": name,
        "categories": [_category("Table", "#8c2f39"), _category("Standing", "#34597f")],
        "zones": [_zone("Tables", 420, 20, tables, [stage, *decorations]), _zone("Floor", 420, 20, [], [floor])],
    }


def recital_hall(name: str) -> Document:
    """A shoebox for music: a flat floor and a raised terrace at the rear."""
    floor = arrange_rows(
        [str(row + 1) for row in range(14)], [[5, 12, 5]] * 14, category="Floor", prefix="floor", row_pitch=25
    )
    terrace = arrange_rows(
        [str(row + 1) for row in range(5)], [[6, 12, 6]] * 5, category="Terrace", prefix="terrace", radius=1200
    )
    _add_wheelchair_places([floor[0], floor[13]])
    return {
        "name": name,
        "categories": [_category("Floor", "#8c2f39"), _category("Terrace", "#34597f")],
        "zones": [
            _zone("Floor", 320, 170, floor, [_rectangle("stage", "Stage", -130, 420, 80)]),
            _zone("Terrace", 320, 170 + 14 * 25 + 60, terrace),
        ],
    }
