"""First texts to begin with, filled in from a theater's seller. A lawyer has to check them.

What the program can't know stands in double brackets, and nothing is published while there are any.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

from django.conf import settings
from django.utils.translation import override

from theaters.models import Seller, Theater

_FOLDER = Path(__file__).parent


def write_samples(theater: Theater | None, kind: str) -> dict[str, str]:
    """Return the sample of a page in each language that has one."""
    samples = {}
    for language, _name in settings.LANGUAGES:
        path = _FOLDER / language / f"{kind}.md"
        if path.exists():
            with override(language):
                filled = Template(path.read_text(encoding="utf-8")).safe_substitute(_facts(theater))
            samples[language] = filled
    return samples


def _facts(theater: Theater | None) -> dict[str, str]:
    seller = theater.seller if theater is not None and theater.seller is not None else Seller()
    known = {
        "theater": theater.name if theater is not None else settings.SITE_NAME,
        "theater_address": theater.place if theater is not None else "",
        "theater_phone": theater.phone if theater is not None else "",
        "seller": seller.full_name,
        "address": seller.address if seller.street else "",
        "represented_by": seller.represented_by,
        "phone": seller.phone,
        "email": seller.email,
        "register": seller.register,
        "register_number": seller.register_number,
        "vat_number": seller.vat_number,
        "supervisory_authority": seller.supervisory_authority,
        "dispute_resolution": seller.dispute_resolution,
    }
    # Markdown has no meaning in what staff have typed elsewhere as plain text.
    return {name: _escape(value) or f"[[{name.replace('_', ' ')}]]" for name, value in known.items()}


def _escape(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#|" else sign for sign in " ".join(text.split()))
