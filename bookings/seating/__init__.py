"""Which places of a show there are, are free, and fit together; and how people choose them."""
