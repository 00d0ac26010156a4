"""Why somebody may not choose seats yet."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from lib.refusals import ProblemType, Refusal


class NotYourTurn(Refusal):
    problem = ProblemType(
        "waiting-room",
        429,
        _("It is not your turn yet."),
        _("“ahead” is how many people come before you, “seconds” how long that takes about. Then try again."),
    )
    message = _("Many people want to see this show. It is not your turn yet.")

    def __init__(self, show: str, ahead: int, seconds: int) -> None:
        super().__init__()
        self.show, self.ahead, self.seconds = show, ahead, seconds

    def members(self) -> dict[str, Any]:
        return {"show": self.show, "ahead": self.ahead, "seconds": self.seconds}
