"""What is text travels compressed, at whichever address; what is packed already does not twice."""

import gzip

import pytest
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from testing.addresses import patterns
from testing.builders import make_hall, make_show
from ticketing.compression import TextGZipMiddleware

GZIP = {"Accept-Encoding": "gzip"}
PACKED = ("image/", "font/", "application/pdf", "application/zip", "application/vnd.")


@pytest.mark.slow
@pytest.mark.once
def test_every_text_is_compressed(platform_admin: User):
    """At every address without parameters, of the site, the console and the API."""
    make_show()
    client = Client(headers=GZIP)
    client.force_login(platform_admin)
    compressed = set()
    for route, name, parameters in patterns():
        if parameters or "logout" in route:
            continue
        try:
            answer = client.get(reverse(name))
        except NoReverseMatch:
            continue
        kind = answer.get("Content-Type", "")
        if answer.status_code != 200 or answer.streaming or len(answer.content) < 1000:
            continue
        is_compressed = answer.get("Content-Encoding") == "gzip"
        assert is_compressed != kind.startswith(PACKED), f"{route}: {kind}"
        if is_compressed:
            assert "Accept-Encoding" in answer["Vary"], route
            assert gzip.decompress(answer.content), route
            compressed.add(kind.partition(";")[0])
    assert {"text/html", "application/json"} <= compressed


@pytest.mark.slow
def test_the_same_page_has_another_length_each_time(client: Client, db: None):
    """So that lengths tell nothing of what stands in it (BREACH)."""
    lengths = {len(client.get("/accounts/login/", headers=GZIP).content) for _ in range(20)}
    assert len(lengths) > 3


def test_a_compressed_answer_still_has_its_304(client: Client, db: None):
    address = f"/api/v1/shows/{make_show(hall=make_hall(rows=6, seats=12)).code}/seats"
    first = client.get(address, headers=GZIP)
    assert first["Content-Encoding"] == "gzip"
    assert client.get(address, headers={**GZIP, "If-None-Match": first["ETag"]}).status_code == 304
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304


@pytest.mark.once
def test_a_stream_stays_a_stream(rf: RequestFactory, tmp_path):
    asked = []

    def lines():
        for number in range(3):
            asked.append(number)
            yield f"line {number}\n".encode() * 100

    request = rf.get("/", headers=GZIP)
    answer = TextGZipMiddleware(lambda _: StreamingHttpResponse(lines(), content_type="text/csv"))(request)
    assert asked == []
    parts = iter(answer)
    next(parts)
    assert len(asked) < 3
    picture = tmp_path / "poster.webp"
    picture.write_bytes(b"x" * 1000)
    answer = TextGZipMiddleware(lambda _: FileResponse(picture.open("rb")))(request)
    assert "Content-Encoding" not in answer
    assert answer["Content-Length"] == "1000"
    answer.file_to_stream.close()


@pytest.mark.once
def test_who_does_not_ask_for_it_gets_none(rf: RequestFactory):
    answer = TextGZipMiddleware(lambda _: HttpResponse(b"x" * 1000))(rf.get("/"))
    assert "Content-Encoding" not in answer
