"""What is done after a commit, which it can't undo: forget what is cached, wake a worker."""

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any

from django.db import transaction


def after_commit(function: Callable[..., Any], *arguments: object) -> None:
    """Call `function` when this transaction is committed. What it raises is logged, and harms nobody.

    Django logs it by the function's name, which a bare `partial` lacks: a cache that is down would then
    be an error for somebody who has booked.
    """
    transaction.on_commit(update_wrapper(partial(function, *arguments), function), robust=True)
