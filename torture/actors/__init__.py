"""The clients: each plays a person or a machine that uses the site from outside, and keeps a diary."""
