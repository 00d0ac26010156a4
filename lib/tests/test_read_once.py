"""A version is read once in a request, and again when it was renewed meanwhile."""

from django.core.signals import request_finished, request_started

from lib.read_once import _begin, _end, read_again, read_once


def test_requests_begin_and_end_it():
    assert _begin in set(request_started._live_receivers(None)[0])
    assert _end in set(request_finished._live_receivers(None)[0])


def test_it_is_read_once_in_a_request():
    versions = iter(["first", "second", "third", "fourth"])

    def read() -> str:
        return read_once("name", lambda: next(versions))

    assert [read(), read()] == ["first", "second"]
    _begin()
    assert [read(), read()] == ["third", "third"]
    read_again("name")
    assert read() == "fourth"
    _end()


def test_the_next_request_reads_again():
    versions = iter(["first", "second"])
    for expected in ("first", "second"):
        _begin()
        assert read_once("name", lambda: next(versions)) == expected
    _end()
