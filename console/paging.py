"""How many rows a list has."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from django.core.cache import caches
from django.core.exceptions import EmptyResultSet
from django.core.paginator import Paginator
from django.utils.functional import cached_property

# To count so many takes longer than to draw the page, and nobody sees that there are three more.
MANY = 10_000
KEPT_SECONDS = 60


class ListPaginator(Paginator):  # type: ignore[type-arg]
    """Counts the rows, and keeps for a minute that there are more than `MANY`: for the very same statement.

    The statement names the theaters and the filters, so that nobody is told another one's number.
    """

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        try:
            said = repr(rows.order_by().values("pk").query.sql_with_params())
        except EmptyResultSet:
            return 0
        key = f"list-count-{blake2b(said.encode(), digest_size=16).hexdigest()}"
        known: int | None = caches["pages"].get(key)
        if known is None:
            known = int(rows.count())
            if known > MANY:
                caches["pages"].set(key, known, KEPT_SECONDS)
        return known
