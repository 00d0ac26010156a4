"""Seating plans of all shapes, for properties: repeated labels, rotated areas, polygons, tables, unknown keys."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

LABELS = st.sampled_from(["", "A", "B", "A", "Ä", "12", "1-20", "=1", "שורה", "पंक्ति", "a, b; \"c\" 'd' & e"])
NUMBERS = st.sampled_from(["1", "2", "3", "4", "101", "7a", "1-20", "½", "٣"])
SECTIONS = st.sampled_from(["", "Stalls", "Stalls", "Balcony", "יציע", "Ring & Loge"])
CATEGORIES = ["Best", "Good", "Cheap, “far”"]
COORDINATE = st.integers(-4000, 4000).map(lambda tenths: tenths / 10)
LENGTH = st.integers(10, 2000).map(lambda tenths: tenths / 10)
FLAGS = st.lists(st.sampled_from(["accessible", "companion", "restricted", "aisle"]), max_size=2).map(
    lambda names: dict.fromkeys(names, True)
)
UNKNOWN = st.dictionaries(
    st.sampled_from(["x-note", "x-editor"]),
    st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | st.text("aé\n", max_size=3), st.lists, max_leaves=3),
    max_size=1,
)


def points() -> st.SearchStrategy[dict[str, float]]:
    return st.fixed_dictionaries({"x": COORDINATE, "y": COORDINATE})


@st.composite
def shapes(draw: Any) -> dict[str, Any]:
    """Return a shape of the open format, with its measures under its own key."""
    kind = draw(st.sampled_from(["rectangle", "circle", "ellipse", "polygon", "text"]))
    measures: Any = {
        "rectangle": st.fixed_dictionaries({"width": LENGTH, "height": LENGTH}),
        "circle": st.fixed_dictionaries({"radius": LENGTH}),
        "ellipse": st.fixed_dictionaries({"radius": st.fixed_dictionaries({"x": LENGTH, "y": LENGTH})}),
        "polygon": st.just({"points": [{"x": 0, "y": 0}, {"x": 80.5, "y": 0}, {"x": 90, "y": 40}, {"x": -5, "y": 33}]}),
        "text": st.just({}),
    }[kind]
    area = {"shape": kind, kind: draw(measures), "position": draw(points()), **draw(UNKNOWN)}
    if draw(st.booleans()):
        area["rotation"] = draw(st.sampled_from([15, -30, 90, 200.5]))
    if draw(st.booleans()):
        area |= {"color": "#336699", "border_color": "#112233"}
    if kind == "text" or draw(st.booleans()):
        words = draw(st.sampled_from(["Stage", "Bar", "במה", "Éntrée & Café"]))
        area["text"] = {"text": words, "position": draw(points()), "size": 12}
    return area


@st.composite
def plans(draw: Any) -> dict[str, Any]:
    """Return a document without errors, whose seats stand in a grid that rows and zones add up to."""
    zones = []
    ids = iter(range(10_000))
    for z in range(draw(st.integers(1, 3))):
        rows = []
        for r in range(draw(st.integers(0, 4))):
            extension = draw(st.sampled_from([{}, {}, {"table": True}]))
            seats = [
                {
                    "seat_guid": f"seat-{next(ids)}",
                    "seat_number": draw(NUMBERS),
                    "category": draw(st.sampled_from(CATEGORIES)),
                    "position": {"x": n * 20.25, "y": 0},
                    "marquee": draw(FLAGS),
                    **draw(UNKNOWN),
                }
                for n in range(draw(st.integers(1, 6)))
            ]
            rows.append(
                {
                    "row_number": draw(LABELS),
                    "position": {"x": 7, "y": r * 30},
                    "seats": seats,
                    **({"marquee": extension} if extension else {}),
                    **draw(UNKNOWN),
                }
            )
        areas = [{"uuid": f"area-{next(ids)}", **shape} for shape in draw(st.lists(shapes(), max_size=3))]
        for area in areas:
            if draw(st.booleans()):
                sold = {"capacity": draw(st.integers(1, 500)), "category": draw(st.sampled_from(CATEGORIES))}
                area["marquee"] = {**sold, "name": draw(st.sampled_from(["Floor", "Pit", "רחבה"]))}
        zones.append(
            {
                "name": draw(SECTIONS),
                "position": {"x": draw(st.sampled_from([0, 40.5])), "y": z * 400.0},
                "rows": rows,
                "areas": areas,
                **draw(UNKNOWN),
            }
        )
    zones[0]["rows"].append(
        {"row_number": "Z", "position": {"x": 0, "y": 200}, "seats": [_certain_seat(f"seat-{next(ids)}")]}
    )
    categories = [{"name": name, "color": f"#12345{rank}", **draw(UNKNOWN)} for rank, name in enumerate(CATEGORIES)]
    categories[2]["marquee"] = {"for_sale": draw(st.booleans())}
    stage = draw(st.sampled_from([{}, {"marquee": {"stage": "bottom"}}]))
    return {"name": "Main hall", "categories": categories, "zones": zones, **stage, **draw(UNKNOWN)}


def _certain_seat(guid: str) -> dict[str, Any]:
    return {"seat_guid": guid, "seat_number": "1", "category": CATEGORIES[0], "position": {"x": 0, "y": 0}}
