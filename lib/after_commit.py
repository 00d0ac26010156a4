"""Side effects that follow a commit and can't undo it: clear a cache, wake a worker."""

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any

from django.db import transaction


def after_commit(function: Callable[..., Any], *arguments: object) -> None:
    """Call `function` once this transaction is committed. What it raises is only logged.

    Django logs the function's name, which a bare `partial` lacks: a cache that is down would then become an
    error for a customer who has booked.
    """
    transaction.on_commit(update_wrapper(partial(function, *arguments), function), robust=True)
