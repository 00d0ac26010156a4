"""Rules of this app that the database itself keeps; see `lib/guards.py`."""

from django.utils.translation import gettext_lazy as _

from accounts.actions import Action
from accounts.audit import ERASED
from accounts.privacy import audit_keys, audited_models
from lib.guards import Guard
from operations.retention import books

_APPEND_ONLY = _("The audit log is append-only.")

_SAME = {
    "sqlite": "NEW.{0} IS OLD.{0}",
    "postgresql": "NEW.{0} IS NOT DISTINCT FROM OLD.{0}",
}
# The values of a JSON object, each with its name, and whether two of them are the same.
_VALUES = {
    "sqlite": ("json_each({row}.{column})", "n.type = o.type AND n.value IS o.value", f"n.value = '{ERASED}'"),
    "postgresql": ("jsonb_each({row}.{column})", "n.value = o.value", f"n.value = '\"{ERASED}\"'::jsonb"),
}


def _quoted(words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _is_kept_or_erased(vendor: str, column: str) -> str:
    """Return SQL: the object has the names that it had, with the same values but for personal ones that are erased."""
    values, is_same, is_erased = _VALUES[vendor]
    old, new = (f"{values.format(row=row, column=column)}" for row in ("OLD", "NEW"))
    is_personal = f"(OLD.action = '{Action.NAME_TICKETS}' OR o.key IN ({_quoted(audit_keys())}))"
    kept = (
        f"NOT EXISTS (SELECT 1 FROM {old} o WHERE NOT EXISTS (SELECT 1 FROM {new} n "  # noqa: S608 names of ours
        f"WHERE n.key = o.key AND (({is_same}) OR ({is_erased} AND {is_personal}))))"
    )
    return f"{kept} AND (SELECT COUNT(*) FROM {old} o) = (SELECT COUNT(*) FROM {new} n)"  # noqa: S608


def _only_erases(vendor: str) -> str:
    """Return SQL: nothing changes but personal values of a table with such values, which are erased."""
    columns = ("id", "by_id", "action", "content_type_id", "object_id", "theater_id", "at")
    fixed = [_SAME[vendor].format(column) for column in columns]
    words = [
        f"(NEW.{column} = OLD.{column} OR (NEW.{column} = '{ERASED}' AND OLD.{column} <> ''))"
        for column in ("reason", "object_name")
    ]
    address = f"({_SAME[vendor].format('address')} OR NEW.address IS NULL)"
    objects = [_is_kept_or_erased(vendor, column) for column in ("before", "after")]
    of_people = (
        "EXISTS (SELECT 1 FROM django_content_type t WHERE t.id = OLD.content_type_id "  # noqa: S608
        f"AND t.app_label || '.' || t.model IN ({_quoted(audited_models())}))"
    )
    unchanged = [_SAME[vendor].format(column) for column in ("reason", "object_name", "before", "after")]
    return " AND ".join(
        [*fixed, address, f"(({' AND '.join(unchanged)}) OR ({' AND '.join([of_people, *words, *objects])}))"]
    )


def _is_pruned() -> str:
    """Return SQL: the nightly job deletes the entry, whose time is over and which is not about the books."""
    return (
        "EXISTS (SELECT 1 FROM operations_pruning p WHERE p.label = 'accounts.auditentry' AND OLD.at < p.until) "  # noqa: S608
        "AND NOT EXISTS (SELECT 1 FROM django_content_type t WHERE t.id = OLD.content_type_id "
        f"AND t.app_label || '.' || t.model IN ({_quoted(books())}))"
    )


GUARDS = [
    *(
        Guard(
            "audit_no_update",
            "accounts_auditentry",
            "UPDATE",
            f"NOT ({_only_erases(vendor)})",
            _("The audit log is append-only. Only the values of a person who is erased go."),
            only=vendor,
        )
        for vendor in ("sqlite", "postgresql")
    ),
    Guard("audit_no_delete", "accounts_auditentry", "DELETE", f"NOT ({_is_pruned()})", _APPEND_ONLY),
]
