"""The customers' pages: choose seats (`show`, `hold`), pay for them (`checkout`), and what follows (`bookings`)."""
