"""Signals to the apps above this one."""

from django.dispatch import Signal

# With `shows`, in the transaction that puts them on sale: nobody else sees them for sale yet.
sales_opened = Signal()
