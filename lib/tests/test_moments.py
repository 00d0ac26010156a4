"""What local times mean as moments, and the question of which one where clocks show a time twice."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.utils import timezone

from lib.moment_fields import BrowserMomentField, MomentField, MomentFormMixin
from lib.moments import find_moments, list_choices, which_of, write_moment

pytestmark = pytest.mark.once

VIENNA = ZoneInfo("Europe/Vienna")
# 02:30 in the night that has it twice, in summer time and then in winter time.
TWICE = datetime.fromisoformat("2026-10-25 02:30")
FIRST, SECOND = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


class ConsoleForm(forms.Form):
    at = MomentField()


class BrowserForm(forms.Form):
    at = BrowserMomentField()


class DayForm(MomentFormMixin, forms.Form):
    day = forms.DateField()
    time = forms.TimeField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.add_which(VIENNA)


def console(day: str, clock: str, which: str = "") -> forms.Form:
    return ConsoleForm({"at_0": day, "at_1": clock, **({"at_2": which} if which else {})})


def browser(day: str, clock: str, which: str = "") -> forms.Form:
    return BrowserForm({"at": f"{day}T{clock}", **({"at_which": which} if which else {})})


def by_day(day: str, clock: str, which: str = "") -> forms.Form:
    return DayForm({"day": day, "time": clock, **({"which": which} if which else {})})


def moment_of(form: forms.Form) -> datetime:
    cleaned = form.cleaned_data
    return cleaned.get("at") or datetime.combine(cleaned["day"], cleaned["time"], VIENNA).astimezone(UTC)


@pytest.fixture(params=[console, browser, by_day])
def fill(request: pytest.FixtureRequest):
    with timezone.override(VIENNA):
        yield request.param


@pytest.mark.parametrize(
    ("local", "found"),
    [
        ("2026-10-25 01:59", [datetime(2026, 10, 24, 23, 59, tzinfo=UTC)]),
        ("2026-10-25 02:30", [FIRST, SECOND]),
        ("2026-10-25 03:00", [datetime(2026, 10, 25, 2, tzinfo=UTC)]),
        ("2026-03-29 02:30", []),
    ],
)
def test_find_moments(local: str, found: list[datetime]):
    assert find_moments(datetime.fromisoformat(local), VIENNA) == found


def test_a_usual_time_needs_no_choice(fill):
    form = fill("2026-06-01", "19:30")
    assert form.is_valid(), form.errors
    assert moment_of(form) == datetime(2026, 6, 1, 17, 30, tzinfo=UTC)
    assert "CEST" not in form.as_p()


def test_a_time_that_comes_twice_is_asked_about(fill):
    form = fill("2026-10-25", "02:30")
    assert not form.is_valid()
    assert "02:30 twice" in str(form.errors)
    for text in ("the first 02:30 (CEST)", "the second 02:30 (CET)"):
        assert text in form.as_p()


@pytest.mark.parametrize(("which", "moment"), [("first", FIRST), ("second", SECOND)])
def test_either_can_be_chosen(fill, which: str, moment: datetime):
    form = fill("2026-10-25", "02:30", which)
    assert form.is_valid(), form.errors
    assert moment_of(form) == moment
    assert f'<option value="{which}" selected' in form.as_p()


def test_a_time_that_is_left_out_is_refused(fill):
    form = fill("2026-03-29", "02:30")
    assert not form.is_valid()
    assert "skip this time" in str(form.errors)


@pytest.mark.parametrize("form_class", [ConsoleForm, BrowserForm])
@pytest.mark.parametrize(("which", "moment"), [("first", FIRST), ("second", SECOND)])
def test_an_existing_value_is_shown(form_class: type[forms.Form], which: str, moment: datetime):
    with timezone.override(VIENNA):
        form = form_class(initial={"at": moment})
        assert f'<option value="{which}" selected' in form.as_p()
        assert not form_class({"at_0": "2026-10-25", "at_1": "02:30:00", "at_2": which, "at": "2026-10-25T02:30",
                               "at_which": which}, initial={"at": moment}).has_changed()  # fmt: skip


def test_the_second_of_a_show_is_shown_in_its_form():
    form = DayForm(initial={"day": TWICE.date(), "time": time(2, 30, fold=1)})
    assert '<option value="second" selected' in form.as_p()


def test_the_choices_name_the_zones():
    assert [text for _which, text in list_choices(TWICE, VIENNA)] == [
        "the first 02:30 (CEST)",
        "the second 02:30 (CET)",
    ]
    assert [which_of(moment, VIENNA) for moment in (FIRST, SECOND)] == ["first", "second"]


def test_a_moment_names_its_zone_unless_it_is_the_readers_own():
    at = datetime(2026, 11, 29, 15, 0, tzinfo=UTC)
    assert write_moment(at, VIENNA).endswith(" CET")
    assert write_moment(at).endswith(" UTC")
    assert write_moment(at, ZoneInfo("America/Sao_Paulo")).endswith(" UTC-03:00")
    with timezone.override(VIENNA):
        assert not write_moment(at, VIENNA).endswith("CET")
        assert write_moment(at) == write_moment(at, VIENNA)
