"""Which show is in which hall at what time."""
