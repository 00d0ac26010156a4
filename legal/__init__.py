"""Legal pages of theaters and of the site."""
