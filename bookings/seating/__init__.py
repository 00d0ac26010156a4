"""The places of a show: which there are, which are free, which fit together, and how people choose them."""
