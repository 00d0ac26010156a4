"""The brand to whose domain this request came (`ticketing/domains.py`): its theaters are all that the request shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from theaters.directory import BrandItem

_shown: ContextVar[BrandItem | None] = ContextVar("shown_brand", default=None)


def shown_brand() -> BrandItem | None:
    return _shown.get()


def shown_theaters() -> tuple[int, ...] | None:
    """Return the pks of the theaters that the catalogue is limited to, or None if it is not."""
    brand = _shown.get()
    return brand.theater_ids if brand else None


@contextmanager
def showing(brand: BrandItem) -> Iterator[None]:
    token = _shown.set(brand)
    try:
        yield
    finally:
        _shown.reset(token)
