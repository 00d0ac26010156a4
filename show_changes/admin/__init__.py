"""The console's pages for moving and canceling shows, and for bringing them to another seat map."""

from show_changes.admin import bring, cancel, cancel_many, correct_times, shows

__all__ = ["bring", "cancel", "cancel_many", "correct_times", "shows"]
