"""Wait for places of a full show, be offered those that come free, take or decline them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from bookings.errors import NotOnSale, TooManyTickets
from bookings.models import Booking, Ticket
from bookings.services.cancel import cancel_tickets
from bookings.services.pay import pay_with_token
from bookings.services.release_hold import free_lapsed_holds, release_hold
from events.models import Show
from lib.refusals import Refusal
from notifications.models import Notification
from show_changes.cancel import cancel_show
from testing.bookings import choose_standing, lapse, make_hold
from testing.builders import from_now, make_hall, make_show
from testing.seat_maps import make_listed_hall
from theaters.models import Seat, Theater
from waiting_list.join import AlreadyWaiting, PlacesAvailable, forget_waiting, join, leave, place_in_line
from waiting_list.models import WaitingListEntry
from waiting_list.offers import find_until, offer_free_places, offer_to_waiting

pytestmark = pytest.mark.django_db

State = WaitingListEntry.State

TWO_CATEGORIES = """section,row,number,category
Stalls,A,1,Stalls
Stalls,A,2,Stalls
Balcony,B,1,Balcony
Balcony,B,2,Balcony
"""


@pytest.fixture
def show(theater: Theater) -> Show:
    """Two rows of four seats, all of them with strangers, two by two."""
    show = make_show(hall=make_hall(theater=theater, rows=2, seats=4))
    for pair in range(4):
        make_hold(show, 2 * pair, 2 * pair + 1, email=f"had-{pair}@example.com")
    return show


@pytest.fixture
def run_after_commit(django_capture_on_commit_callbacks: Any) -> Any:
    return lambda: django_capture_on_commit_callbacks(execute=True)


def wait(show: Show, name: str, party_size: int = 2, **wish: Any) -> WaitingListEntry:
    return join(show=show, party_size=party_size, email=f"{name}@example.com", **wish)


def give_back(show: Show, *pairs: int) -> None:
    for pair in pairs:
        release_hold(booking=Booking.objects.get(email=f"had-{pair}@example.com"))


def states(*entries: WaitingListEntry) -> list[str]:
    for entry in entries:
        entry.refresh_from_db()
    return [entry.state for entry in entries]


def offered_seats(entry: WaitingListEntry) -> list[str]:
    assert entry.booking is not None
    return sorted(f"{seat.row}{seat.number}" for seat in Seat.objects.filter(tickets__booking=entry.booking))


def picky_tickets(entry: WaitingListEntry) -> list[Ticket]:
    entry.refresh_from_db()
    return list(Ticket.objects.filter(booking=entry.booking).select_related("category"))


class TestJoin:
    def test_it_works_and_confirms_once(self, show: Show, customer: User) -> None:
        first = wait(show, "first")
        entry = join(show=show, party_size=3, email="", customer=customer, locale="de")
        assert (entry.state, entry.email, place_in_line(entry)) == (State.WAITING, customer.email, 2)
        assert place_in_line(first) == 1
        told = Notification.objects.get(kind="waiting_list_joined", recipient=customer.email)
        assert (told.language, told.context["wish"]) == ("de", "3 Personen, nebeneinander")

    def test_an_address_waits_once_for_a_show(self, show: Show) -> None:
        entry = wait(show, "first")
        with pytest.raises(AlreadyWaiting):
            wait(show, "FIRST", 3)
        assert Notification.objects.filter(kind="waiting_list_joined").count() == 1
        leave(entry=entry)
        assert wait(show, "first").state == State.WAITING

    def test_free_places_cannot_be_waited_for(self, show: Show) -> None:
        give_back(show, 0)
        with pytest.raises(PlacesAvailable):
            wait(show, "first", 2)
        # Three side by side are not there, and so are waited for.
        assert wait(show, "first", 3).state == State.WAITING

    @pytest.mark.parametrize(
        ("change", "party_size", "refusal"),
        [
            ({}, 11, TooManyTickets),
            ({}, 0, TooManyTickets),
            ({"state": Show.State.CANCELED}, 2, NotOnSale),
            ({"sales_close_at": -timedelta(minutes=1)}, 2, NotOnSale),
            ({"sales_open_at": timedelta(hours=1)}, 2, NotOnSale),
        ],
    )
    def test_it_is_refused(self, show: Show, change: dict[str, Any], party_size: int, refusal: type[Refusal]) -> None:
        Show.objects.filter(pk=show.pk).update(**from_now(change))
        with pytest.raises(refusal):
            wait(show, "first", party_size)
        assert not WaitingListEntry.objects.exists()
        assert not Notification.objects.filter(kind="waiting_list_joined").exists()

    def test_the_limit_counts_tickets_that_one_has(self, show: Show) -> None:
        Show.objects.filter(pk=show.pk).update(tickets_per_customer=3)
        with pytest.raises(TooManyTickets):
            wait(show, "had-0", 2)
        assert wait(show, "had-0", 1).state == State.WAITING


class TestTheDatabase:
    """Writes past the services."""

    def make(self, show: Show, **fields: Any) -> WaitingListEntry:
        with transaction.atomic():
            return WaitingListEntry.objects.create(
                **{"show": show, "email": "a@example.com", "party_size": 2, **fields}
            )

    @pytest.mark.parametrize("fields", [{"party_size": 0}, {"state": State.OFFERED}, {"email": ""}], ids=str)
    def test_it_refuses_nonsense(self, show: Show, fields: dict[str, Any]) -> None:
        with pytest.raises(IntegrityError):
            self.make(show, **fields)

    def test_an_address_waits_once(self, show: Show) -> None:
        self.make(show)
        with pytest.raises(IntegrityError):
            self.make(show)


class TestOffer:
    @pytest.mark.slow
    def test_returned_places_are_held_for_the_first(self, show: Show, run_after_commit: Any) -> None:
        first, second = wait(show, "first"), wait(show, "second")
        sold = pay_with_token(
            booking=Booking.objects.get(email="had-1@example.com"), gateway="sandbox", token="approve"
        )
        with run_after_commit():
            cancel_tickets(booking=sold, by=None)
        assert states(first, second) == [State.OFFERED, State.WAITING]
        assert offered_seats(first) == ["A3", "A4"]
        booking = first.booking
        assert booking is not None
        assert (booking.state, booking.email, booking.customer) == (Booking.State.HELD, "first@example.com", None)
        hours = (booking.expires_at - booking.created_at) / timedelta(hours=1)
        assert 11.9 < hours <= 12
        told = Notification.objects.get(kind="waiting_list_offer")
        assert told.recipient == "first@example.com"
        assert [ticket["place"] for ticket in told.context["tickets"]] == [
            "Stalls, row A, seat 3",
            "Stalls, row A, seat 4",
        ]
        assert "/b/" in told.context["url"]
        assert "/waiting-list/" in told.context["leave_url"]
        # Nothing is left, so nothing happens.
        assert offer_to_waiting() == 0

    @pytest.mark.slow
    def test_a_larger_party_keeps_its_place_and_blocks_no_other(self, show: Show) -> None:
        large, small, single = wait(show, "large", 4), wait(show, "small"), wait(show, "single", 1)
        give_back(show, 0)
        assert offer_free_places(show.pk) == 1
        assert states(large, small, single) == [State.WAITING, State.OFFERED, State.WAITING]
        give_back(show, 2, 3)
        assert offer_free_places(show.pk) == 1
        assert states(large, single) == [State.OFFERED, State.WAITING]
        assert offered_seats(large) == ["B1", "B2", "B3", "B4"]

    def test_together_means_side_by_side(self, show: Show) -> None:
        together, apart = wait(show, "together", 4), wait(show, "apart", 4, sits_together=False)
        give_back(show, 0, 3)
        assert offer_free_places(show.pk) == 1
        assert states(together, apart) == [State.WAITING, State.OFFERED]
        assert offered_seats(apart) == ["A1", "A2", "B3", "B4"]

    @pytest.mark.slow
    def test_only_wanted_categories_count(self, theater: Theater) -> None:
        show = make_show(hall=make_listed_hall(TWO_CATEGORIES, theater=theater))
        _stalls, balcony = show.seat_map.categories.order_by("rank")
        stranger = make_hall(theater=theater).seat_maps.get().categories.get()
        held = [make_hold(show, start, start + 1) for start in (0, 2)]
        # Categories of another map are ignored: no place of theirs could ever come free.
        picky = wait(show, "picky", categories=[balcony.pk, stranger.pk])
        easy = wait(show, "easy")
        assert list(picky.categories.all()) == [balcony]
        release_hold(booking=held[0])
        assert offer_free_places(show.pk) == 1
        assert states(picky, easy) == [State.WAITING, State.OFFERED]
        release_hold(booking=held[1])
        assert offer_free_places(show.pk) == 1
        assert [ticket.category for ticket in picky_tickets(picky)] == [balcony, balcony]

    def test_places_of_an_area_are_offered(self, theater: Theater) -> None:
        show = make_show(hall=make_hall(theater=theater, rows=0, seats=0, standing=3))
        hold = make_hold(show, areas=choose_standing(show, 3), email="had@example.com")
        entry = wait(show, "first", 3)
        release_hold(booking=hold)
        assert offer_free_places(show.pk) == 1
        assert states(entry) == [State.OFFERED]
        assert show.areas.get().taken == 3

    def test_a_lapsed_hold_is_offered_by_the_sweep(self, theater: Theater) -> None:
        show = make_show(hall=make_hall(theater=theater, rows=1, seats=2))
        hold = make_hold(show, 0, 1)
        entry = wait(show, "first")
        assert offer_to_waiting() == 0
        lapse(hold)
        assert offer_to_waiting() == 1
        assert states(entry) == [State.OFFERED]
        hold.refresh_from_db()
        assert hold.state == Booking.State.EXPIRED

    def test_a_party_at_its_limit_is_passed_over(self, show: Show) -> None:
        first, second = wait(show, "first"), wait(show, "second")
        Show.objects.filter(pk=show.pk).update(tickets_per_customer=2)
        Booking.objects.filter(email="had-3@example.com").update(email="first@example.com")
        give_back(show, 0)
        assert offer_free_places(show.pk) == 1
        assert states(first, second) == [State.WAITING, State.OFFERED]

    @pytest.mark.parametrize(
        ("left", "expected"),
        [(200, 12), (24, 6), (2, 0.5), (0.5, 0.25), (0.2, None)],
    )
    def test_an_offer_is_shorter_near_the_show(self, show: Show, left: float, expected: float | None) -> None:
        now = timezone.now()
        show.sales_close_at = now + timedelta(hours=left)
        until = find_until(show, now)
        assert (until and (until - now) / timedelta(hours=1)) == expected


class TestAfterTheOffer:
    @pytest.fixture
    def offered(self, show: Show) -> WaitingListEntry:
        entry = wait(show, "first")
        give_back(show, 0)
        offer_free_places(show.pk)
        entry.refresh_from_db()
        assert entry.state == State.OFFERED
        return entry

    @pytest.mark.slow
    def test_it_is_booked(self, show: Show, offered: WaitingListEntry) -> None:
        pay_with_token(booking=offered.booking, gateway="sandbox", token="approve")  # type: ignore[arg-type]
        offer_to_waiting()
        assert states(offered) == [State.BOOKED]
        leave(entry=offered)
        assert states(offered) == [State.BOOKED]
        assert show.tickets.filter(booking=offered.booking, state=Ticket.State.ISSUED).count() == 2

    @pytest.mark.slow
    def test_it_lapses_and_goes_to_the_next(self, show: Show, offered: WaitingListEntry, run_after_commit: Any) -> None:
        second = wait(show, "second")
        lapse(offered.booking)  # type: ignore[arg-type]
        with run_after_commit():
            free_lapsed_holds()
        assert states(offered, second) == [State.LAPSED, State.OFFERED]
        assert offered_seats(second) == offered_seats(offered)
        # A party that was too late may join again, and is not notified twice.
        assert place_in_line(wait(show, "first")) == 1

    @pytest.mark.slow
    def test_declining_frees_at_once(self, show: Show, offered: WaitingListEntry, run_after_commit: Any) -> None:
        second = wait(show, "second")
        with run_after_commit():
            leave(entry=offered)
        assert states(offered, second) == [State.LEFT, State.OFFERED]

    @pytest.mark.slow
    def test_a_canceled_show_closes_the_list_and_announces_it_once(
        self, show: Show, offered: WaitingListEntry, manager: User
    ) -> None:
        second = wait(show, "second")
        cancel_show(show=show, by=manager, reason="Ill")
        offer_to_waiting()
        offer_to_waiting()
        assert states(offered, second) == [State.CLOSED, State.CLOSED]
        told = Notification.objects.filter(kind="waiting_list_closed").order_by("recipient")
        assert [(row.recipient, row.context["is_canceled"]) for row in told] == [
            ("first@example.com", True),
            ("second@example.com", True),
        ]

    def test_a_moved_show_closes_it_for_those_who_joined_before(self, show: Show) -> None:
        before = wait(show, "before")
        Show.objects.filter(pk=show.pk).update(moved_at=timezone.now())
        after = wait(show, "after")
        offer_to_waiting()
        assert states(before, after) == [State.CLOSED, State.WAITING]
        assert Notification.objects.get(kind="waiting_list_closed").context["is_canceled"] is False

    def test_it_ends_with_the_sale(self, show: Show) -> None:
        entry = wait(show, "first")
        Show.objects.filter(pk=show.pk).update(sales_close_at=timezone.now() - timedelta(minutes=1))
        give_back(show, 0)
        assert offer_to_waiting() == 0
        assert states(entry) == [State.CLOSED]

    def test_an_erased_person_waits_no_more(self, show: Show, customer: User) -> None:
        entry = join(show=show, party_size=2, email="", customer=customer)
        forget_waiting(WaitingListEntry.objects.filter(customer=customer))
        entry.refresh_from_db()
        assert (entry.state, entry.email, entry.customer) == (State.LEFT, "", None)
