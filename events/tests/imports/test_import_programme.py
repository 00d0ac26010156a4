"""Imports of events and shows: each row is reviewed, then written or not, and never twice."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from events import tasks
from events.imports import Outcome, finish_import, plan_import, runs, start_import
from events.imports.cells import require_moment
from events.imports.columns import FILE_LIMITS
from events.imports.samples import sample_csv, sample_xlsx
from events.models import (
    Access,
    Event,
    ImportRun,
    Label,
    Price,
    PriceTemplate,
    Show,
    ShowArea,
    TemplatePrice,
    TicketType,
)
from lib.jobs import LOST_AFTER
from lib.tables import CellError, read_table
from testing.builders import make_event, make_hall, make_show
from theaters.models import Hall, Theater

VIENNA = ZoneInfo("Europe/Vienna")


def workbook(*rows: list[Any]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        styles = {
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            time: book.add_format({"num_format": "hh:mm"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        for line, row in enumerate(rows):
            for column, value in enumerate(row):
                if type(value) in styles:
                    sheet.write_datetime(line, column, value, styles[type(value)])
                else:
                    sheet.write(line, column, value)
    return out.getvalue()


@pytest.mark.once
def test_local_times_that_do_not_exist_or_occur_twice_are_refused():
    assert require_moment(date(2026, 10, 25), time(1, 59), VIENNA) == datetime(2026, 10, 24, 23, 59, tzinfo=UTC)
    assert require_moment(date(2026, 10, 25), time(3), VIENNA) == datetime(2026, 10, 25, 2, tzinfo=UTC)
    with pytest.raises(CellError, match="occurs twice"):
        require_moment(date(2026, 10, 25), time(2, 30), VIENNA)
    with pytest.raises(CellError, match="does not exist"):
        require_moment(date(2026, 3, 29), time(2, 30), VIENNA)


pytestmark = pytest.mark.django_db


@pytest.fixture
def send(client: Client, programmer: User, theater: Theater) -> Callable[..., Any]:
    """Upload a file as a programmer, and return its run: `send("events", text)`."""
    client.force_login(programmer)

    def upload(kind: str, content: str | bytes, name: str = "file.csv") -> ImportRun:
        data = content.encode() if isinstance(content, str) else content
        sent = {"kind": kind, "theater": theater.pk, "file": SimpleUploadedFile(name, data)}
        response = client.post(reverse("admin:events_importrun_upload"), sent)
        assert response.status_code == 302, response.context["form"].errors
        return ImportRun.objects.latest("pk")

    return upload


@pytest.fixture
def press(client: Client) -> Callable[..., Any]:
    def post(run: ImportRun, button: str) -> Any:
        response = client.post(reverse("admin:events_importrun_change", args=[run.pk]), {button: "1"}, follow=True)
        run.refresh_from_db()
        return response

    return post


def outcomes(run: ImportRun) -> list[str]:
    return [row.outcome.value for row in plan_import(run).rows]


EVENTS = (
    "title;slug;kind;running_minutes;interval_minutes;cast;languages;labels;published;nobody\n"
    "Götterdämmerung;;opera;270;60;Frida Leider: Brünnhilde; de;Wagner;yes;x\n"
    '"=HYPERLINK(""http://x"")";formula;play;90;;;"de, en";;no;\n'
    "मृच्छकटिकम्;clay-cart;Play;120;20;;sa;;no;\n"
)


@pytest.mark.slow
def test_events_are_imported_once(send: Any, press: Any, theater: Theater, client: Client):
    Label.objects.create(name="Wagner", slug="wagner")
    run = send("events", EVENTS)
    assert (run.state, run.rows, run.new, run.wrong) == ("checked", 3, 3, 0)
    assert not Event.objects.exists()
    page = client.get(reverse("admin:events_importrun_change", args=[run.pk]))
    assert page.context["plan"].unread == ["nobody"]
    press(run, "_all")
    assert (run.state, bytes(run.content)) == ("done", b"")
    opera = Event.objects.get(slug="gotterdammerung")
    assert (opera.theater, opera.kind, opera.running_minutes, opera.is_published) == (theater, "opera", 270, True)
    assert opera.cast == [{"name": "Frida Leider", "role": "Brünnhilde"}]
    assert [label.name for label in opera.labels.all()] == ["Wagner"]
    assert opera.search_words.filter(word__startswith="gotterd").exists()
    assert Event.objects.get(slug="formula").title == '=HYPERLINK("http://x")'
    assert AuditEntry.objects.filter(action="import events", theater_id=theater.pk).exists()

    before = list(Event.objects.order_by("pk").values())
    again = send("events", EVENTS)
    assert outcomes(again) == ["unchanged"] * 3
    press(again, "_all")
    press(run, "_all")
    assert list(Event.objects.order_by("pk").values()) == before

    changed = send(
        "events", EVENTS.replace(";270;", ";280;").replace("Brünnhilde", "Kundry").replace("sa;;no", "sa;;yes")
    )
    assert outcomes(changed) == ["changed", "unchanged", "changed"]
    press(changed, "_all")
    opera.refresh_from_db()
    assert (opera.running_minutes, opera.cast) == (280, [{"name": "Frida Leider", "role": "Kundry"}])
    assert Event.objects.get(slug="clay-cart").is_published


@pytest.mark.slow
def test_a_hyphen_removes_a_value_and_an_empty_cell_keeps_it(send: Any, press: Any, theater: Theater, hall: Hall):
    classic = Label.objects.create(name="Classic", slug="classic")
    full = {"tagline": "Whispers", "interval_minutes": 20, "cast": [{"name": "Asta", "role": ""}], "languages": ["de"]}
    event = make_event("Ghosts", theater=theater, slug="ghosts", **full)
    event.labels.add(classic)
    header = "title,slug,tagline,interval_minutes,cast,languages,labels,running_minutes\n"
    assert outcomes(send("events", f"{header}Ghosts,ghosts,,,,,,\n")) == ["unchanged"]
    run = send("events", f"{header}Ghosts,ghosts,-,–,—,-,-,\n")
    press(run, "_all")
    event.refresh_from_db()
    assert (event.tagline, event.interval_minutes, event.cast, event.languages) == ("", 0, [], [])
    assert not event.labels.exists()
    # Required values are not removed.
    assert "is not a whole number" in plan_import(send("events", f"{header}Ghosts,ghosts,,,,,,-\n")).rows[0].errors[
        "running_minutes"
    ]  # fmt: skip
    show = make_show(hall=hall, event=event, in_hours=100, state=Show.State.DRAFT)
    show.starts_at = show.starts_at.replace(second=0, microsecond=0)
    Show.objects.filter(pk=show.pk).update(
        starts_at=show.starts_at, sales_close_at=show.starts_at, format="3D", refund_hours=24
    )
    local = timezone.localtime(show.starts_at, theater.tz)
    row = f"{show.code},ghosts,{hall.name},{local:%Y-%m-%d},{local:%H:%M}"
    shows = "key,event,hall,date,time,sales_close,format,refund_hours,doors\n"
    assert outcomes(send("shows", f"{shows}{row},,,,\n")) == ["unchanged"]
    press(send("shows", f"{shows}{row},-,-,-,-\n"), "_all")
    show.refresh_from_db()
    assert (show.sales_close_at, show.format, show.refund_hours, show.doors_at) == (None, "", None, None)


@pytest.mark.slow
def test_wrong_rows_are_reported_by_cell_and_right_ones_written_on_request(
    send: Any, press: Any, client: Client, other_theater: Theater
):
    make_event("Foreign", slug="foreign", theater=other_theater)
    make_event("Shared", slug="shared")
    run = send(
        "events",
        "title,slug,kind,running_minutes,labels,published,trailer_url\n"
        "Right,right,play,90,,,\n"
        "No kind,nokind,,90,,,\n"
        "Bad,bad,musical,ninety,Unknown,maybe,not an address\n"
        "Twice,right,play,90,,,\n"
        "Theirs,foreign,play,90,,,\n"
        "All,shared,play,90,,,\n"
        "!!!,,play,90,,,\n"
        ",empty,play,90,,,\n",
    )
    assert outcomes(run) == ["new", *["wrong"] * 7]
    errors = {(line, column) for line, column, _text in run.errors}
    assert {(4, name) for name in ("kind", "running_minutes", "labels", "published", "trailer_url")} <= errors
    assert {(3, "kind"), (5, "slug"), (6, "slug"), (7, "slug"), (8, "slug"), (9, "title")} <= errors
    page = client.get(reverse("admin:events_importrun_change", args=[run.pk])).content.decode()
    assert "There is no label “Unknown”" in page
    refused = press(run, "_all")
    assert "nothing was written" in refused.content.decode()
    assert run.state == "checked"
    assert ImportRun.objects.awaiting_decision().get() == run
    press(run, "_right")
    assert (run.state, run.new, run.wrong) == ("done", 1, 7)
    assert set(Event.objects.values_list("slug", flat=True)) == {"right", "foreign", "shared"}
    assert not ImportRun.objects.awaiting_decision().exists()


@pytest.fixture
def hall(theater: Theater) -> Hall:
    """Make a hall with a template “Week” for it, and the published event “hamlet” of two hours."""
    made = make_hall(theater=theater, standing=10)
    Hall.objects.filter(pk=made.pk).update(name="Main")
    adult = TicketType.objects.create(theater=theater, name="Adult")
    week = PriceTemplate.objects.create(theater=theater, name="Week")
    TemplatePrice.objects.create(template=week, category_name="Parkett", ticket_type=adult, amount=Decimal("12.50"))
    make_event("Hamlet", slug="hamlet", theater=theater)
    return Hall.objects.get(pk=made.pk)


def day(offset: int) -> date:
    return timezone.localdate() + timedelta(days=offset)


HEADER = "key,event,hall,date,time,doors,sales_close,price_template,state,tickets_per_customer\n"


def test_access_is_read_by_word_or_code_and_shown_as_one_change(send: Any, press: Any, hall: Hall):
    header = "key,event,hall,date,time,access\n"
    start = f"A,hamlet,main,{day(30)},19:30,"
    press(send("shows", header + f'{start}"Relaxed performance, audio described; signed"\n'), "_all")
    show = Show.objects.get()
    assert show.access == (Access.SIGNED, Access.AUDIO_DESCRIBED, Access.RELAXED)

    assert outcomes(send("shows", f"{header}{start}\n")) == ["unchanged"]
    again = send("shows", f"{header}{start}captioned\n")
    (row,) = plan_import(again).rows
    assert [(change.column, change.before, change.after) for change in row.changes] == [
        ("access", "sign language interpreted, audio described, relaxed performance", "captioned")
    ]
    press(again, "_all")
    show.refresh_from_db()
    assert show.access == (Access.CAPTIONED,)
    press(send("shows", f"{header}{start}-\n"), "_all")
    show.refresh_from_db()
    assert show.access == ()
    (wrong,) = plan_import(send("shows", f"{header}{start}loud\n")).rows
    assert set(wrong.errors) == {"access"}


@pytest.mark.slow
def test_shows_are_imported_once_with_prices_and_on_sale(send: Any, press: Any, hall: Hall):
    text = HEADER + (
        f"A,hamlet,main,{day(30)},19:30,19:00,{day(30)} 18:00,week,on sale,4\n"
        f"B,Hamlet,Main,{day(31):%d.%m.%Y},7:30 pm,,,Week,,\n"
        f",HAMLET,Main,{day(32)},19.30,,,,draft,\n"
    )
    run = send("shows", text)
    assert outcomes(run) == ["new"] * 3
    assert not Show.objects.exists()
    press(run, "_all")
    first, second, third = Show.objects.order_by("starts_at")
    local = timezone.localtime(first.starts_at, VIENNA)
    assert (local.date(), local.time()) == (day(30), time(19, 30))
    assert (first.state, second.state, third.state) == ("on_sale", "draft", "draft")
    assert timezone.localtime(first.sales_close_at, VIENNA).time() == time(18)
    assert (first.tickets_per_customer, second.tickets_per_customer) == (4, None)
    assert Price.objects.filter(show=first).get().amount == first.lowest_price == Decimal("12.5")
    assert ShowArea.objects.filter(show=first).get().capacity == 10
    assert not third.prices.exists()
    again = send("shows", text)
    assert outcomes(again) == ["unchanged"] * 3
    press(again, "_all")
    assert Show.objects.count() == 3

    # Its key identifies a show when its time changes; two can swap places.
    swapped = HEADER + (
        f"B,hamlet,Main,{day(32)},19:30,,,,,\n{third.code},hamlet,Main,{day(33)},19:30,,,Week,on sale,\n"
    )
    moved = send("shows", swapped)
    assert outcomes(moved) == ["changed", "changed"]
    press(moved, "_all")
    assert moved.state == "done"
    second.refresh_from_db()
    third.refresh_from_db()
    assert [timezone.localtime(show.starts_at, VIENNA).date() for show in (second, third)] == [day(32), day(33)]
    assert third.state == "on_sale"
    assert Show.objects.count() == 3


@pytest.mark.slow
def test_clashes_and_invalid_values_are_refused_by_row(send: Any, press: Any, hall: Hall):
    there = make_show(hall=hall, event=Event.objects.get(), starts_at=require_moment(day(40), time(19), VIENNA))
    bare = Hall.objects.create(theater=hall.theater, name="Bare")
    text = HEADER + (
        f"A,hamlet,Main,{day(30)},19:30,,,,,\n"
        f"B,hamlet,Main,{day(30)},21:45,,,,,\n"
        f"C,hamlet,Main,{day(30)},21:51,,,,,\n"
        f"D,hamlet,Main,{day(40)},17:30,,,,,\n"
        f"{there.code},hamlet,Main,{day(40)},20:00,,,,,\n"
        f"E,lear,Main,{day(41)},20:00,,,,,\n"
        f"F,hamlet,Studio,{day(42)},20:00,,,,,\n"
        f"G,hamlet,{bare.name},{day(42)},20:00,,,,,\n"
        f"H,hamlet,Main,{day(-3)},20:00,,,,,\n"
        f"I,hamlet,Main,{day(43)},20:00,,,,on sale,\n"
        f"J,hamlet,Main,{day(44)},20:00,,{day(44)},Month,,-3\n"
        f"A,hamlet,Main,{day(45)},20:00,,,,,\n"
        f"K,hamlet,Main,2027-03-28,02:30,,,,,\n"
    )
    run = send("shows", text)
    plan = plan_import(run)
    wrong = {row.cells["key"]: row.errors for row in plan.of(Outcome.WRONG)}
    # Two hours and 20 minutes of cleaning: the hall is free again at 21:50.
    assert "Line 2 needs Main" in wrong["B"]["time"]
    assert "taken at that time: “Hamlet”" in wrong["D"]["time"]
    assert "in the timetable" in wrong[there.code]["time"]
    assert "no event" in wrong["E"]["event"]
    assert "There are: Bare, Main" in wrong["F"]["hall"]
    assert "no published seat map" in wrong["G"]["hall"]
    assert "past" in wrong["H"]["date"]
    assert "no price" in wrong["I"]["state"]
    assert set(wrong["J"]) == {"sales_close", "tickets_per_customer"}
    assert "Line 2 is the same" in wrong["A"]["key"]
    assert "does not exist" in wrong["K"]["time"]
    assert [row.cells["key"] for row in plan.of(Outcome.NEW)] == ["A", "C"]
    press(run, "_all")
    assert Show.objects.count() == 1
    press(run, "_right")
    assert Show.objects.count() == 3
    there.refresh_from_db()
    assert timezone.localtime(there.starts_at, VIENNA).time() == time(19)


def test_a_spreadsheet_has_days_and_times_of_its_own(send: Any, hall: Hall):
    start = day(50)
    book = workbook(
        ["Event", "Hall", "Date", "Time", "Sales open", "refund-hours"],
        ["Hamlet", "Main", start, time(20, 15), datetime.combine(start - timedelta(days=7), time(10)), 48],
    )
    run = send("shows", book, "season.xlsx")
    finish_import(run=run, by=run.by)
    show = Show.objects.get()
    assert timezone.localtime(show.starts_at, VIENNA).strftime("%H:%M") == "20:15"
    assert timezone.localtime(show.sales_open_at, VIENNA).strftime("%H:%M") == "10:00"
    assert show.refund_hours == 48


@pytest.mark.slow
def test_the_statements_of_an_import_do_not_grow(hall: Hall, programmer: User):
    def count(first: int, rows: int) -> int:
        lines = (f"K{n},hamlet,Main,{day(n)},19:30,,,Week,on sale,\n" for n in range(first, first + rows))
        content = (HEADER + "".join(lines)).encode()
        with CaptureQueriesContext(connection) as queries:
            run = start_import(
                kind=ImportRun.Kind.SHOWS, theater=hall.theater, file_name="x.csv", content=content, by=programmer
            )
            finish_import(run=run, by=programmer)
        assert run.new == rows
        return len(queries)

    assert count(10, 3) >= count(20, 40)


def test_an_import_belongs_to_its_theater(send: Any, press: Any, other_manager: User, client: Client, hall: Hall):
    run = send("events", EVENTS)
    client.force_login(other_manager)
    address = reverse("admin:events_importrun_change", args=[run.pk])
    for answer in (client.get(address), client.post(address, {"_all": "1"}), client.post(address, {"_dismiss": "1"})):
        assert answer.status_code in (403, 404)
    listed = client.get(reverse("admin:events_importrun_changelist")).context["cl"].result_list
    assert run not in listed
    sent = {"kind": "events", "theater": run.theater_id, "file": SimpleUploadedFile("x.csv", EVENTS.encode())}
    assert "theater" in client.post(reverse("admin:events_importrun_upload"), sent).context["form"].errors
    run.refresh_from_db()
    assert run.state == "checked"
    assert ImportRun.objects.count() == 1


@pytest.mark.slow
def test_an_import_is_dismissed_and_the_samples_can_be_imported(
    send: Any, press: Any, hall: Hall, client: Client, box_office: User
):
    Event.objects.all().delete()
    for kind in ("events", "shows"):
        for form in ("csv", "xlsx"):
            sample = client.get(reverse("admin:events_importrun_sample"), {"kind": kind, "format": form})
            assert sample.status_code == 200
        run = send(kind, sample_xlsx(kind), "sample.xlsx")
        assert read_table(sample_csv(kind), FILE_LIMITS).header == read_table(sample_xlsx(kind), FILE_LIMITS).header
        if kind == "events":
            press(run, "_all")
            assert Event.objects.get().slug == "hamlet"
        else:
            assert {column for _line, column, _text in run.errors} <= {"date"}
            press(run, "_dismiss")
            assert (run.state, bytes(run.content)) == ("dismissed", b"")
            press(run, "_all")
            assert run.state == "dismissed"
    client.force_login(box_office)
    for name in ("upload", "sample", "changelist"):
        assert client.get(reverse(f"admin:events_importrun_{name}")).status_code == 403


@pytest.mark.parametrize(("country", "day", "month"), [("AT", 5, 6), ("US", 6, 5)])
def test_days_are_read_as_the_theaters_country_writes_them(send: Any, hall: Hall, country: str, day: int, month: int):
    hall.theater.city.country = country
    hall.theater.city.save()
    run = send("shows", "sep=;\nevent;hall;date;time;sales_open\nhamlet;Main;05/06/2031;19h30;04/05/2031 10:00\n")
    [row] = plan_import(run).rows
    assert not row.errors
    starts_at = row.values["show"].starts_at.astimezone(hall.theater.tz)
    assert (starts_at.day, starts_at.month, f"{starts_at:%H:%M}") == (day, month, "19:30")


def test_a_doubtful_encoding_is_chosen_on_the_page(send: Any, press: Any, client: Client):
    run = send("events", "title,kind,running_minutes\nKönigskinder,opera,170\n".encode("cp1252"))
    assert run.state == ImportRun.State.UNCLEAR
    page = reverse("admin:events_importrun_change", args=[run.pk])
    answer = client.get(page).content.decode()
    assert "Königskinder" in answer
    assert 'value="cp1252" checked' in answer
    client.post(page, {"_letters": "1", "encoding": "rot13"})
    run.refresh_from_db()
    assert run.state == ImportRun.State.UNCLEAR
    client.post(page, {"_letters": "1", "encoding": "cp1252"})
    run.refresh_from_db()
    assert (run.state, run.new) == (ImportRun.State.CHECKED, 1)
    press(run, "_all")
    assert Event.objects.get().title == "Königskinder"


def test_a_large_file_is_read_and_written_by_a_worker(
    send: Any, press: Any, client: Client, monkeypatch: Any, django_capture_on_commit_callbacks: Any
):
    woken: list[int] = []
    monkeypatch.setattr(runs, "MAX_BYTES_READ_AT_ONCE", 10)
    monkeypatch.setattr(runs, "wake_import", woken.append)
    with django_capture_on_commit_callbacks(execute=True):
        run = send("events", "title,kind,running_minutes\nHamlet,play,170\n")
    assert (run.state, woken) == (ImportRun.State.READING, [run.pk])
    page = reverse("admin:events_importrun_change", args=[run.pk])
    assert "<progress" in client.get(page).content.decode()
    assert "HX-Refresh" not in client.get(page, {"part": "progress"})
    assert woken == [run.pk]
    # The worker is lost: the page asks for another one.
    ImportRun.objects.update(woken_at=timezone.now() - 2 * LOST_AFTER)
    client.get(page)
    assert woken == [run.pk] * 2

    assert runs.work_on_import(run.pk)
    assert not runs.work_on_import(run.pk)
    assert client.get(page, {"part": "progress"})["HX-Refresh"] == "true"
    run.refresh_from_db()
    assert (run.state, run.new, run.percent) == (ImportRun.State.CHECKED, 1, 100)
    with django_capture_on_commit_callbacks(execute=True):
        press(run, "_all")
    assert (run.state, len(woken)) == (ImportRun.State.WRITING, 3)
    assert not Event.objects.exists()
    press(run, "_dismiss")
    assert run.state == ImportRun.State.WRITING
    assert runs.work_on_import(run.pk)
    run.refresh_from_db()
    assert (run.state, run.content, Event.objects.count()) == (ImportRun.State.DONE, b"", 1)
    assert tasks.work_on_import.name == "events.tasks.work_on_import"


def test_what_a_worker_cannot_read_or_write_is_reported_on_the_page(
    send: Any, press: Any, client: Client, monkeypatch: Any
):
    monkeypatch.setattr(runs, "MAX_BYTES_READ_AT_ONCE", 10)
    run = send("events", b"%PDF-1.7 and so on")
    runs.work_on_import(run.pk)
    page = client.get(reverse("admin:events_importrun_change", args=[run.pk])).content.decode()
    assert "This is a PDF document." in page
    run = send("events", "title,kind,running_minutes\nHamlet,play,170\n")
    runs.work_on_import(run.pk)
    ImportRun.objects.filter(pk=run.pk).update(content=b"title\nHamlet\n")
    press(run, "_all")
    runs.work_on_import(run.pk)
    page = client.get(reverse("admin:events_importrun_change", args=[run.pk])).content.decode()
    assert "Some rows are wrong, so nothing was written." in page


@pytest.mark.usefixtures("hall")
def test_a_thousand_similar_errors_are_shown_once(send: Any, client: Client):
    rows = "".join(f"hamlet,Main,soon {number},19:30\n" for number in range(200))
    run = send("shows", "event,hall,date,time\n" + rows)
    page = client.get(reverse("admin:events_importrun_change", args=[run.pk])).content.decode()
    assert page.count("“soon 1” is not a day") == 2
    assert "and 197 more rows with the same problem" in page


def test_titles_in_every_script_get_a_slug_and_are_found_again(send: Any, press: Any, theater: Theater):
    make_event("Große Oper", slug="groe-oper", theater=theater)
    file = "title,kind,running_minutes\nहैमलेट,play,120\n七人の侍,film,207\nГамлет,play,120\nGroße Oper,opera,120\n"
    run = send("events", file)
    assert [(row.outcome, row.values["slug"]) for row in plan_import(run).rows] == [
        (Outcome.NEW, "haimlet"), (Outcome.NEW, "qirennoshi"), (Outcome.NEW, "gamlet"), (Outcome.CHANGED, "groe-oper"),
    ]  # fmt: skip
    press(run, "_all")
    Event.objects.filter(slug="gamlet").update(slug="hamlet-ru")
    assert {row.outcome for row in plan_import(send("events", file)).rows} == {Outcome.UNCHANGED}


def test_impossible_values_are_reported_at_their_cell(send: Any, press: Any, hall: Hall):
    run = send("events", "title,kind,running_minutes\nZero,film,0\nGood,film,90\nLong,film,99999\n")
    assert [set(row.errors) for row in plan_import(run).rows] == [{"running_minutes"}, set(), {"running_minutes"}]
    assert press(run, "_right").status_code == 200
    assert (run.state, run.new) == (ImportRun.State.DONE, 1)
    run = send(
        "shows",
        "event,hall,date,time,sales_open,tickets_per_customer\n"
        "hamlet,Main,2027-12-24,19:30,0001-01-01 00:00,\n"
        "hamlet,Main,9999-12-31,23:30,,\n"
        "hamlet,Main,2027-12-24,19:30,,200000\n"
        "hamlet,Main,2027-12-25,19:30,,0\n",
    )
    assert [set(row.errors) for row in plan_import(run).rows] == [
        {"sales_open"}, {"date"}, {"tickets_per_customer"}, {"tickets_per_customer"},
    ]  # fmt: skip
    assert hall.shows.count() == 0
