"""What people in line read."""

from __future__ import annotations

from datetime import datetime
from math import ceil
from zoneinfo import ZoneInfo

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from lib.moments import write_moment
from waiting_room.rooms import Room
from waiting_room.turns import State, Turn

HOUR_MINUTES = 60


def describe_turn(room: Room, turn: Turn) -> tuple[str, str]:
    """Return how it stands, and what follows from it."""
    if turn.state == State.GATHERING:
        return _describe_opening(room)
    if turn.state == State.CROWDED:
        return (
            gettext("Many people from your network are in line already."),
            gettext("Sign in to get a place of your own. Or come back in an hour."),
        )
    if turn.state != State.WAITING:
        return gettext("It is your turn."), ""
    ahead = number_format(turn.ahead, force_grouping=True)
    place = (
        ngettext("%(count)s person is ahead of you.", "%(count)s people are ahead of you.", turn.ahead)
        % {"count": ahead}
        if turn.ahead
        else gettext("You are next.")
    )
    return place, _describe_wait(room, turn)


def _describe_opening(room: Room) -> tuple[str, str]:
    opens_at = room.showtime.sales_open_at
    when = write_clock(opens_at, room.showtime.tz) if opens_at else ""
    return (
        gettext("The sale opens at %(time)s.") % {"time": when},
        gettext(
            "Everyone who is here by then gets a place in line by lot, so it makes no difference who came first. "
            "Leave this page open."
        ),
    )


def _describe_wait(room: Room, turn: Turn) -> str:
    if room.is_paused:
        return gettext("The line is paused for the moment. You keep your place.")
    if room.is_all_held:
        return gettext(
            "All places are in baskets right now. Some come back when a basket is not paid for. You keep your place."
        )
    minutes = ceil(turn.seconds / 60)
    if minutes <= 1:
        return gettext("That takes about a minute.")
    if minutes > HOUR_MINUTES:
        return gettext("That takes more than an hour.")
    return ngettext("That takes about %(count)s minute.", "That takes about %(count)s minutes.", minutes) % {
        "count": number_format(minutes)
    }


def write_clock(moment: datetime, tz: ZoneInfo) -> str:
    return write_moment(moment, tz, "TIME_FORMAT")
