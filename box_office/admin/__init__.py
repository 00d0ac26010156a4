"""The console's pages for the counter."""

from box_office.admin import (  # noqa: F401 each adds its pages
    day_end,
    drawer,
    drawers,
    receipts,
    sale,
    set_aside,
)
