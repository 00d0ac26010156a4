"""Shared by tests: builders, fixtures and page helpers."""
