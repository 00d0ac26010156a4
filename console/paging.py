"""The number of rows in a list, cached for long lists."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from django.core.cache import caches
from django.core.exceptions import EmptyResultSet
from django.core.paginator import Paginator
from django.utils.functional import cached_property

# Counting so many takes longer than drawing the page, and three more make no difference to anyone.
CACHED_FROM_ROWS = 10_000
COUNT_CACHE_SECONDS = 60


class ListPaginator(Paginator):  # type: ignore[type-arg]
    """Counts the rows, and caches counts above `CACHED_FROM_ROWS` for a minute, by the statement.

    The statement names theaters and filters, so that each person gets their own count.
    """

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        try:
            statement = repr(rows.order_by().values("pk").query.sql_with_params())
        except EmptyResultSet:
            return 0
        key = f"list-count-{blake2b(statement.encode(), digest_size=16).hexdigest()}"
        known: int | None = caches["pages"].get(key)
        if known is None:
            known = int(rows.count())
            if known > CACHED_FROM_ROWS:
                caches["pages"].set(key, known, COUNT_CACHE_SECONDS)
        return known
