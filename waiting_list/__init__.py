"""The waiting list of a sold-out show, and its offers."""
