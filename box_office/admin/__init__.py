"""The console's pages for the counter."""

from box_office.admin import day_end, drawer, drawers, receipts, sale, set_aside

__all__ = ["day_end", "drawer", "drawers", "receipts", "sale", "set_aside"]
