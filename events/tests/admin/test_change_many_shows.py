"""Many shows at once: put on sale, stopped, repriced, given a template or a rule, deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.roles import Role
from events.models import Price, PriceTemplate, SalesRule, Show, TemplatePrice, TicketType
from events.prices.changes import PriceChange, quote_change
from events.sales.opening import find_former_closing
from events.sales.rules import describe_rule
from events.timetable.scheduling import create_show
from testing.bookings import make_paid
from testing.builders import make_event, make_hall, make_show
from theaters.models import Hall, StaffMembership, Theater

VIENNA = ZoneInfo("Europe/Vienna")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIENNA).astimezone(UTC)


@pytest.mark.once
@pytest.mark.parametrize(
    ("amount", "change", "currency", "after"),
    [
        ("20.00", ("percent", "5", "0"), "EUR", "21.00"),
        ("19.90", ("percent", "5", "0.50"), "EUR", "21.00"),
        ("19.90", ("percent", "-10", "1"), "EUR", "18"),
        ("12.34", ("amount", "1.5", "0"), "EUR", "13.84"),
        ("1250", ("percent", "3.3", "100"), "JPY", "1300"),
        ("1250", ("percent", "0.1", "0"), "JPY", "1251"),
        ("1.250", ("percent", "1", "0"), "KWD", "1.260"),
        ("0", ("amount", "5", "0"), "EUR", "0"),
        ("3.00", ("amount", "-5", "0"), "EUR", "-2.00"),
    ],
)
def test_a_price_change_is_rounded_to_the_step(amount: str, change: tuple[str, str, str], currency: str, after: str):
    by, value, step = change
    made = PriceChange(by=PriceChange.By(by), value=Decimal(value), step=Decimal(step))
    assert quote_change(Decimal(amount), made, currency) == Decimal(after)


@pytest.mark.once
@pytest.mark.parametrize(
    ("rule", "starts", "opens", "closes", "words"),
    [
        ({}, "2026-12-24T19:30", None, None, "Opens at once, and closes at the start."),
        (
            {"opens_days_before": 42, "opens_clock": time(10), "closes_minutes_before": 30},
            # Six weeks before, the clocks of Vienna were not set back yet.
            "2026-11-30T19:30",
            "2026-10-19T10:00",
            "2026-11-30T19:00",
            "Opens 6 weeks before at 10:00, and closes 30 minutes before the start.",
        ),
        (
            {"opens_days_before": 10, "closes_minutes_before": 120},
            "2026-11-01T19:30",
            "2026-10-22T19:30",
            "2026-11-01T17:30",
            "Opens 10 days before at the time of the start, and closes 2 hours before the start.",
        ),
        # Neither an opening after the start nor a closing after it makes sense.
        ({"opens_days_before": 0, "opens_clock": time(21)}, "2026-12-24T19:30", None, None, None),
        ({"closes_at": local("2027-01-01T00:00")}, "2026-12-24T19:30", None, None, None),
        (
            {"opens_at": local("2026-12-01T09:00"), "closes_at": local("2026-12-20T00:00")},
            "2026-12-24T19:30",
            "2026-12-01T09:00",
            "2026-12-20T00:00",
            "Opens on 1 Dec 2026, 09:00, and closes on 20 Dec 2026, 00:00.",
        ),
    ],
)
def test_a_rule_sets_when_a_sale_opens_and_closes(
    rule: dict, starts: str, opens: str | None, closes: str | None, words: str | None
):
    made = SalesRule(**rule)
    assert made.times(local(starts), VIENNA) == (opens and local(opens), closes and local(closes))
    if words:
        assert describe_rule(made, VIENNA) == words


pytestmark = pytest.mark.django_db


@pytest.fixture
def shows(theater: Theater) -> dict[str, Show]:
    """Make a draft, a show on sale with a sold seat, an ended one and a draft without prices."""
    hall = make_hall(theater=theater)
    event = make_event("Hamlet", theater=theater)

    def show(in_hours: int, **fields: Any) -> Show:
        return make_show(hall=hall, event=event, in_hours=in_hours, **fields)

    made = {
        "draft": show(100, state=Show.State.DRAFT, price="19.90"),
        "on_sale": show(150),
        "over": show(-50, state=Show.State.ENDED),
        "bare": show(200, state=Show.State.DRAFT),
    }
    made["bare"].prices.all().delete()
    return made


@pytest.fixture
def bulk(client: Client, manager: User) -> Callable[..., Any]:
    """Open the page of a change, or send its form: `bulk("prices", shows, value="5", _look=1)`."""
    client.force_login(manager)

    def send(slug: str, shows: dict[str, Show] | list[Show], **sent: Any) -> Any:
        chosen = list(shows.values()) if isinstance(shows, dict) else shows
        sent["shows"] = ",".join(str(show.pk) for show in chosen)
        return client.post(reverse(f"admin:events_show_bulk_{slug}"), sent)

    return send


def outcomes(page: Any, shows: dict[str, Show]) -> dict[str, str]:
    lines = {line.show.pk: line.refusal for line in page.context["lines"]}
    return {name: lines[show.pk] for name, show in shows.items() if show.pk in lines}


def lowest(show: Show) -> Decimal:
    return Price.objects.filter(show=show).get().amount


@pytest.mark.slow
def test_prices_change_as_previewed_and_only_once(bulk: Any, shows: dict, customer: User):
    booking = make_paid(shows["on_sale"], 0, customer=customer)
    change = {"value": "5", "by": "percent", "step": "0,50", "ticket_type": ""}
    page = bulk("prices", shows, **change, _look="1")
    said = outcomes(page, shows)
    assert (said["draft"], said["on_sale"]) == ("", "")
    assert "ended" in said["over"]
    assert "no prices" in said["bare"]
    assert page.context["grids"] == [
        ("1 show", [("Parkett", "Adult", "19.90", "21.00")]),
        ("1 show", [("Parkett", "Adult", "20.00", "21.00")]),
    ]
    assert lowest(shows["draft"]) == Decimal("19.90")
    seen = page.context["seen"]
    assert bulk("prices", shows, **change, seen=seen, _do="1").status_code == 302
    assert lowest(shows["draft"]) == lowest(shows["on_sale"]) == 21
    assert lowest(shows["over"]) == 20
    assert booking.tickets.get().price == 20
    # A second click changes nothing.
    again = bulk("prices", shows, **change, seen=seen, _do="1")
    assert "have changed since" in again.content.decode()
    assert lowest(shows["draft"]) == 21


def test_prices_never_fall_below_zero_and_keep_to_one_ticket_type(bulk: Any, shows: dict):
    child = TicketType.objects.create(theater=shows["draft"].hall.theater, name="Child", order=1)
    category = shows["draft"].seat_map.categories.get()
    Price.objects.create(show=shows["draft"], category=category, ticket_type=child, amount=4)
    change = {"value": "-5", "by": "amount", "step": "", "ticket_type": "Child"}
    page = bulk("prices", [shows["draft"]], **change, _look="1")
    assert "below zero" in page.context["lines"][0].refusal
    page = bulk("prices", [shows["draft"]], **{**change, "value": "-1.50"}, _look="1")
    bulk("prices", [shows["draft"]], **{**change, "value": "-1.50"}, seen=page.context["seen"], _do="1")
    amounts = dict(Price.objects.filter(show=shows["draft"]).values_list("ticket_type__name", "amount"))
    assert amounts == {"Adult": Decimal("19.9"), "Child": Decimal("2.5")}


@pytest.mark.slow
def test_shows_go_on_sale_and_stop_and_drafts_are_deleted(bulk: Any, shows: dict):
    said = outcomes(bulk("on_sale", shows), shows)
    assert said["draft"] == ""
    assert "no price" in said["bare"]
    assert "already" in said["on_sale"]
    bulk("on_sale", shows, _do="1")
    states = {name: Show.objects.get(pk=show.pk).state for name, show in shows.items()}
    assert states == {"draft": "on_sale", "on_sale": "on_sale", "over": "ended", "bare": "draft"}
    bulk("stop_sale", shows, _do="1")
    assert Show.objects.filter(sales_stopped_at__lte=timezone.now()).count() == 2
    page = bulk("delete", shows)
    assert [not refusal for refusal in outcomes(page, shows).values()] == [False, False, False, True]
    bulk("delete", shows, _do="1")
    assert not Show.objects.filter(pk=shows["bare"].pk).exists()
    assert Show.objects.count() == 3
    actions = list(AuditEntry.objects.values_list("action", flat=True))
    assert [actions.count(one) for one in ("open sales", "close sales", "delete show")] == [1, 2, 1]


def test_a_template_previews_its_effect_on_each_show(bulk: Any, shows: dict, theater: Theater):
    template = PriceTemplate.objects.create(theater=theater, name="Week")
    adult = TicketType.objects.get(theater=theater, name="Adult")
    TemplatePrice.objects.create(template=template, category_name="PARKETT", ticket_type=adult, amount=11)
    TemplatePrice.objects.create(template=template, category_name="Box", ticket_type=adult, amount=99)
    page = bulk("template", shows, template=template.pk, _look="1")
    assert "not in this hall: Box" in page.context["lines"][1].text
    bulk("template", shows, template=template.pk, _do="1")
    assert {name: lowest(show) for name, show in shows.items()} == {"draft": 11, "on_sale": 11, "bare": 11, "over": 20}


@pytest.mark.slow
def test_new_shows_follow_the_rule_and_existing_ones_when_it_is_applied(
    bulk: Any, shows: dict, theater: Theater, client: Client
):
    sent = {"theater": theater.pk, "opens_days_before": "7", "opens_clock": "10:00", "closes_minutes_before": "45"}
    assert client.post(reverse("admin:events_salesrule_add"), sent).status_code == 302
    twice = client.post(reverse("admin:events_salesrule_add"), sent)
    assert "already such a rule" in twice.content.decode()
    both = {**sent, "opens_at_0": "2026-12-01", "opens_at_1": "10:00"}
    assert "not both" in client.post(reverse("admin:events_salesrule_add"), both).content.decode()
    rule = SalesRule.objects.get()
    SalesRule.objects.create(theater=theater, event=make_event("Faust"), closes_minutes_before=5)

    starts_at = timezone.now().replace(microsecond=0) + timedelta(days=30)
    show = create_show(event=shows["draft"].event, hall=shows["draft"].hall, starts_at=starts_at, by=None)
    assert (show.sales_open_at, show.sales_close_at) == rule.times(starts_at, theater.tz)
    assert show.sales_close_at == starts_at - timedelta(minutes=45)
    faust = create_show(
        event=SalesRule.objects.get(event__isnull=False).event,
        hall=shows["draft"].hall,
        starts_at=starts_at + timedelta(days=1),
        by=None,
        sales_open_at=starts_at,
    )
    assert (faust.sales_open_at, faust.sales_close_at) == (starts_at, faust.starts_at - timedelta(minutes=5))

    page = client.get(reverse("admin:events_salesrule_apply_rule", args=[rule.pk]))
    chosen = {line.show.pk for line in page.context["lines"]}
    assert chosen == {shows["draft"].pk, shows["on_sale"].pk, shows["bare"].pk, show.pk}
    bulk("sales_rule", shows, _do="1")
    draft = Show.objects.get(pk=shows["draft"].pk)
    assert draft.sales_close_at == draft.starts_at - timedelta(minutes=45)
    assert Show.objects.get(pk=shows["over"].pk).sales_close_at is None


def test_a_rule_opens_and_closes_in_one_way(theater: Theater):
    now = timezone.now()
    for wrong in (
        {"opens_at": now, "opens_days_before": 3},
        {"opens_clock": time(10)},
        {"closes_at": now, "closes_minutes_before": 3},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SalesRule.objects.create(theater=theater, **wrong)
    SalesRule.objects.create(theater=theater)
    with pytest.raises(IntegrityError), transaction.atomic():
        SalesRule.objects.create(theater=theater)


@pytest.mark.parametrize("slug", ["on_sale", "stop_sale", "prices", "template", "sales_rule", "delete"])
def test_shows_of_another_theater_are_never_touched(slug: str, bulk: Any, other_theater: Theater, manager: User):
    """A manager of one theater who only sells tickets in another sees its shows, but changes none."""
    role = Role.BOX_OFFICE
    StaffMembership.objects.create(user=manager, theater=other_theater, role=role)
    hall: Hall = make_hall(theater=other_theater)
    foreign = make_show(hall=hall, state=Show.State.DRAFT)
    template = PriceTemplate.objects.create(theater=other_theater, name="X")
    before = Show.objects.filter(pk=foreign.pk).values().get()
    answer = bulk(slug, [foreign], _do="1", value="5", by="percent", template=template.pk)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("admin:events_show_changelist")
    assert Show.objects.filter(pk=foreign.pk).values().get() == before


def test_without_the_right_to_edit_there_are_no_actions(client: Client, box_office: User, shows: dict):
    client.force_login(box_office)
    for slug in ("on_sale", "delete"):
        sent = {"shows": str(shows["draft"].pk), "_do": "1"}
        assert client.post(reverse(f"admin:events_show_bulk_{slug}"), sent).status_code == 403
    sent = {"action": "delete", "_selected_action": [shows["draft"].pk], "index": 0}
    client.post(reverse("admin:events_show_changelist"), sent)
    assert Show.objects.get(pk=shows["draft"].pk).state == Show.State.DRAFT


def test_canceling_redirects_to_its_own_page(client: Client, manager: User, shows: dict):
    client.force_login(manager)

    def choose(*names: str) -> Any:
        sent = {"action": "cancel_shows", "_selected_action": [shows[name].pk for name in names], "index": 0}
        return client.post(reverse("admin:events_show_changelist"), sent)

    page = reverse("admin:events_show_cancel", args=[shows["on_sale"].pk])
    assert choose("on_sale", "draft")["Location"] == page
    several = choose("on_sale", "over")["Location"]
    assert several.startswith(reverse("admin:cancel_shows"))
    assert client.get(several).context["count"] == 2
    choose("draft")
    assert Show.objects.filter(state=Show.State.CANCELED).count() == 0


@pytest.mark.slow
def test_a_closed_sale_resumes_until_its_former_closing_time(client: Client, manager: User, shows: dict):
    show: Show = shows["on_sale"]
    closes_at = show.starts_at - timedelta(minutes=30)
    Show.objects.filter(pk=show.pk).update(sales_close_at=closes_at)
    client.force_login(manager)
    pks = ",".join(str(one.pk) for one in shows.values())

    def ask(slug: str, **sent: str) -> Any:
        return client.post(reverse(f"admin:events_show_bulk_{slug}"), {"shows": pks, **sent})

    resume = reverse("admin:events_show_resume_sale", args=[show.pk])
    assert client.get(resume).status_code == 403
    assert ask("resume_sale").context["good_count"] == 0
    ask("stop_sale", _do="1")
    assert not Show.objects.get(pk=show.pk).is_on_sale(timezone.now())
    assert client.get(resume).status_code == 200
    assert "on sale again until" in ask("resume_sale").content.decode()
    for _ in range(2):
        ask("resume_sale", _do="1")
        assert Show.objects.get(pk=show.pk).sales_close_at == closes_at
    entry = AuditEntry.objects.get(action="reopen sales")
    assert (entry.by, entry.after) == (manager, {"sales_close_at": closes_at.isoformat()})
    Show.objects.filter(pk=show.pk).update(starts_at=closes_at, ends_at=show.ends_at)
    assert find_former_closing(Show.objects.get(pk=show.pk), timezone.now()) is None
