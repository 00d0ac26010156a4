"""The “from” prices of shows at theaters with fees."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Price, Show, TicketType
from events.tasks import follow_clock
from testing.builders import make_fee, make_hall, make_show

pytestmark = pytest.mark.django_db


def read_range(show: Show) -> tuple[Decimal | None, Decimal | None]:
    show.refresh_from_db()
    return show.from_price, show.lowest_price


@pytest.mark.parametrize("restriction", [{"group_from": 10}, {"sold_on_web": False}, {"is_companion": True}])
def test_what_a_rule_restricts_is_no_price_for_all_with_fees_too(restriction: dict[str, object]):
    show = make_show(hall=make_hall(), price="20")
    group = TicketType.objects.create(theater=show.hall.theater, name="Group", **restriction)
    price = show.prices.get()
    Price.objects.create(show=show, category=price.category, ticket_type=group, amount=5)
    make_fee(show.hall.theater, "1.50")
    assert read_range(show) == (Decimal("21.5"), Decimal("21.5"))


def test_fees_count_from_when_they_begin_until_they_end(time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    show = make_show(hall=make_hall(), price="20", in_hours=96)
    window = {"starts_at": now + timedelta(hours=1), "ends_at": now + timedelta(hours=2)}
    make_fee(show.hall.theater, "1.50", **window)
    for hours, amount in ((0, "20"), (1, "21.5"), (1.5, "21.5"), (2, "20"), (3, "20")):
        time_machine.move_to(now + timedelta(hours=hours), tick=False)
        follow_clock()
        assert read_range(show)[0] == Decimal(amount), hours
    with CaptureQueriesContext(
        connection,
    ) as statements:
        follow_clock()
    assert len(statements) == 2
