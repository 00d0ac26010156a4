"""The demo season: theaters, halls, events, shows, sales and posters, all invented or in the public domain.

Nothing imports it.
"""
