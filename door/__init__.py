"""Entry at the door."""
