"""A party's wish in words, alike for pages, e-mails and the console."""

from django.utils.translation import gettext, ngettext

from waiting_list.models import WaitingListEntry


def describe_wish(entry: WaitingListEntry) -> str:
    """Say how many want to sit where, in the active language. No query where the categories are at hand."""
    people = ngettext("%(count)d person", "%(count)d people", entry.party_size) % {"count": entry.party_size}
    words = [people, *(category.name for category in entry.categories.all())]
    if entry.needs_accessible:
        words.append(gettext("with a wheelchair place"))
    elif entry.sits_together and entry.party_size > 1:
        words.append(gettext("side by side"))
    return ", ".join(words)
