"""Settings of the site, of theaters and of their events: how staff change them, and what they read beside them."""
