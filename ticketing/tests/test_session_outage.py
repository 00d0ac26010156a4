"""A session that the database can't write after the view has answered."""

import sqlite3

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from ticketing.sessions import SessionStore
from ticketing.unavailable import SessionMiddleware

SQLITE_IOERR, SQLITE_ERROR = 10, 1


class Unwritable(SessionStore):
    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code
        self["visits"] = 1

    def save(self, must_create: bool = False) -> None:
        cause = sqlite3.OperationalError("It failed.")
        cause.sqlite_errorcode = self.code
        raise OperationalError("It failed.") from cause


def answer(code: int) -> HttpResponse:
    request = RequestFactory().post("/")
    request.session = Unwritable(code)
    return SessionMiddleware(lambda _request: HttpResponse()).process_response(request, HttpResponse())


def test_it_is_answered_as_an_outage():
    found = answer(SQLITE_IOERR)
    assert (found.status_code, int(found["Retry-After"]) > 0) == (503, True)


def test_other_errors_stay_errors():
    with pytest.raises(OperationalError):
        answer(SQLITE_ERROR)
