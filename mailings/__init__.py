"""Mail that goes out by itself: reminders, the evening digest, the monthly report."""
