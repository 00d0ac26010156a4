"""The plan of a hall for one show."""

import json
from decimal import Decimal

import pytest

from bookings.seating.availability import read_availability
from bookings.seating.hall import AISLE, COMPANION, PlanSeat
from bookings.seating.plan import read_seat_plan, read_seat_plan_json
from events.models import Price, Show, TicketType
from testing.builders import make_hall, make_show, make_theater
from testing.caches import forget_pages
from theaters.models import Area, Hall, Seat, SeatCategory, SeatMap
from theaters.seat_maps.drawing import CATEGORY_MARKS

pytestmark = pytest.mark.django_db


def make_drawn_hall() -> Hall:
    """Two categories, a curved row, a stage, and a floor whose shape is in the layout."""
    hall = Hall.objects.create(theater=make_theater(currency="JPY"), name="Drawn")
    layout = {
        "zones": [
            {
                "name": "Stalls",
                "position": {"x": 100, "y": 50},
                "rows": [],
                "areas": [
                    {
                        "uuid": "stage",
                        "shape": "rectangle",
                        "position": {"x": 10, "y": -90},
                        "rotation": 0,
                        "color": "#222222",
                        "border_color": "#000000",
                        "text": {"position": {"x": 5, "y": 6}, "color": "#ffffff", "text": "Bühne"},
                        "rectangle": {"width": 80, "height": 20},
                    },
                    {
                        "uuid": "floor",
                        "shape": "polygon",
                        "position": {"x": 0, "y": 100},
                        "polygon": {"points": [{"x": 0, "y": 0}, {"x": 60, "y": 0}, {"x": 30, "y": 40}]},
                    },
                    {"uuid": "odd", "shape": "spiral", "position": {"x": 0, "y": 0}},
                ],
            }
        ]
    }
    seat_map = SeatMap.objects.create(hall=hall, version=3, layout=layout)
    cheap = SeatCategory.objects.create(seat_map=seat_map, name="B", color="#00ff00", rank=2)
    best = SeatCategory.objects.create(seat_map=seat_map, name="A", color="#ff0000", rank=1)
    for position, (x, y) in enumerate([(100, 50), (120, 52), (140, 50)]):
        Seat.objects.create(
            seat_map=seat_map, guid=f"a{position}", section="Stalls", row="A", number=str(position + 1), category=best,
            x=x, y=y, run=0, position=position, is_companion=position == 1, is_aisle=position == 2,
        )  # fmt: skip
    Seat.objects.create(
        seat_map=seat_map, guid="b", section="Box", row="", number="1", category=cheap, x=60, y=80, run=1, position=0
    )
    Area.objects.create(seat_map=seat_map, guid="floor", name="Floor", capacity=40, category=cheap)
    seat_map.state = SeatMap.State.PUBLISHED
    seat_map.save()
    return hall


def test_it_draws_rows_categories_areas_and_decorations():
    show = make_show(hall=make_drawn_hall(), price="1500")
    plan = read_seat_plan(show)

    best, cheap = plan.categories
    assert (best.name, best.mark, cheap.name, cheap.mark) == ("A", CATEGORY_MARKS[0], "B", CATEGORY_MARKS[1])
    stalls, box = plan.sections
    assert (stalls.name, box.name) == ("Stalls", "Box")
    seats = list(plan.seats())
    assert [seat.number for seat in seats] == ["1", "2", "3", "1"]
    assert seats[1] == PlanSeat(seats[1].id, "2", best.id, 120, 52, COMPANION, 0, 1)
    assert seats[2].flags == AISLE
    left, right = stalls.rows[0].marks
    assert left[0] < 100
    assert right[0] > 140
    assert box.rows[0].marks == []

    (floor,) = plan.areas
    assert (floor.name, floor.capacity, floor.category) == ("Floor", 40, cheap.id)
    assert (floor.shape["x"], floor.shape["y"]) == (100, 150)
    (stage,) = plan.decorations
    assert (stage["kind"], stage["x"], stage["y"]) == ("rectangle", 110, -40)
    assert (stage["text"]["text"], stage["text"]["x"]) == ("Bühne", 5)

    x, y, width, height = plan.view_box
    for seat in seats:
        assert x < seat.x < x + width
        assert y < seat.y < y + height
    assert y < -40 < 190 < y + height
    assert json.loads(read_seat_plan_json(show))["sections"][0]["rows"][0]["seats"][0][1] == "1"


def test_prices_are_written_with_the_digits_of_the_currency():
    show = make_show(hall=make_drawn_hall(), price="1500")
    child = TicketType.objects.create(theater=show.hall.theater, name="Child", who="Under 12", order=5)
    best = show.seat_map.categories.get(name="A")
    Price.objects.create(show=show, category=best, ticket_type=child, amount=Decimal("750.000"))

    plan = read_seat_plan(show)

    assert plan.currency == "JPY"
    assert [kind.name for kind in plan.ticket_types] == ["Adult", "Child"]
    adult = plan.ticket_types[0].id
    assert json.loads(read_seat_plan_json(show))["prices"][str(best.pk)] == {str(adult): "1500", str(child.pk): "750"}
    assert plan.prices[best.pk] == {adult: Decimal(1500), child.pk: Decimal(750)}


def test_a_map_without_layout_is_drawn_from_its_seats():
    plan = read_seat_plan(make_show(hall=make_hall(rows=2, seats=4)))

    assert plan.pitch == 20
    assert [shape["kind"] for shape in plan.decorations] == ["stage"]
    # Seats from 0 to 60, their labels 20 beyond, the stage above them, and the margin.
    assert plan.view_box == [-40.4, -85, 140.8, 129]


def test_statements_of_the_page(django_assert_num_queries):
    show = make_show(hall=make_hall(rows=10, seats=30, standing=50))
    show = Show.objects.select_related("hall__theater").get(pk=show.pk)
    with django_assert_num_queries(5):
        read_seat_plan(show)
        read_availability(show.pk)
    with django_assert_num_queries(0):
        read_seat_plan(show)
        read_availability(show.pk)


def test_a_second_show_on_the_map_reads_only_its_prices(django_assert_num_queries):
    hall = make_hall()
    first, second = make_show(hall=hall), make_show(hall=hall, in_hours=96, price="9.50")
    read_seat_plan(first)
    second = Show.objects.select_related("hall__theater").get(pk=second.pk)
    with django_assert_num_queries(1):
        assert {price for row in read_seat_plan(second).prices.values() for price in row.values()} == {Decimal("9.50")}


def write_plainly(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else vars(value)


def test_its_json_says_the_same_and_cannot_break_out_of_a_script():
    show = make_show(hall=make_drawn_hall(), price="1500")
    TicketType.objects.update(name="</script><b>&")
    text = read_seat_plan_json(show)
    assert json.loads(text) == json.loads(json.dumps(read_seat_plan(show), default=write_plainly))
    assert not {"<", ">", "&"} & set(text)
    assert read_seat_plan_json(show) == text


def test_a_draft_is_drawn_again_when_it_has_changed():
    hall = make_drawn_hall()
    show = make_show(hall=hall)
    draft = SeatMap.objects.create(hall=hall, version=4)
    show.seat_map = draft
    assert read_seat_plan(show).sections == []
    category = SeatCategory.objects.create(seat_map=draft, name="A", color="#ff0000", rank=1)
    Seat.objects.create(seat_map=draft, guid="a", number="1", category=category, x=0, y=0, run=1, position=1)
    forget_pages()
    assert [seat.number for seat in read_seat_plan(show).seats()] == ["1"]


@pytest.mark.parametrize(
    "area",
    [
        {"shape": "circle", "circle": {"radius": "wide"}},
        {"shape": "ellipse", "ellipse": {"radius": {"x": 5, "y": None}}, "text": "older files"},
        {"shape": "polygon", "polygon": None, "position": []},
        {"shape": ["rectangle"]},
        {"width": 5, "height": 6, "color": "url(javascript:x)", "rotation": "much"},
        {"shape": "text", "text": {"text": 5}},
    ],
)
def test_an_odd_shape_of_another_program_breaks_nothing(area):
    hall = Hall.objects.create(theater=make_theater(), name="Odd")
    SeatMap.objects.create(hall=hall, version=1, layout={"zones": [{"areas": [area]}, None]}, state="published")
    show = make_show(hall=hall)
    plan = read_seat_plan(show)
    assert "javascript" not in read_seat_plan_json(show)
    assert all(isinstance(side, int | float) for side in plan.view_box)
