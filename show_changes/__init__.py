"""A show that is moved, canceled, or gets other times, with all its bookings."""
