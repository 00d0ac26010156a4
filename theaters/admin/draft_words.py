"""The sentences about saving in the seat-map editor: how the draft stands, who else is there, what was decided."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from theaters.admin.seat_editor_words import Words, both


def find_draft_words() -> Words:
    """Return each sentence by its name, in the language of the page; two where it depends on a number."""
    return {**_find_states(), **_find_notices(), **_find_conflicts()}


def _find_states() -> Words:
    return {
        "draft-saved": _("Saved"),
        "draft-waiting": _("Not saved yet"),
        "draft-saving": _("Saving …"),
        "draft-offline": _("Offline: kept on this device"),
        "draft-offline-unkept": _("Offline, and this device can’t keep your changes: leave this page open."),
        "draft-signed-out": _("You are signed out."),
        "draft-conflict": _("Not saved: please choose"),
        "draft-published": _("This version has been published."),
        "draft-refused": _("This can’t be saved."),
        "draft-closed": _("This draft is no longer open to you."),
    }


def _find_notices() -> Words:
    return {
        "draft-someone": _("Someone"),
        "draft-self": _("You, on another page"),
        "draft-since": _("here since %(since)s"),
        "draft-brought": both(
            lambda n: ngettext("%(who)s changed %(count)s place", "%(who)s changed %(count)s places", n)
        ),
        "draft-brought-other": _("%(who)s changed the plan"),
        "draft-restored": both(
            lambda n: ngettext(
                "%(count)s place was changed here before and not sent. It is back.",
                "%(count)s places were changed here before and not sent. They are back.",
                n,
            )
        ),
        "draft-earlier": _(
            "This device has changes to an earlier version that could not be sent. Bring them into this draft?"
        ),
        "draft-kept": _("What is not saved is kept on this device, and is back when you open the editor here again."),
        "draft-not-kept": _("This device can’t keep what is not saved: leave this page open."),
        "draft-sign-in": _("Sign in"),
        "draft-published-unsent": _(
            "Version %(version)s has been published without your last changes. They can become the draft of the next "
            "version."
        ),
        "draft-published-all": _("Version %(version)s has been published, and never changes."),
        "draft-continue": _("Make them the next version’s draft"),
        "draft-next": _("Edit the next version"),
        "draft-conflicts": both(
            lambda n: ngettext(
                "%(who)s and you have changed the same thing. Until you choose, your changes are only on this device.",
                "%(who)s and you have changed %(count)s things alike. Until you choose, your changes are only on this "
                "device.",
                n,
            )
        ),
        "draft-decide": _("Choose"),
    }


def _find_conflicts() -> Words:
    """Return what the dialog about conflicts calls things."""
    return {
        "conflict-plan": _("The plan"),
        "conflict-mine": _("Mine"),
        "conflict-theirs": _("Theirs"),
        "conflict-show": pgettext("verb", "Show"),
        "conflict-deleted": _("deleted"),
        "conflict-changed": _("changed"),
        "conflicts-more": both(
            lambda n: ngettext("and %(count)s more, which stays yours", "and %(count)s more, which stay yours", n)
        ),
        "property-removed": _("deleted by one, changed by the other"),
        "property-order": _("order"),
        "property-position": _("position"),
        "property-category": _("category"),
        "property-seat_number": _("number"),
        "property-row_number": _("row"),
        "property-name": _("name"),
        "property-color": _("color"),
        "property-capacity": _("capacity"),
        "property-rotation": _("rotation"),
        "property-accessible": _("wheelchair place"),
        "property-companion": _("companion seat"),
        "property-restricted": _("restricted view"),
        "property-aisle": _("on the aisle"),
        "property-for_sale": _("for sale"),
        "property-floor": _("floor"),
        "property-stage": _("stage"),
    }
