"""Bare views: a template, a constant, and a booking by its minimal statements alone.

They run only the statements without which the same rows could not exist: no quote, limits, voucher,
session, outbox, audit log or form, and the answer is a number.
"""

import json
from datetime import timedelta
from uuid import uuid4

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.crypto import get_random_string

_BOOKING = """
    INSERT INTO bookings_booking (code, theater_id, email, name, phone, name_key, phone_key, kind, state,
        channel, created_at, expires_at, is_extended, currency, total, discount, fees, tax, credit, locale,
        network_key, note, link_version)
    VALUES (%s, (SELECT h.theater_id FROM events_show s JOIN theaters_hall h ON h.id = s.hall_id WHERE s.id = %s),
        '', '', '', '', '', 'sale', 'held', 'api', %s, %s, false, 'EUR', 0, 0, 0, 0, 0, 'en', '', '', 0)
    RETURNING id
"""
_TICKET = """
    INSERT INTO bookings_ticket
        (booking_id, show_id, seat_id, category_id, ticket_type_id, price, discount, amount, fees, tax, credited, state,
        code, held_at, attendee_name, attendee_key, is_withdrawn)
    VALUES (%s, %s, %s, %s, %s, 0, 0, 0, 0, 0, 0, 'held', %s, %s, '', '', false),
        (%s, %s, %s, %s, %s, 0, 0, 0, 0, 0, 0, 'held', %s, %s, '', '', false)
"""
_PAYMENT = """
    INSERT INTO payments_payment (booking_id, gateway, amount, currency, received_amount, received_currency, refunded,
        state, surplus_reason, reference, key, created_at)
    VALUES (%s, 'sandbox', 0, 'EUR', 0, 'EUR', 0, 'captured', '', '', %s, %s)
"""


def page(request: HttpRequest) -> HttpResponse:
    return render(request, "floor.html", {"title": "Hamlet"})


def constant(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def hold(request: HttpRequest) -> HttpResponse:
    wish = json.loads(request.body)
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_BOOKING, [get_random_string(8), wish["show"], now, now + timedelta(minutes=10)])
        [booking] = cursor.fetchone()
        rows = [
            [booking, wish["show"], seat, wish["category"], wish["ticket_type"], get_random_string(12), now]
            for seat in wish["seats"]
        ]
        cursor.execute(_TICKET, [value for row in rows for value in row])
    return JsonResponse({"booking": booking}, status=201)


def pay(request: HttpRequest) -> HttpResponse:
    booking = json.loads(request.body)["booking"]
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bookings_booking SET state = 'confirmed', confirmed_at = %s WHERE id = %s AND state = 'held'",
            [now, booking],
        )
        cursor.execute("UPDATE bookings_ticket SET state = 'issued' WHERE booking_id = %s", [booking])
        cursor.execute(_PAYMENT, [booking, uuid4().hex, now])
    return JsonResponse({"state": "confirmed"})


urlpatterns = [path("page", page), path("constant", constant), path("hold", hold), path("pay", pay)]
