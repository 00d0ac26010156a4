"""Hold the best seats that are left, for those who leave the choice to us."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.translation import gettext

from bookings.errors import PlacesOfShowsUnavailable, SeatsUnavailable, TooManyTickets, naming
from bookings.models import Booking
from bookings.seating.availability import forget_availability
from bookings.seating.best import find_best_seats
from bookings.seating.chosen import Chosen, ShowChoice
from bookings.seating.party import assign_types
from bookings.services.change_hold import ChangedHold, change_hold
from events.models import Show

# At each try, one of so many of the best ways to sit is drawn at random, so that a crowd that wants the very
# best spreads out. Of 38 parties that ask at the same moment for two of 2,000 seats, the last one needs 5
# tries; if all of them ran after the very best each time, 32.
SPREADS = (1, 16, 64, 256, 1024, 4096)

Held = TypeVar("Held", Booking, ChangedHold)


class NoSeatsTogether(SeatsUnavailable):
    """There may be seats left, but not that many next to each other or in adjacent rows."""

    def __str__(self) -> str:
        return gettext("There are not that many seats left together.")


@dataclass(frozen=True)
class BestChoice:
    """The best seats of a show: one for each of these ticket types, None for the show's first one."""

    show: Show
    ticket_type_ids: Sequence[int | None]
    category_id: int | None = None
    accessible: int = 0
    across_aisle: bool = False

    @property
    def offering(self) -> set[int]:
        """The ticket types that the party's category has to sell."""
        return {pk for pk in self.ticket_type_ids if pk is not None}


def change_to_best_seats(
    *,
    show: Show,
    ticket_type_ids: Sequence[int | None],
    category_id: int | None = None,
    accessible: int = 0,
    across_aisle: bool = False,
    into: Booking | None,
    channel: str = Booking.Channel.WEB,
    **person: Any,
) -> ChangedHold:
    """Hold the best free seats in the basket `into`, one for each of these ticket types.

    The party sits in a category that sells all of its types. The seats that `into` has of the show are as good as
    free, and those that it does not get again are.
    `person` is what else `change_hold` takes. Raises `NoSeatsTogether`, and what `hold_seats` raises.
    """
    choice = BestChoice(show, ticket_type_ids, category_id, accessible, across_aisle=across_aisle)
    check_size(choice, channel)
    own = Chosen.of(ticket for ticket in into.tickets.all() if ticket.show_id == show.pk).seat_ids if into else set()

    def change(found: Sequence[ShowChoice]) -> ChangedHold:
        return change_hold(show=show, seats=found[0].seats, into=into, channel=channel, **person)

    return hold_best([choice], change, own=own)


def check_size(choice: BestChoice, channel: str) -> None:
    """Refuse a party whose hold would be refused, before searching. The limit does not bind the box office."""
    if channel != Booking.Channel.BOX_OFFICE and len(choice.ticket_type_ids) > choice.show.ticket_limit:
        with naming(choice.show):
            raise TooManyTickets(choice.show.ticket_limit)


def hold_best(
    choices: Sequence[BestChoice],
    hold: Callable[[Sequence[ShowChoice]], Held],
    *,
    own: Collection[int] = (),
) -> Held:
    """Call `hold` with the best seats for each of these parties, and with others while those are lost.

    `own` is as for `find_best_seats`. Raises `NoSeatsTogether`, and what `hold` raises; at once if
    that is about another show.
    """
    gone: dict[Show, set[int]] = defaultdict(set)
    lost: SeatsUnavailable | None = None
    for among in SPREADS:
        found = []
        for choice in choices:
            seats = find_best_seats(
                choice.show,
                len(choice.ticket_type_ids),
                category_id=choice.category_id,
                accessible=choice.accessible,
                across_aisle=choice.across_aisle,
                offering=choice.offering,
                own=own,
                gone=gone[choice.show],
                among=among,
            )
            if not seats:
                with naming(choice.show):
                    raise lost or NoSeatsTogether
            found.append(ShowChoice(choice.show, assign_types(choice.show, seats, choice.ticket_type_ids)))
        try:
            return hold(found)
        except SeatsUnavailable as error:
            lost = error
            shows = error.lost if isinstance(error, PlacesOfShowsUnavailable) else {choices[0].show: error}
            if any(all(choice.show != show for choice in choices) for show in shows):
                raise
            for show, one in shows.items():
                gone[show] |= {seat.pk for seat in one.seats}
                forget_availability(show.pk)
    raise lost or NoSeatsTogether
