"""Groups that ask a theater for more places than one customer may book."""
