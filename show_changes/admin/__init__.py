"""The console's pages for moving and canceling shows."""

from show_changes.admin import cancel, cancel_many, correct_times, shows

__all__ = ["cancel", "cancel_many", "correct_times", "shows"]
