"""Mails from a theater's own domain: which records it needs, looking them up, and who may send from it."""
