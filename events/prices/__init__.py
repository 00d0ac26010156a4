"""Prices of shows: the grid, templates, and changes to many shows."""
