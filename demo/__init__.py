"""The demo season: theaters, halls, events, shows, sales and posters, all invented or in the public domain.

It stands above all other apps and nothing imports it.
"""
