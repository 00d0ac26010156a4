from django.urls import path

from bookings import webhooks
from bookings.views import (
    best_seats,
    bookings,
    checkout,
    coming_tickets,
    exchange,
    hold,
    passed_on,
    payment,
    review,
    show,
    suggestions,
    transfer,
)

app_name = "bookings"
urlpatterns = [
    path("webhooks/<str:gateway>/", webhooks.receive_webhook, name="webhook"),
    path("webhooks/<str:gateway>/<uuid:token>/", webhooks.receive_webhook, name="account-webhook"),
    path("shows/words.js", show.WordsView.as_view(), name="words"),
    path("shows/<str:code>/", show.ShowView.as_view(), name="show"),
    path("shows/<str:code>/plan.json", show.PlanView.as_view(), name="plan"),
    path("shows/<str:code>/photos.json", show.PhotosView.as_view(), name="photos"),
    path("shows/<str:code>/best/", best_seats.BestSeatsView.as_view(), name="best"),
    path("shows/<str:code>/hold/", hold.HoldView.as_view(), name="hold"),
    path("bookings/", bookings.BookingListView.as_view(), name="list"),
    path("bookings/tickets/", coming_tickets.ComingTicketsView.as_view(), name="coming-tickets"),
    # At the root, so that it may answer for all customers' pages.
    path("tickets-worker.js", coming_tickets.TicketsWorkerView.as_view(), name="tickets-worker"),
    path("bookings/link/", bookings.LinkView.as_view(), name="link"),
    path("bookings/<str:code>/", bookings.BookingDetailView.as_view(), name="detail"),
    path("bookings/<str:code>/release/", hold.ReleaseView.as_view(), name="release"),
    path("bookings/<str:code>/drop/<str:show_code>/", hold.DropShowView.as_view(), name="drop-show"),
    path("bookings/<str:code>/checkout/", checkout.CheckoutView.as_view(), name="checkout"),
    path("bookings/<str:code>/voucher/", checkout.VoucherView.as_view(), name="voucher"),
    path("bookings/<str:code>/pay/", checkout.PayView.as_view(), name="pay"),
    path("bookings/<str:code>/transfer/", transfer.TransferView.as_view(), name="transfer"),
    path("bookings/<str:code>/payment/", payment.PaymentReturnView.as_view(), name="payment-return"),
    path(
        "bookings/<str:code>/exchanges/<int:exchange_id>/payment/",
        payment.PaymentReturnView.as_view(),
        name="exchange-payment-return",
    ),
    path("bookings/<str:code>/tickets.pdf", bookings.TicketsView.as_view(), name="tickets"),
    path("bookings/<str:code>/send/", bookings.SendTicketsView.as_view(), name="send-tickets"),
    path("bookings/<str:code>/calendar.ics", bookings.CalendarView.as_view(), name="calendar"),
    path("bookings/<str:code>/cancel/", bookings.CancelView.as_view(), name="cancel"),
    path("bookings/<str:code>/exchange/", exchange.ExchangeView.as_view(), name="exchange"),
    path("bookings/<str:code>/tickets/<str:ticket_code>/pass-on/", passed_on.PassOnView.as_view(), name="pass-on"),
    path(
        "bookings/<str:code>/tickets/<str:ticket_code>/take-back/", passed_on.TakeBackView.as_view(), name="take-back"
    ),
    path("tickets/<str:token>/", passed_on.TicketView.as_view(), name="ticket"),
    path("tickets/<str:token>/ticket.pdf", passed_on.TicketPdfView.as_view(), name="ticket-pdf"),
    path("tickets/<str:token>/calendar.ics", passed_on.TicketCalendarView.as_view(), name="ticket-calendar"),
    path("for-you/", suggestions.SuggestionsView.as_view(), name="suggestions"),
    path("events/<slug:slug>/review/", review.ReviewView.as_view(), name="review"),
    path("theaters/<slug:slug>/review/", review.TheaterReviewView.as_view(), name="review-theater"),
    path("b/<str:token>/", bookings.GuestView.as_view(), name="guest"),
]
