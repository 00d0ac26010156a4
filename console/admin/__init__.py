"""Admins of people, sessions, jobs and the audit log."""

from console.admin import accounts, platform

__all__ = ["accounts", "platform"]
