"""Who sells for the demo's theaters. The firms are invented, so they have no VAT or register numbers."""

from dataclasses import dataclass

from payments.models import BankAccount
from theaters.directory import forget_directory
from theaters.models import Seller, Theater

NO_ARBITRATION = "We do not take part in proceedings before a consumer arbitration board."


@dataclass(frozen=True)
class SellerPlan:
    """A seller, with the slugs of the theaters that sell under it."""

    theaters: tuple[str, ...]
    name: str
    legal_form: str
    street: str
    postcode: str
    city: str
    country: str
    email: str
    phone: str = ""
    # Where customers may send money; only examples from the standard, which belong to nobody.
    iban: str = ""


SELLERS = (
    SellerPlan(
        theaters=("lindenbruecke", "lichtspiele-am-markt"),
        name="Bühnen und Lichtspiele Lindenbrücke",
        legal_form="GmbH",
        street="Lindenbrücke 3",
        postcode="1020",
        city="Vienna",
        country="AT",
        email="office@lindenbruecke.example.com",
        iban="AT611904300234573201",
    ),
    SellerPlan(
        theaters=("north-quay-opera",),
        name="North Quay Opera",
        legal_form="Ltd",
        street="12 North Quay",
        postcode="EH6",
        city="Edinburgh",
        country="GB",
        email="office@north-quay-opera.example.com",
        phone="0131 496 0120",
    ),
    SellerPlan(
        theaters=("the-undercroft",),
        name="Tallow Close Cellars",
        legal_form="Ltd",
        street="7 Tallow Close",
        postcode="EH1",
        city="Edinburgh",
        country="GB",
        email="office@the-undercroft.example.com",
        phone="0131 496 0135",
    ),
    SellerPlan(
        theaters=("sagar-natyagriha", "chitra-talkies"),
        name="Sagar Stage and Screen",
        legal_form="Pvt. Ltd.",
        street="Sea Lane, Dadar West",
        postcode="400028",
        city="Mumbai",
        country="IN",
        email="office@sagar-natyagriha.example.com",
    ),
    SellerPlan(
        theaters=("kamo-recital-hall",),
        name="Kamo Recital Hall",
        legal_form="K.K.",
        street="Kawabata-dori, Sakyo-ku",
        postcode="",
        city="Kyoto",
        country="JP",
        email="office@kamo-recital-hall.example.com",
    ),
)


def load_sellers() -> int:
    """Add the missing sellers to theaters that have none; return how many."""
    added = 0
    for plan in SELLERS:
        theaters = Theater.objects.filter(slug__in=plan.theaters, seller=None)
        if not theaters.exists():
            continue
        seller, is_new = Seller.objects.get_or_create(
            name=plan.name,
            email=plan.email,
            defaults={
                "legal_form": plan.legal_form,
                "street": plan.street,
                "postcode": plan.postcode,
                "city": plan.city,
                "country": plan.country,
                "phone": plan.phone,
                "dispute_resolution": NO_ARBITRATION,
            },
        )
        if plan.iban:
            for theater in theaters:
                BankAccount.objects.get_or_create(
                    theater=theater, defaults={"holder": seller.full_name, "iban": plan.iban}
                )
        theaters.update(seller=seller)
        added += is_new
    forget_directory()
    return added
