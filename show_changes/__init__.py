"""Moving and canceling a show, and correcting its times, with all its bookings."""
