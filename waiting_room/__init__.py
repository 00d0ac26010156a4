"""A fair line before the seats of shows in high demand."""
