"""Hold places of a standing area: counted, never more than there are."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.errors import SeatsUnavailable, TooManyTickets
from bookings.models import Booking, Ticket
from bookings.seating.chosen import AreaChoice
from bookings.services.cancel import cancel_tickets
from bookings.services.hold_seats import hold_seats
from bookings.services.release_hold import release_hold
from events.models import Price, Show, TicketType
from testing.bookings import choose, choose_standing, lapse, make_hold, make_paid
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, standing=5))


def taken(show: Show) -> int:
    counter = show.areas.get()
    live = Ticket.objects.live().filter(show=show, area=counter.area_id).count()
    assert counter.taken == live, "the counter and the tickets disagree"
    return live


def stand(show: Show, quantity: int, **wish: object) -> Booking:
    return hold_seats(show=show, areas=choose_standing(show, quantity), **wish)


def test_it_counts_the_places(show: Show, customer):
    booking = stand(show, 3, customer=customer)
    assert booking.total == Decimal(60)
    assert taken(show) == 3
    assert [ticket.label for ticket in booking.tickets.all()] == ["Floor"] * 3


def test_the_last_places_are_all_or_nothing(show: Show, customer, rival):
    stand(show, 3, customer=rival)
    with pytest.raises(SeatsUnavailable) as caught:
        stand(show, 3, customer=customer)
    assert caught.value.areas == [show.areas.get().area]
    assert "Floor" in str(caught.value)
    assert taken(show) == 3
    stand(show, 2, customer=customer)
    assert taken(show) == 5


def test_seats_and_places_are_held_together_or_not_at_all(show: Show, customer, rival):
    stand(show, 4, customer=rival)
    with pytest.raises(SeatsUnavailable) as caught:
        hold_seats(show=show, seats=choose(show, 0), areas=choose_standing(show, 2), customer=customer)
    assert (caught.value.seats, caught.value.areas) == ([], [show.areas.get().area])
    make_hold(show, 0, customer=rival)
    with pytest.raises(SeatsUnavailable) as caught:
        hold_seats(show=show, seats=choose(show, 0, 1), areas=choose_standing(show, 2), customer=customer)
    assert (len(caught.value.seats), len(caught.value.areas)) == (1, 1)
    booking = hold_seats(show=show, seats=choose(show, 1), areas=choose_standing(show, 1), customer=customer)
    assert booking.tickets.count() == 2
    assert taken(show) == 5


def test_ticket_types_of_one_area_are_counted_together(show: Show):
    area = show.areas.get().area
    child = TicketType.objects.create(theater=show.hall.theater, name="Child", order=1)
    Price.objects.create(show=show, category=area.category, ticket_type=child, amount=5)
    choices = [AreaChoice(area.pk, 2), AreaChoice(area.pk, 2, child.pk)]
    assert hold_seats(show=show, areas=choices).total == Decimal(50)
    assert taken(show) == 4
    with pytest.raises(SeatsUnavailable):
        hold_seats(show=show, areas=[AreaChoice(area.pk, 1), AreaChoice(area.pk, 1, child.pk)])


def test_a_full_area_gives_back_what_lapsed(show: Show, customer, rival):
    lapsed, live = stand(show, 3, customer=rival), stand(show, 1, customer=rival)
    lapse(lapsed)
    stand(show, 4, customer=customer)
    assert taken(show) == 5
    lapsed.refresh_from_db()
    live.refresh_from_db()
    assert (lapsed.state, live.state) == (Booking.State.EXPIRED, Booking.State.HELD)


def test_lapsed_holds_stay_while_there_is_room(show: Show, customer, rival):
    lapsed = stand(show, 3, customer=rival)
    lapse(lapsed)
    stand(show, 2, customer=customer)
    lapsed.refresh_from_db()
    assert lapsed.state == Booking.State.HELD


def test_lapsed_holds_that_do_not_suffice_stay(show: Show, customer, rival):
    lapsed = stand(show, 1, customer=rival)
    stand(show, 4, customer=rival)
    lapse(lapsed)
    with pytest.raises(SeatsUnavailable):
        stand(show, 2, customer=customer)
    lapsed.refresh_from_db()
    assert lapsed.state == Booking.State.HELD
    assert taken(show) == 5


def test_choosing_again_reuses_ones_own_places(show: Show, customer, rival):
    stand(show, 1, customer=rival)
    first = stand(show, 3, customer=customer)
    second = stand(show, 4, customer=customer, into=first)
    assert taken(show) == 5
    third = stand(show, 1, customer=customer, into=second)
    assert taken(show) == 2
    release_hold(booking=third)
    assert taken(show) == 1


def test_released_and_canceled_places_are_free_again(show: Show, customer):
    booking = stand(show, 5, customer=customer)
    release_hold(booking=booking)
    assert taken(show) == 0
    paid = make_paid(show, customer=customer, areas=choose_standing(show, 5))
    cancel_tickets(booking=paid, tickets=paid.tickets.all()[:2], by=customer)
    assert taken(show) == 3


def test_the_limit_of_tickets_counts_places_too(show: Show, customer):
    Show.objects.update(tickets_per_customer=4)
    make_hold(show, 0, 1, customer=customer)
    with pytest.raises(TooManyTickets):
        stand(show, 3, customer=customer)


def test_it_takes_at_most_eight_statements(show: Show, customer):
    areas = choose_standing(show, 3)
    with CaptureQueriesContext(connection) as queries:
        hold_seats(show=show, areas=areas, customer=customer)
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 8, statements
