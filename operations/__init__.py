"""What keeps the site running for years: heartbeats of its processes, and the nightly deletion of expired rows."""
