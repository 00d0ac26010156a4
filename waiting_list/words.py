"""A party's wish in words, the same for pages, e-mails and the console."""

from django.utils.translation import gettext, ngettext

from waiting_list.models import WaitingListEntry


def describe_wish(entry: WaitingListEntry) -> str:
    """Describe how many want to sit where, in the active language. No query if the categories are loaded."""
    people = ngettext("%(count)d person", "%(count)d people", entry.party_size) % {"count": entry.party_size}
    words = [people, *(category.name for category in entry.categories.all())]
    if entry.needs_accessible:
        words.append(gettext("with a wheelchair place"))
    elif entry.sits_together and entry.party_size > 1:
        words.append(gettext("side by side"))
    return ", ".join(words)
