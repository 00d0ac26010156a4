"""What clients were told is so: each fact of a diary is in the database, or something later took it back."""

from __future__ import annotations

from torture.auditor.books import Books, by, group

Found = tuple[int, list[str]]


def _unknown(books: Books, *facts: str) -> list[str]:
    return [
        f"{one.client} was told “{one.fact}” of {one.code}, which is not there"
        for one in books.told(*facts)
        if one.code not in books.booking_of
    ]


def holds_are_there(books: Books) -> Found:
    """Every hold that was acknowledged is there, and the same key made one hold only."""
    wrong = _unknown(books, "held", "offered")
    keys = group((one for one in books.told("held") if one.key), lambda one: one.key)
    wrong += [
        f"the key {key} made {codes}" for key, told in keys.items() if len(codes := {one.code for one in told}) > 1
    ]
    return len(books.told("held", "offered")), wrong


def paid_bookings_are_confirmed(books: Books) -> Found:
    told = books.told("paid", "sold", "given")
    wrong = _unknown(books, "paid", "sold", "given")
    wrong += [
        f"{one.client} was told “{one.fact}” of {one.code}, which is {books.booking_of[one.code].state}"
        for one in told
        if one.code in books.booking_of and not books.booking_of[one.code].confirmed_at
    ]
    gateways = {(books.booking[one.booking_id].code, one.gateway) for one in books.payments if one.state == "captured"}
    # Those that a voucher made free may have paid a surcharge since, for an exchange.
    exchanged = {books.booking[one.booking_id].code for one in books.exchanges}
    wrong += [
        f"{one.code} was sold for {one.gateway}, of which there is no payment"
        for one in books.told("sold")
        if one.code in books.booking_of
        and books.booking_of[one.code].total
        and (one.code, one.gateway) not in gateways
        and one.code not in exchanged
    ]
    return len(told), wrong


def canceled_tickets_are_canceled(books: Books) -> Found:
    """Nothing stays valid that was given back, by its customer or by staff, and no hold that was given up is held."""
    codes, told = by(books.tickets, "code"), books.told("canceled", "canceled by staff")
    wrong = _unknown(books, "canceled", "canceled by staff", "given up")
    for one in told:
        for name in one.tickets:
            ticket = books.ticket.get(name) if isinstance(name, int) else codes.get(name)
            if ticket is None or ticket.state != "canceled":
                wrong.append(f"{one.client} canceled {one.code}, whose ticket {name} is {ticket and ticket.state}")
    wrong += [
        f"{one.client} gave up {one.code}, which is still held"
        for one in books.told("given up")
        if one.code in books.booking_of and books.booking_of[one.code].state == "held"
    ]
    return len(told) + len(books.told("given up")), wrong


def webhooks_are_acted_on(books: Books) -> Found:
    """What the bank was told is accepted has had its effect, and nothing that is forged was accepted."""
    events, payments = {row.event_id for row in books.events}, by(books.payments, "key")
    wrong = []
    for one in books.told("webhook"):
        if one.word in ("accepted", "repeated") and one.event not in events:
            wrong.append(f"{one.event} was accepted and is not there")
        payment = payments.get(one.payment.replace("-", ""))
        if (
            one.word != "unknown"
            and one.kind == "payment.paid"
            and (payment is None or payment.received_amount is None)
        ):
            wrong.append(f"{one.event} was accepted, its payment is {payment and payment.state}")
    wrong += [
        f"a webhook that was {one.way} was answered {one.status} {one.word}"
        for one in books.told("forged")
        if (one.status == 200 and one.word != "unknown")
        or one.event in events
        or (one.status == 200 and one.way != "unknown")
    ]
    return len(books.told("webhook", "forged")), wrong


def decisions_at_the_gateway_are_known(books: Books) -> Found:
    payments = by(books.payments, "key")
    wrong = []
    for one in books.told("decided"):
        payment = payments.get(one.payment.replace("-", ""))
        if payment is None or (one.decision != "decline" and payment.received_amount is None):
            wrong.append(f"{one.code} was paid at the gateway, and its payment is {payment and payment.state}")
    return len(books.told("decided")), wrong


def people_who_were_let_in_are_in(books: Books) -> Found:
    admitted = {row.key for row in books.check_ins if row.result == "admitted"}
    told = books.told("admitted")
    return len(told), [
        f"{one.client} let in {one.ticket} at {one.gate}, which is not recorded"
        for one in told
        if one.key not in admitted
    ]


def cash_moved_as_told(books: Books) -> Found:
    drawers, entries = by(books.drawers, "id"), {row.key for row in books.entries}
    refunds, users = by(books.refunds, "id"), by(books.users, "email")
    told = books.told("drawer open", "drawer closed", "cash moved", "handed out")
    people = {(one.theater_id, one.person_id) for one in books.drawers}
    wrong = []
    for one in told:
        match one.fact:
            case "drawer open":
                is_so = (one.theater, users[one.person].id) in people
            case "drawer closed":
                is_so = one.drawer in drawers and drawers[one.drawer].closed_at is not None
            case "cash moved":
                is_so = one.key.replace("-", "") in entries
            case _:
                is_so = one.refund in refunds and refunds[one.refund].state == "succeeded"
        if not is_so:
            wrong.append(f"{one.client} was told “{one.fact}”: {vars(one)}")
    return len(told), wrong


def refunds_are_there(books: Books) -> Found:
    keys, told = {refund.key for refund in books.refunds}, books.told("refunded")
    return len(told), [
        f"{one.client} refunded {one.code}, and there is no such refund"
        for one in told
        if one.key.replace("-", "") not in keys
    ]


def exchanged_tickets_are_there(books: Books) -> Found:
    """Who was told that tickets are exchanged has, or had, one for the place that was asked for.

    A show that moves takes its tickets to other places. On another version of the hall's map, the same seat has the
    same id of the layout.
    """
    guids = {seat.id: seat.guid for seat in books.seats}
    # By the audit log: those who moved it may not have got the answer.
    moved = {row.object_id for row in books.audit if row.action == "move show with tickets"}
    shows = by(books.shows, "code")
    told = [one for one in books.told("exchanged") if str(shows[one.show].id) not in moved]
    wrong = _unknown(books, "exchanged")
    for one in told:
        booking = books.booking_of.get(one.code)
        tickets = books.tickets_of[booking.id] if booking else []
        places = {(ticket.show_id, guids.get(ticket.seat_id)) for ticket in tickets}
        if booking and (shows[one.show].id, guids.get(one.seat)) not in places:
            wrong.append(f"{one.client} exchanged {one.code} for seat {one.seat} of {one.show}, which it never had")
    return len(told), wrong


def places_are_set_aside(books: Books) -> Found:
    """Every reservation and house hold that was acknowledged was made."""
    reserved = {books.booking[row.booking_id].name for row in books.reservations}
    house = {booking.note for booking in books.bookings if booking.kind == "house"}
    wrong = [
        f"{one.client} reserved for {one.name}, in vain" for one in books.told("reserved") if one.name not in reserved
    ]
    wrong += [
        f"{one.client} kept places for {one.reason}, in vain" for one in books.told("kept") if one.reason not in house
    ]
    return len(books.told("reserved", "kept")), wrong


# What the audit log calls each way of putting a payment right.
REMEDIES = {
    "as_paid": {"refund again", "refund surplus"},
    "cash": {"refund in cash"},
    "transfer": {"refund by transfer"},
    "outside": {"refund outside"},
    "same": {"seat late payment"},
    "equal": {"seat late payment"},
    "keep": {"accept outside refund"},
    "cancel": {"accept outside refund"},
}


def payments_are_put_right(books: Books) -> Found:
    """What staff chose for a payment has a remedy and is in the audit log; seated customers have their booking."""
    told, refund = books.told("put right"), by(books.refunds, "id")
    mended = {refund[key].payment_id for row in books.remedies for key in (row.refund_id, row.failed_id) if key}
    trace = {(row.action, row.object_id) for row in books.audit} | {
        (row.action, row.object_name) for row in books.audit
    }
    wrong = []
    for one in told:
        payment = books.payment[one.payment]
        booking = books.booking[payment.booking_id]
        if one.remedy in ("same", "equal"):
            is_so = payment.state == "captured" and booking.confirmed_at is not None
        else:
            is_so = one.payment in mended
        about = {str(one.payment), booking.code, *(str(row.id) for row in books.refunds_of[one.payment])}
        if not is_so or not any((action, name) in trace for action in REMEDIES[one.remedy] for name in about):
            wrong.append(
                f"{one.client} put payment {one.payment} of {booking.code} right by {one.remedy}, and it is not"
            )
    return len(told), wrong


def canceled_shows_are_paid_out(books: Books) -> Found:
    """What the counter was told is paid out has its refunds, of all that the customer gets back."""
    told, rows, refunds = books.told("paid out"), by(books.canceled_bookings, "id"), by(books.refunds, "id")
    paid = group(books.canceled_refunds, lambda row: row.canceledbooking_id)
    wrong = []
    for one in told:
        row, back = rows[one.row], sum(refunds[each.refund_id].amount for each in paid[one.row])
        if row.state != "done" or back < row.amount:
            wrong.append(f"{one.client} paid out row {row.id}, which is {row.state}: {back} of {row.amount}")
    return len(told), wrong


def people_are_erased(books: Books) -> Found:
    told = books.told("erased")
    users = {user.email for user in books.users if not user.erased_at}
    addresses = users | {booking.email for booking in books.bookings} | {row.recipient for row in books.notifications}
    return len(told), [f"{one.email} was erased and is still there" for one in told if one.email in addresses]


def people_wait_in_line(books: Books) -> Found:
    shows, users = by(books.shows, "code"), by(books.users, "email")
    entries = {(row.show_id, row.customer_id) for row in books.waiting}
    told = books.told("joined")
    return len(told), [
        f"{one.email} waits for {one.show}, and is not in line"
        for one in told
        if (shows[one.show].id, users[one.email].id) not in entries
    ]


def shows_are_canceled(books: Books) -> Found:
    canceled = {show.code for show in books.shows if show.state == "canceled"}
    told = books.told("show canceled")
    return len(told), [f"{one.show} was canceled and is not" for one in told if one.show not in canceled]


def staff_leave_a_trace(books: Books) -> Found:
    """What staff did to bookings, money and shows is in the audit log."""
    trace = {(row.action, row.object_id) for row in books.audit}
    named = {(row.action, row.object_name) for row in books.audit}
    expected = [(("cancel show", str(row.show_id)), trace) for row in books.cancellations]
    expected += [(("open drawer", str(row.id)), trace) for row in books.drawers]
    expected += [(("close drawer", str(row.id)), trace) for row in books.drawers if row.closed_at]
    expected += [(("cancel tickets", one.code), named) for one in books.told("canceled by staff")]
    expected += [(("goodwill refund", one.code), named) for one in books.told("refunded")]
    expected += [(("give complimentary tickets", one.code), named) for one in books.told("given")]
    expected += [(("reserve", books.booking[row.booking_id].code), named) for row in books.reservations]
    expected += [(("block seats", row.code), named) for row in books.bookings if row.kind == "house"]
    expected += [(("lift house hold", one.code), named) for one in books.told("freed for all")]
    expected += [(("sell from house hold", one.code), named) for one in books.told("taken from the house")]
    exchanges = {name for action, name in named if action in ("exchange tickets", "move tickets")}
    named |= {("exchange or move tickets", name) for name in exchanges}
    expected += [(("exchange or move tickets", one.code), named) for one in books.told("exchanged by staff")]
    expected += [(("hand out refund", str(one.refund)), trace) for one in books.told("handed out")]
    return len(expected), [f"no entry “{what[0]}” about {what[1]}" for what, where in expected if what not in where]


def tokens_are_accepted(books: Books) -> Found:
    """Who has just got a token may use it, on whichever page process, whatever its clock says."""
    told = books.told("token given")
    return len(told), [f"the new token of {one.email} was refused" for one in told if not one.is_accepted]


def no_answer_is_an_error(books: Books) -> Found:
    """While a part is down, an answer says so (503); nothing that dies makes another one fail."""
    return books.answers.total(), books.failures


CHECKS = [
    no_answer_is_an_error,
    tokens_are_accepted,
    holds_are_there,
    paid_bookings_are_confirmed,
    canceled_tickets_are_canceled,
    webhooks_are_acted_on,
    decisions_at_the_gateway_are_known,
    people_who_were_let_in_are_in,
    cash_moved_as_told,
    refunds_are_there,
    exchanged_tickets_are_there,
    payments_are_put_right,
    places_are_set_aside,
    canceled_shows_are_paid_out,
    people_are_erased,
    people_wait_in_line,
    shows_are_canceled,
    staff_leave_a_trace,
]
