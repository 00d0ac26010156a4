"""Rules of this app that the database itself keeps; see `ticketing/guards.py`."""

from ticketing.guards import Guard

GUARDS = [
    Guard("audit_no_update", "accounts_auditentry", "UPDATE", "1 = 1", "The audit log is append-only."),
    Guard("audit_no_delete", "accounts_auditentry", "DELETE", "1 = 1", "The audit log is append-only."),
]
