"""Mail that goes out by itself: reminders, the evening's overview, the month's report."""
