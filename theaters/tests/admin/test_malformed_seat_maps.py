"""Whatever is wrong with a file, it gets a clear error, and the hall's draft stays as it was."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from testing.seat_maps import import_seat_map
from theaters.models import Hall, SeatMap, SeatMapUpload, Theater
from theaters.seat_maps import parse_json, uploads
from theaters.seat_maps.parse_file import MAX_FILE_BYTES
from theaters.seat_maps.samples import sample_csv, sample_xlsx
from theaters.seat_maps.svg import to_svg
from theaters.tests.seat_maps.test_plans_of_editors import SOLD, area, plan

pytestmark = pytest.mark.django_db
GOOD = plan([area(uuid="floor", marquee=SOLD)])
HEAD = "section,row,number,category,x,y,flags,capacity,id,kind,more\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg">'


def deep(levels: int = 100) -> str:
    return json.dumps({**GOOD, "x-deep": 0}).replace('"x-deep": 0', '"x-deep": ' + "[" * levels + "]" * levels)


def good_svg() -> str:
    return to_svg(parse_json(json.dumps(GOOD)))


def changed(**keys: object) -> str:
    return json.dumps({**GOOD, **keys})


def zip_of(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name.replace("__", "/"), content)
    return out.getvalue()


MALFORMED: dict[str, Callable[[], str | bytes]] = {
    "nothing.json": lambda: "{}",
    "truncated.json": lambda: json.dumps(GOOD)[:-40],
    "list.json": lambda: "[1, 2, 3]",
    "deep.json": deep,
    "very-deep.json": lambda: deep(100_000),
    "numbers-for-zones.json": lambda: changed(zones=5),
    "text-for-a-seat.json": lambda: changed(zones=[{"name": "S", "rows": [{"seats": ["A1", None, 7]}]}]),
    "wrong-types.json": lambda: changed(categories=[{"name": ["A"]}], size="large"),
    "infinite.json": lambda: json.dumps(GOOD).replace('"x": 50', '"x": 1e999'),
    "not-a-number.json": lambda: json.dumps(GOOD).replace('"x": 50', '"x": NaN'),
    "twice.json": lambda: '{"zones": [], "zones": []}',
    "markup.json": lambda: json.dumps(GOOD).replace('"Floor"', '"<script>alert(1)</script>"'),
    "half-a-letter.json": lambda: json.dumps(GOOD).replace('"Floor"', '"\\ud800"'),
    "truncated.csv": lambda: sample_csv()[:30],
    "no-columns.csv": lambda: "1,2,3\n4,5,6\n",
    "wrong-types.csv": lambda: HEAD + "Stalls,A,1,Front,left,here,,,,,\n",
    "markup.csv": lambda: HEAD + "<script>alert(1)</script>,A,1,Front,1,1,,,,,\n",
    "a-million-seats.csv": lambda: HEAD + "Stalls,A,1-500,Front,,,,,,,\n" * 2000,
    "deep.csv": lambda: HEAD + f'Stalls,A,1,Front,1,1,,,,,"{{""x"": {"[" * 100}{"]" * 100}}}"\n',
    "list-for-more.csv": lambda: HEAD + 'Stalls,A,1,Front,1,1,,,,,"[1]"\n',
    "no-json.csv": lambda: HEAD + 'Stalls,A,1,Front,1,1,,,,plan,"{oops"\n',
    "unknown-kind.csv": lambda: HEAD + "Stalls,A,1,Front,1,1,,,,sofa,\n",
    "truncated.xlsx": lambda: sample_xlsx()[:900],
    "other.zip": lambda: zip_of(a__b=b"x"),
    "empty.xlsx": lambda: zip_of(xl__workbook=b""),
    "truncated.svg": lambda: good_svg()[:-200],
    "deep.svg": lambda: SVG + "<g>" * 100 + "</g>" * 100 + "</svg>",
    "entities.svg": lambda: '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + SVG + "&b;</svg>",
    "files.svg": lambda: '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SVG + "<text>&a;</text></svg>",
    "a-million-seats.svg": lambda: SVG + '<circle r="5"/>' * 1_000_000 + "</svg>",
    "too-large.json": lambda: b'{"x-note": "' + b"x" * MAX_FILE_BYTES + b'"}',
    "picture.png": lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    "paper.pdf": lambda: b"%PDF-1.7\n%%EOF",
    "page.html": lambda: "<!doctype html><script>alert(1)</script>",
    "binary.csv": lambda: bytes(range(256)) * 40,
    "blank.csv": lambda: " \n \n",
}


@pytest.mark.once
@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_file_gets_an_error_and_changes_nothing(
    name: str, client: Client, manager: User, theater: Theater, monkeypatch: pytest.MonkeyPatch
):
    # At once, as a worker would read it.
    monkeypatch.setattr(uploads, "MAX_BYTES_READ_AT_ONCE", MAX_FILE_BYTES)
    hall = Hall.objects.create(theater=theater, name="Main")
    draft = import_seat_map(hall=hall, file_name="a.json", content=json.dumps(GOOD).encode(), by=manager)
    content = MALFORMED[name]()
    client.force_login(manager)
    file = SimpleUploadedFile(name, content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
    page = client.post(reverse("admin:theaters_seatmap_upload"), {"hall": hall.pk, "file": file}, follow=True)
    assert page.status_code == 200
    assert 'role="alert"' in page.text or page.context["form"].errors
    assert "<script>alert" not in page.text
    assert not SeatMapUpload.objects.filter(state="done").exists()
    draft.refresh_from_db()
    assert (SeatMap.objects.get(), draft.state) == (draft, "draft")
    assert parse_json(json.dumps(draft.layout)).seats == parse_json(json.dumps(GOOD)).seats


def test_a_script_in_a_drawing_is_left_out(client: Client, manager: User, theater: Theater):
    hall = Hall.objects.create(theater=theater, name="Main")
    client.force_login(manager)
    script = "<script>alert(1)</script><a href='javascript:alert(1)'><text onclick='alert(1)'>Bar &lt;b&gt;</text></a>"
    file = SimpleUploadedFile("a.svg", good_svg().replace("</svg>", f"{script}</svg>").encode())
    page = client.post(reverse("admin:theaters_seatmap_upload"), {"hall": hall.pk, "file": file}, follow=True)
    assert "24 seats" in page.text
    assert "alert(1)" not in page.text
    assert "<b>" not in page.text.replace("</b>", "")
