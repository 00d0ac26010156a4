"""The records that a domain needs, and whether those that were found are right.

Receivers trust a mail from a domain if the server that hands it over is named by the domain's SPF record (RFC 7208), if
it bears a signature whose key the domain publishes (DKIM, RFC 6376), and if one of the two belongs to the very domain
that the reader sees, which a DMARC record (RFC 7489) asks them to look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.dns_records import Lookups, NotLookedUp

# Found values that are kept and shown.
MAX_SHOWN = 5
_POLICIES = {"none", "quarantine", "reject"}


class Purpose(TextChoices):
    OWNER = "owner", _("Proof that the domain is yours")
    SPF = "spf", _("SPF: who may send")
    DKIM = "dkim", _("DKIM: the signature’s key")
    DMARC = "dmarc", _("DMARC: what receivers do with forged mails")


class State(TextChoices):
    RIGHT = "right", pgettext_lazy("a record", "Right")
    MISSING = "missing", pgettext_lazy("a record", "Missing")
    WRONG = "wrong", pgettext_lazy("a record", "Wrong")
    UNKNOWN = "unknown", _("Could not be looked up")


@dataclass(frozen=True)
class Record:
    purpose: Purpose
    kind: str
    name: str
    value: str


@dataclass(frozen=True)
class Finding:
    """What was found about a record. `value` is what should stand there, as far as it depends on what does."""

    purpose: str
    name: str
    state: str
    found: list[str] = field(default_factory=list)
    value: str = ""

    @property
    def state_label(self) -> str:
        return str(State(self.state).label)

    def as_row(self) -> dict[str, Any]:
        return asdict(self)


def dkim_records(domain: str) -> list[Record]:
    """Return the records of keys that sign mails of this domain; none if mails can't be signed for it."""
    wanted = settings.SENDING_DKIM.get(domain) or settings.SENDING_DKIM.get("*") or []
    values = {"domain": domain, "dashed": domain.replace(".", "-")}
    return [
        Record(Purpose.DKIM, one["type"], f"{_fill(one['name'], values)}.{domain}", _fill(one["value"], values))
        for one in wanted
    ]


def _fill(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def needed_records(domain: str, token: str) -> list[Record]:
    records = [Record(Purpose.OWNER, "TXT", f"_marquee.{domain}", f"sender={token}")]
    if settings.SENDING_SPF:
        records.append(Record(Purpose.SPF, "TXT", domain, f"v=spf1 {settings.SENDING_SPF} ~all"))
    return [
        *records,
        *dkim_records(domain),
        Record(Purpose.DMARC, "TXT", f"_dmarc.{domain}", "v=DMARC1; p=none"),
    ]


def look_up(record: Record, lookups: Lookups) -> Finding:
    try:
        if record.purpose is Purpose.DMARC:
            return _look_up_dmarc(record, lookups)
        found = lookups.find(record.name, record.kind)
    except NotLookedUp:
        return Finding(record.purpose, record.name, State.UNKNOWN)
    match record.purpose:
        case Purpose.SPF:
            return _judge_spf(record, found)
        case Purpose.DKIM if record.kind == "TXT":
            is_right = any(_is_same_key(one, record.value) for one in found)
        case Purpose.DKIM:
            is_right = any(one.lower() == record.value.lower().rstrip(".") for one in found)
        case _:
            is_right = record.value in found
    return _judge(record, found, is_right=is_right)


def _judge(record: Record, found: list[str], *, is_right: bool, value: str = "") -> Finding:
    state = State.RIGHT if is_right else State.WRONG if found else State.MISSING
    return Finding(record.purpose, record.name, state, found[:MAX_SHOWN], value)


def _judge_spf(record: Record, found: list[str]) -> Finding:
    """A domain has one such record, in which nothing counts that stands after "all"."""
    own = [one for one in found if one.lower().split(" ")[0] == "v=spf1"]
    if len(own) != 1:
        return _judge(record, own, is_right=False)
    terms = own[0].split()
    ends = next((place for place, term in enumerate(terms) if term.lower().lstrip("+-~?") == "all"), len(terms))
    counted = {term.lower().removeprefix("+") for term in terms[:ends]}
    missing = [term for term in settings.SENDING_SPF.split() if term.lower() not in counted]
    merged = " ".join([*terms[:ends], *missing, *terms[ends:]])
    return _judge(record, own, is_right=not missing, value=merged if missing else "")


def _read_tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): "".join(value.split()) for name, _equals, value in pairs}


def _is_same_key(found: str, wanted: str) -> bool:
    ours, theirs = _read_tags(wanted), _read_tags(found)
    return bool(ours.get("p")) and theirs.get("p") == ours["p"] and theirs.get("v", "DKIM1") == "DKIM1"


def _look_up_dmarc(record: Record, lookups: Lookups) -> Finding:
    """Where the domain has none itself, that of a domain above it counts."""
    for domain in _and_above(record.name.removeprefix("_dmarc.")):
        found = [one for one in lookups.find(f"_dmarc.{domain}", "TXT") if one.lower().startswith("v=dmarc1")]
        if found:
            is_right = len(found) == 1 and _read_tags(found[0]).get("p", "").lower() in _POLICIES
            return _judge(record, found, is_right=is_right)
    return _judge(record, [], is_right=False)


def _and_above(domain: str) -> Iterator[str]:
    while "." in domain:
        yield domain
        domain = domain.partition(".")[2]
