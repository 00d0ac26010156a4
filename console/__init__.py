"""The console: Django's admin site, its lists, menu and pages."""
