"""The console's pages for moving and canceling shows, bringing them to another seat map, and writing to customers."""

from show_changes.admin import bring, cancel, cancel_many, correct_times, notes, shows

__all__ = ["bring", "cancel", "cancel_many", "correct_times", "notes", "shows"]
