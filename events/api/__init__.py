"""API calls about what is on, and where."""
