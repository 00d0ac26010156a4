"""Fill a pretix: an event on sale with tickets free of charge, as PDF. Runs in pretix's environment, not in ours.

The price is nothing so that an order is complete without a payment provider, which needs an account; pretix then
has a form less to show and no payment to wait for.
"""

import os
from datetime import timedelta

import django

ORGANIZER, EVENT = "house", "hamlet"
SETTINGS = {
    "ticket_download": True,
    "ticketoutput_pdf__enabled": True,
    "mail_attach_tickets": True,
    "mail_attach_ical": True,
    # Marquee asks for a name and an e-mail address, and no more.
    "attendee_names_asked": False,
    "invoice_address_asked": False,
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pretix.settings")
    django.setup()
    from django.utils.timezone import now
    from django_scopes import scopes_disabled
    from pretix.base.models import Event, Organizer

    with scopes_disabled():
        organizer = Organizer.objects.create(name="House", slug=ORGANIZER)
        event = Event.objects.create(
            organizer=organizer,
            name="Hamlet",
            slug=EVENT,
            currency="EUR",
            date_from=now() + timedelta(days=30),
            live=True,
            plugins="pretix.plugins.ticketoutputpdf",
        )
        item = event.items.create(name="Adult", default_price=0, admission=True)
        quota = event.quotas.create(name="All", size=None)
        quota.items.add(item)
        for name, value in SETTINGS.items():
            event.settings.set(name, value)
        print(item.pk)


if __name__ == "__main__":
    main()
