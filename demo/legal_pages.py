"""Legal pages of the demo's theaters and of its site: our samples, with what they leave open filled in.

Imprints of theaters are made of their sellers (`sellers.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.models import User
from demo.sellers import NO_ARBITRATION
from legal.models import LegalVersion, today_at
from legal.publish import OPEN_PLACE, find_draft, publish, save_texts
from legal.samples import write_samples
from legal.texts import forget_links
from theaters.models import Theater

Kind = LegalVersion.Kind

# A line with a gap that has no answer is left out, such as that of a data protection officer.
Gap = str | None

_OF_THEATERS = (Kind.TERMS, Kind.PRIVACY, Kind.ACCESSIBILITY, Kind.VENUE_RULES)
_OF_SITE = (Kind.IMPRINT, Kind.TERMS, Kind.PRIVACY, Kind.ACCESSIBILITY)


@dataclass(frozen=True)
class CountryPlan:
    """What a country's law says: its name, and who hears complaints, as its pages name them."""

    name: str
    kept_years: str
    privacy_authority: str
    accessibility_body: str


_COUNTRIES = {
    ("AT", "en"): CountryPlan(
        "Austria", "seven", "the Austrian Data Protection Authority, Vienna", "the Sozialministeriumservice, Linz"
    ),
    ("AT", "de"): CountryPlan(
        "Österreich", "sieben", "Österreichische Datenschutzbehörde, Wien", "das Sozialministeriumservice, Linz"
    ),
    ("GB", "en"): CountryPlan(
        "Scotland",
        "six",
        "the Information Commissioner’s Office, Wilmslow",
        "the Equality Advisory and Support Service",
    ),
    ("IN", "en"): CountryPlan(
        "India",
        "eight",
        "the Data Protection Board of India, New Delhi",
        "the Chief Commissioner for Persons with Disabilities, New Delhi",
    ),
    ("JP", "en"): CountryPlan(
        "Japan",
        "seven",
        "the Personal Information Protection Commission, Tokyo",
        "the office for people with disabilities of the City of Kyoto",
    ),
}
# The site's operator, who is invented too, in place of a theater and its seller.
_OPERATOR: Mapping[str, Gap] = {
    "[[seller]]": "Demo Season Ticketing Ltd",
    "[[address]]": "1 Tallow Close, EH1 Edinburgh, United Kingdom",
    "[[theater address]]": "for all of its theaters",
    "[[email]]": "office@example.com",
    "[[phone]]": "0131 496 0100",
    "[[represented by]]": None,
    "[[register]]": None,
    "[[register number]]": None,
    "[[vat number]]": None,
    "[[supervisory authority]]": None,
    "[[dispute resolution]]": NO_ARBITRATION,
}
# Not every theater has a telephone.
_WITHOUT_PHONE: Mapping[str, Gap] = {
    ", [[phone]]": "",
    " or call [[phone]]": "",
    " oder rufen Sie an: [[phone]]": "",
    ": [[theater phone]]": "",
}
# Sellers say it in one language.
_SENTENCES_DE: Mapping[str, Gap] = {
    NO_ARBITRATION: "Wir nehmen nicht an Verfahren vor einer Verbraucherschlichtungsstelle teil."
}
_INVENTED = "*This is a demo: the theaters, who sells for them, and this page are invented.*"
_INVENTED_DE = "*Dies ist eine Demo: Die Theater, wer für sie verkauft, und diese Seite sind erfunden.*"
# Marks a line to leave out; no text has it.
_LEFT_OUT = "\0"
_IN_BUILDING_DE = {
    "lindenbruecke": (
        "Ein Aufzug führt auf alle Ebenen. Rollstuhlplätze liegen an den Enden der Reihen, daneben je ein "
        "Begleitplatz. Empfänger für die Infrarot-Höranlage gibt es an der Garderobe. Assistenzhunde sind willkommen"
    ),
    "lichtspiele-am-markt": (
        "Stufenlos von der Straße ins Foyer und zu den Rollstuhlplätzen. Barrierefreie Toilette im Erdgeschoss, "
        "Induktionsschleife im Saal. Assistenzhunde sind willkommen"
    ),
}


def _answer_en(kind: str, country: CountryPlan, in_building: str) -> Sequence[Gap]:
    """Return what stands for each gap of the English sample, in its order."""
    by_kind: dict[str, Sequence[Gap]] = {
        Kind.IMPRINT: (None,),
        Kind.TERMS: (
            "Fees are returned where the booking says so.",
            "until the hour at which it begins",
            "Customers’ rights under the law stay as they are.",
            country.name,
        ),
        Kind.PRIVACY: (
            None,
            "(Example Hosting)",
            "(Example Mail)",
            "(a sandbox in this demo)",
            "none",
            country.kept_years,
            "three",
            country.privacy_authority,
        ),
        Kind.ACCESSIBILITY: (
            "an example of a test",
            "the day on which the demo was made",
            "Nothing is known to us.",
            in_building,
            "two weeks",
            country.accessibility_body,
        ),
        Kind.VENUE_RULES: ("drinks in cups are allowed, food is not", "three years", "twelve"),
    }
    return by_kind[kind]


def _answer_de(kind: str, country: CountryPlan, in_building: str) -> Sequence[Gap]:
    by_kind: dict[str, Sequence[Gap]] = {
        Kind.TERMS: (
            "Gebühren werden erstattet, wo die Buchung es sagt.",
            "bis zu ihrem Beginn",
            "Gesetzliche Rechte von Verbrauchern bleiben unberührt.",
            country.name,
        ),
        Kind.PRIVACY: (
            None,
            "(Example Hosting)",
            "(Example Mail)",
            "(in dieser Demo eine Sandbox)",
            "keine",
            country.kept_years,
            "drei",
            country.privacy_authority,
        ),
        Kind.ACCESSIBILITY: (
            "einem Beispiel einer Selbstbewertung",
            "Tag, an dem die Demo entstand",
            "Uns ist nichts bekannt.",
            in_building,
            "zwei Wochen",
            country.accessibility_body,
        ),
        Kind.VENUE_RULES: ("Getränke in Bechern sind erlaubt, Speisen nicht", "drei Jahren", "zum zwölften Geburtstag"),
    }
    return by_kind[kind]


def load_legal_pages() -> int:
    """Publish the pages that there are none of, from today on; return how many."""
    by = User.objects.filter(email="admin@example.com").first()
    if by is None:
        return 0
    known = set(LegalVersion.objects.order_by().values_list("theater", "kind"))
    theaters = Theater.objects.select_related("city", "seller").filter(seller__isnull=False)
    wanted: list[tuple[Theater | None, str]] = [(None, kind) for kind in _OF_SITE]
    wanted += [(theater, kind) for theater in theaters for kind in _OF_THEATERS]
    added = 0
    for theater, kind in wanted:
        if (theater.pk if theater else None, kind) in known:
            continue
        version = find_draft(theater=theater, kind=kind, by=by)
        save_texts(version=version, texts=_write(theater, kind))
        version.holds_from = today_at(theater)
        version.save(update_fields=["holds_from"])
        publish(version=version, by=by)
        added += 1
    forget_links()
    return added


def _write(theater: Theater | None, kind: str) -> dict[str, str]:
    """Return the page's text in English, and in German in Austria."""
    samples = write_samples(theater, kind)
    if theater is None or theater.seller is None:
        answers = _answer_en(kind, _COUNTRIES["GB", "en"], "the page of each theater tells what there is")
        return {"en": _fill(samples["en"], _INVENTED, _OPERATOR, answers)}
    country = theater.seller.country
    answers = _answer_en(kind, _COUNTRIES[country, "en"], theater.access_information.rstrip("."))
    texts = {"en": _fill(samples["en"], _INVENTED, _WITHOUT_PHONE, answers)}
    if theater.slug in _IN_BUILDING_DE:
        answers = _answer_de(kind, _COUNTRIES[country, "de"], _IN_BUILDING_DE[theater.slug])
        texts["de"] = _fill(samples["de"], _INVENTED_DE, {**_WITHOUT_PHONE, **_SENTENCES_DE}, answers)
    return texts


def _fill(text: str, opening: str, replaced: Mapping[str, Gap], answers: Sequence[Gap]) -> str:
    """Put answers into the gaps that `replaced` leaves, in their order. Raises `ValueError` if their numbers differ."""
    for gap, answer in replaced.items():
        text = text.replace(gap, _LEFT_OUT if answer is None else answer)
    text = "\n".join(line for line in text.splitlines() if _LEFT_OUT not in line)
    for gap, answer in zip(OPEN_PLACE.findall(text), answers, strict=True):
        text = text.replace(gap, _LEFT_OUT if answer is None else answer, 1)
    kept = "\n".join(line for line in text.splitlines() if _LEFT_OUT not in line)
    return f"{opening}\n\n{kept}\n"
