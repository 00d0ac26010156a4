"""What keeps the site running for years: heartbeats of its processes, and the nightly job that lets rows go."""
