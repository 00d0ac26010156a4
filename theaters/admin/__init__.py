"""The console's pages for places and the people who work in them."""

from theaters.admin import brands, places, seat_maps, sellers, team, wordings

__all__ = ["brands", "places", "seat_maps", "sellers", "team", "wordings"]
