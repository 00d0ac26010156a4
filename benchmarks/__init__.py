"""How fast the box office is, as ratios to bare Django on the same machine; see `README.md`."""
