"""What taxes tell apart."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SaleKind(models.TextChoices):
    ADMISSION = "admission", _("admission")
    FEE = "fee", _("fee")
    GOODS = "goods", _("goods")
