"""Count by SQL what was sold, without the services, and print JSON. Runs in the environment of the site."""

import json
import os
import sys
from pathlib import Path

_TWICE = """
    SELECT COUNT(*) FROM (
        SELECT show_id, seat_id FROM bookings_ticket WHERE state IN ('held', 'issued') AND seat_id IS NOT NULL
        GROUP BY show_id, seat_id HAVING COUNT(*) > 1
    ) AS twice
"""
_SOLD = "SELECT COUNT(*) FROM bookings_ticket WHERE show_id = %s AND state = 'issued'"
_UNPAID = """
    SELECT COUNT(*) FROM bookings_booking b WHERE b.state = 'confirmed' AND
        EXISTS (SELECT 1 FROM bookings_ticket t WHERE t.booking_id = b.id AND t.show_id = %s) AND b.total <>
        (SELECT COALESCE(SUM(p.amount), 0) FROM payments_payment p WHERE p.booking_id = b.id AND p.state = 'captured')
"""
_UNTOLD = """
    SELECT COUNT(*) FROM bookings_booking b WHERE b.state = 'confirmed' AND
        EXISTS (SELECT 1 FROM bookings_ticket t WHERE t.booking_id = b.id AND t.show_id = %s) AND
        (SELECT COUNT(*) FROM notifications_notification n WHERE n.recipient = b.email) <> 1
"""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketing.settings")
    # The settings are enough: no model is asked.
    from django.db import connection

    rush = json.loads(Path(sys.argv[1]).read_text())["shows"][14]["pk"]

    def count(sql: str, *values: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            return int(cursor.fetchone()[0])

    print(
        json.dumps(
            {
                "seats sold twice": count(_TWICE),
                "seats sold in the rush": count(_SOLD, rush),
                "bookings of the rush not paid once": count(_UNPAID, rush),
                "bookings of the rush without just one message": count(_UNTOLD, rush),
            }
        )
    )


if __name__ == "__main__":
    main()
