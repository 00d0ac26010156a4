"""Forms of a theater's rows."""

from __future__ import annotations

import re
from typing import Any

from lib.amounts import AmountField
from lib.forms import ModelForm
from theaters.models import Theater


class TheaterAmountsForm(ModelForm):
    """A form with a theater and amounts in that theater's currency."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sent = self.data.get(self.add_prefix("theater")) if self.is_bound else None
        chosen = str(sent or self.instance.theater_id or self.initial.get("theater") or "")
        currency = find_currency(int(chosen)) if re.fullmatch(r"[0-9]{1,18}", chosen) else None
        for field in self.fields.values():
            if isinstance(field, AmountField) and currency:
                field.currency = currency


def find_currency(theater_id: int) -> str | None:
    """Return the currency of a theater, if there is one. One query."""
    return Theater.objects.filter(pk=theater_id).values_list("currency", flat=True).first()
