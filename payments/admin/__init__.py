"""The console's pages for reconciliation."""

from payments.admin import reconciliation  # noqa: F401 it registers its models
