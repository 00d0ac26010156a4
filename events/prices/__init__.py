"""Prices of shows: the grid, its templates and changes for many."""
