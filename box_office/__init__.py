"""The counter: sales, reservations, house holds, drawers and the end of the day."""
