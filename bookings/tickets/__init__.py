"""Tickets as documents: codes, pictures of codes, PDF and calendar entry."""
