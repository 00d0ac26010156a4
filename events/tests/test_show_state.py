"""The state of a show that customers see."""

from datetime import UTC, datetime, timedelta

import pytest

from events.catalogue.cards import ShowState, find_show_state
from events.models import Show

pytestmark = pytest.mark.once

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, ShowState.ON_SALE),
        ({"left": 11}, ShowState.ON_SALE),
        ({"left": 10}, ShowState.FEW_LEFT),
        ({"left": 1}, ShowState.FEW_LEFT),
        ({"left": 0}, ShowState.SOLD_OUT),
        ({"capacity": 1000, "left": 100}, ShowState.FEW_LEFT),
        ({"capacity": 1000, "left": 101}, ShowState.ON_SALE),
        ({"sales_open_at": NOW + HOUR}, ShowState.NOT_YET),
        ({"sales_open_at": NOW}, ShowState.ON_SALE),
        ({"sales_open_at": NOW + HOUR, "left": 0}, ShowState.NOT_YET),
        ({"sales_close_at": NOW}, ShowState.CLOSED),
        ({"sales_close_at": NOW + timedelta(seconds=1)}, ShowState.ON_SALE),
        ({"starts_at": NOW}, ShowState.PAST),
        ({"starts_at": NOW - HOUR, "sales_close_at": NOW + HOUR}, ShowState.ON_SALE),
        ({"state": Show.State.ENDED}, ShowState.PAST),
        ({"state": Show.State.CANCELED}, ShowState.CANCELED),
        ({"state": Show.State.CANCELED, "starts_at": NOW - HOUR}, ShowState.CANCELED),
    ],
)
def test_the_state_of_a_show(changes: dict, state: ShowState):
    show = {
        "state": Show.State.ON_SALE,
        "starts_at": NOW + 24 * HOUR,
        "sales_open_at": None,
        "sales_close_at": None,
        "capacity": 50,
        "left": 40,
        **changes,
    }
    assert find_show_state(**show, now=NOW) == state
