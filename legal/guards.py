"""Rules of this app that the database itself keeps; see `lib/guards.py`."""

from django.utils.translation import gettext_lazy as _

from lib.guards import Guard

_FROZEN = _("A published legal page never changes; make its next version.")


def _is_published(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM legal_legalversion v WHERE v.id = {row}.version_id "  # noqa: S608 a row's name of ours
        "AND v.published_at IS NOT NULL)"
    )


GUARDS = [
    Guard("legal_version_frozen_update", "legal_legalversion", "UPDATE", "OLD.published_at IS NOT NULL", _FROZEN),
    Guard("legal_version_frozen_delete", "legal_legalversion", "DELETE", "OLD.published_at IS NOT NULL", _FROZEN),
    Guard("legal_text_frozen_insert", "legal_legaltext", "INSERT", _is_published("NEW"), _FROZEN),
    Guard("legal_text_frozen_update", "legal_legaltext", "UPDATE", _is_published("OLD"), _FROZEN),
    Guard(
        "newsletter_proof_fixed",
        "legal_newsletterconsent",
        "UPDATE",
        "NEW.words <> OLD.words OR NEW.source <> OLD.source OR NEW.asked_at <> OLD.asked_at "
        "OR NEW.confirmed_at <> OLD.confirmed_at OR NEW.email <> OLD.email OR NEW.theater_id <> OLD.theater_id "
        "OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS NULL)",
        _("The proof of a consent never changes; it can only be withdrawn."),
    ),
    Guard("legal_text_frozen_delete", "legal_legaltext", "DELETE", _is_published("OLD"), _FROZEN),
]
