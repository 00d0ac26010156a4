"""What tickets are printed on."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TicketStock(models.TextChoices):
    """Paper or card that a box office prints tickets on."""

    A4_ONE = "a4_1", _("A4, one ticket a page")
    A4_TWO = "a4_2", _("A4, two tickets a page")
    A4_FOUR = "a4_4", _("A4, four tickets a page")
    ROLL = "roll_80", _("roll, 80 mm wide")
    LARGE_CARD = "card_8x3", _("card, 8 × 3 in (203 × 76 mm)")
    SMALL_CARD = "card_5x2", _("card, 5½ × 2 in (140 × 51 mm)")

    @property
    def is_thermal(self) -> bool:
        """Printed by heat, which is black alone."""
        return self in {TicketStock.ROLL, TicketStock.LARGE_CARD, TicketStock.SMALL_CARD}
