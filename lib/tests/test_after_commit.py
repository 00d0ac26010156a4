"""What is done after a commit can't fail it."""

import logging
from typing import Any

import pytest

from lib.after_commit import after_commit

pytestmark = pytest.mark.django_db


def test_an_error_after_a_commit_is_logged_and_the_rest_goes_on(
    django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
):
    done: list[int] = []

    def fail(number: int) -> None:
        raise RuntimeError(number)

    with caplog.at_level(logging.ERROR), django_capture_on_commit_callbacks(execute=True):
        after_commit(fail, 1)
        after_commit(done.append, 2)
        assert not done
    assert done == [2]
    assert "fail" in caplog.text
