"""Jobs that write many short transactions."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from lib import turns

pytestmark = pytest.mark.django_db


def test_a_long_job_lets_others_write_and_ends_in_time(monkeypatch: pytest.MonkeyPatch):
    clock, pauses = [100.0], []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        clock[0] += seconds

    monkeypatch.setattr(turns, "monotonic", lambda: clock[0])
    monkeypatch.setattr(turns, "sleep", sleep)
    turn: Any = turns.Turn(2)
    written = 0
    while turn.go_on():
        clock[0] += 0.1
        written += 1
    waits = connection.vendor == "sqlite"
    assert (1 < len(pauses) < written) is waits
    assert 2 <= clock[0] - 100 < 2.5
