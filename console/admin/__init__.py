"""What platform admins see of people, sessions, jobs and the audit log."""

from console.admin import accounts, platform  # noqa: F401 each registers its models
