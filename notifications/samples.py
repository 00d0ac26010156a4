"""A sample context for every kind of message, for the preview in the console."""

from typing import Any

from django.conf import settings

from notifications.kinds import choice_of

_THEATER = {
    "name": "Riverside",
    "place": "1 River Street",
    "city": "Vienna",
    "access": "Step-free by the side door.\nHearing loop in rows A to F.",
    "travel": "Tram 71 and U3 to Riverside.\nParking below the square.",
    "phone": "+43 1 234 567",
    "email": "box-office@example.com",
}
_SHOW = {
    "event": "Nosferatu",
    "hall": "Main",
    "starts_at": "2026-10-10T17:30:00+00:00",
    "doors_at": "2026-10-10T17:00:00+00:00",
    "access": ["signed"],
    "time_zone": "Europe/Vienna",
    "url": "/shows/ABCDEF/",
}
_TICKET = {"place": "Stalls, row A, seat 1", "category": "Parkett", "type": "Adult", "attendee": "आशा"}
_MOVED = {**_TICKET, "instead_of": "Balcony, row F, seat 12"}
_BOOKING = {
    "name": "Asha Customer",
    "code": "ABCDEFGH",
    "url": "/b/token/",
    "reply_to": "box-office@example.com",
    "theater": _THEATER,
    "show": _SHOW,
    "tickets": [_TICKET, {**_TICKET, "place": "Stalls, row A, seat 2", "attendee": ""}],
    "total": {"amount": "40.000", "currency": "EUR"},
    "fees": [{"name": "Service fee", "amount": "5.000", "currency": "EUR"}],
    "refund": {"amount": "20.000", "currency": "EUR"},
    "was_paid": True,
    "why": "places_gone",
    "may_choose_again": True,
    "remaining": 1,
    "before": {"starts_at": "2026-10-09T17:30:00+00:00", "hall": "Studio"},
    "is_other_time": True,
    "is_other_hall": True,
    "refund_until": "2026-10-10T17:30:00+00:00",
    "at_counter": {"amount": "20.000", "currency": "EUR"},
    "due": {"amount": "12.000", "currency": "EUR"},
    "credit": {"amount": "40.000", "currency": "EUR"},
    "until": "2026-10-09T17:30:00+00:00",
    "other_shows": [{**_SHOW, "event": "Twelfth Night", "starts_at": "2026-10-11T13:00:00+00:00"}],
    "stay_valid": True,
    "message": "The lead is ill.\nWe hope to see you soon.",
}
_TRANSFER = {
    "due": {"amount": "40.000", "currency": "EUR"},
    "due_on": "2026-10-08T12:00:00+02:00",
    "holder": "Riverside Theatre",
    "iban": "AT61 1904 3002 3457 3201",
    "bic": "BKAUATWW",
    "reference": "RF15 ABCD 2345",
    "has_code": True,
}
_ACCOUNT = {
    "name": "Asha Customer",
    "recipient": "asha@example.com",
    "code": "H7KP-2MQR",
    "what": "password_changed",
    "at": "2026-10-10T17:00:00+00:00",
    "address": "192.0.2.1",
    "browser": "Firefox",
    "from_email": "old@example.com",
    "to_email": "new@example.com",
    "deleted_email": "old@example.com",
    "sign_in_url": "/accounts/login/",
    "sign_up_url": "/accounts/signup/",
    "password_reset_url": "/accounts/password/reset/",
}


_EVENTS = [
    {
        "title": title,
        "theater": "Riverside",
        "starts_at": f"2026-10-{day}T17:30:00+00:00",
        "time_zone": "Europe/Vienna",
        "price": {"amount": "18.000", "currency": "EUR"},
        "labels": labels,
        "is_new": not labels,
        "url": "/events/nosferatu/",
    }
    for title, day, labels in [
        ("Nosferatu", 10, ["Silent film", "Live music"]),
        ("रात की रानी", 11, ["Drama"]),
        ("مسرحية", 12, []),
    ]
]
_SEEN = {
    "event": "Nosferatu",
    "starts_at": "2026-10-10T17:30:00+00:00",
    "time_zone": "Europe/Vienna",
    "theater": "Riverside",
}
_INQUIRY = {
    "show": {"event": "Nosferatu"},
    "party": "42 people (school)",
    "wished": ["Sat 10 Oct, 19:30", "Sun 11 Oct, 15:00"],
    "url": "/groups/token/",
    "theater": _THEATER,
}
_OF_BOOKING = (
    "booking",
    "exchange",
    "money",
    "show",
    "hold",
    "payment",
    "places",
    "review",
    "ticket",
    "transfer",
    "waiting",
)
_LEAVE_URL = "/waiting-list/token/"
KIND_CONTEXTS: dict[str, dict[str, Any]] = {
    "ticket_passed_on": {"name": "आशा", "is_given": True, "giver": "Ravi Customer", "tickets": [_TICKET]},
    "ticket_withdrawn": {"name": "आशा", "is_given": True, "giver": "Ravi Customer", "tickets": [_TICKET]},
    "show_note": {
        "own_subject": "{event}: another entrance",
        "words": {
            "note": {
                "text": "Please come by **Mill Lane**: the square is closed.\n\nDoors open at {doors}.",
                "language": "en",
            }
        },
    },
    "show_moved": {"tickets": [_MOVED, _TICKET]},
    "places_renamed": {"tickets": [_MOVED]},
    "follow_confirmation": {
        "name": "",
        "what": "Nosferatu",
        "confirm_url": "/follow/confirm/token/",
    },
    "followed_seats": {
        "name": "Asha Customer",
        "title": "Nosferatu",
        "starts_at": "2026-10-10T17:30:00+00:00",
        "time_zone": "Europe/Vienna",
        "hall": "Main",
        "party_size": 2,
        "category": "Parkett",
        "max_price": {"amount": "18.000", "currency": "EUR"},
        "url": "/shows/ABCDEF/",
        "again_url": "/follow/shows/ABCDEF/",
    },
    "followed_soon": {
        "name": "Asha Customer",
        "news": [
            {
                "title": "Nosferatu",
                "theater": "Riverside",
                "city": "Vienna",
                "time_zone": "Europe/Vienna",
                "opens_at": "2026-10-01T08:00:00+00:00",
                "dates": ["2026-10-10T17:30:00+00:00"],
                "url": "/shows/ABCDEF/",
            }
        ],
        "others": 0,
        "stop_url": "/follow/stop/token/",
        "stops": "Nosferatu",
    },
    "followed_on_sale": {
        "name": "Asha Customer",
        "news": [
            {
                "title": title,
                "theater": "Riverside",
                "city": "Vienna",
                "time_zone": "Europe/Vienna",
                "dates": ["2026-10-10T17:30:00+00:00", "2026-10-11T17:30:00+00:00"],
                "others": others,
                "price": {"amount": "18.000", "currency": "EUR"},
                "url": "/events/nosferatu/",
                "because": because,
            }
            for title, others, because in [
                ("Nosferatu", 12, ["F. W. Murnau"]),
                ("रात की रानी", 0, []),
                ("مسرحية", 1, []),
            ]
        ],
        "others": 2,
        "stop_url": "/follow/stop/token/",
        "stops": "Nosferatu",
    },
    "newsletter_confirmation": {"confirm_url": "/newsletter/confirm/token/"},
    "hold_lapsing": {"until": "2026-10-10T15:10:00+00:00"},
    "waiting_list_joined": {"leave_url": _LEAVE_URL, "wish": "2 people, Parkett, side by side"},
    "waiting_list_offer": {"until": "2026-10-10T15:10:00+00:00", "leave_url": _LEAVE_URL},
    "waiting_list_closed": {"leave_url": _LEAVE_URL, "wish": "2 people, Parkett, side by side", "is_canceled": True},
    "inquiry_received": _INQUIRY,
    "inquiry_answered": {
        **_INQUIRY,
        "reservation": {
            "starts_at": "2026-10-10T17:30:00+00:00",
            "time_zone": "Europe/Vienna",
            "places": ["Stalls, row 5: 1, 2, 3, 4", "Stalls, row 6: 1, 2, 3"],
            "total": {"amount": "140.000", "currency": "EUR"},
            "until": "2026-10-03T16:00:00+00:00",
            "paid_by": "link",
        },
        "text": "We can keep rows 5 to 7 of the stalls for you.\n\nShall we?",
        "dates": [
            {
                "starts_at": "2026-10-11T13:00:00+00:00",
                "time_zone": "Europe/Vienna",
                "left": 120,
                "url": "/shows/ABCDEF/groups/",
            }
        ],
    },
    "payment_failed": {"until": "2026-10-10T15:10:00+00:00", "due": {"amount": "40.000", "currency": "EUR"}},
    "transfer_asked": _TRANSFER,
    "transfer_due": _TRANSFER,
    "transfer_ended": {"due": _TRANSFER["due"]},
    "exchange_surcharge": {
        "until": "2026-10-09T17:30:00+00:00",
        "due": {"amount": "12.000", "currency": "EUR"},
        "credit": {"amount": "40.000", "currency": "EUR"},
        "voucher": "SUMMER",
    },
    "review_ask": {"review_url": "/events/nosferatu/review/"},
    "digest": {"city": "Vienna", "events": _EVENTS, "others": 2, "more_url": "/events/"},
    "monthly_report": {
        "month": "2026-10-01",
        "is_pdf": False,
        "booked": [_SEEN, _SEEN],
        "seen": [_SEEN, {**_SEEN, "event": "रात की रानी"}],
        "rated": [{"event": "Nosferatu", "stars": 4}],
        "coming": [{**_SEEN, "event": "مسرحية"}],
        "spent": [{"amount": "58.000", "currency": "EUR"}, {"amount": "1200.000", "currency": "INR"}],
        "chart": [
            {"month": f"2026-{month:02}-01", "count": count, "percent": count * 20}
            for month, count in [(5, 0), (6, 1), (7, 4), (8, 0), (9, 3), (10, 2)]
        ],
        "url": "/bookings/",
    },
    "staff_alert": {
        "theater": _THEATER,
        "title": "A refund did not go through",
        "text": "Booking ABCDEFGH, €20.00: the card was closed.",
        "url": f"{settings.SITE_URL}/admin/payments/payment/1/remedy/",
        "for_staff": True,
    },
    "staff_invitation": {
        "theater": _THEATER,
        "role": "box_office",
        "by": "Maria Manager",
        "url": f"{settings.SITE_URL}/team/token/",
        "days": 7,
        "for_staff": True,
    },
    "export_ready": {
        "report": "Sales",
        "format": "XLSX",
        "rows": 1204,
        "expires_at": "2026-10-17T17:00:00+00:00",
        "url": f"{settings.SITE_URL}/admin/reports/exports/",
        "for_staff": True,
    },
    "report_delivery": {
        "report": "Sales by day",
        "place": "Riverside",
        "period": "1–31 October 2026",
        "dropped": "",
        "figures": [{"label": "Sold", "value": "1,204"}, {"label": "Net", "value": "€18,060.00"}],
        "url": f"{settings.SITE_URL}/admin/",
        "error": "",
        "for_staff": True,
    },
}


def sample_context(kind: str) -> dict[str, Any]:
    is_of_booking = kind.startswith(_OF_BOOKING)
    context = {**(_BOOKING if is_of_booking else _ACCOUNT), **KIND_CONTEXTS.get(kind, {})}
    if choice_of(kind) is not None:
        context |= {
            "unsubscribe_url": "/accounts/messages/stop/token/",
            "preferences_url": "/accounts/messages/",
        }
    return context
