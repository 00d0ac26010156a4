"""The null device: it signs nothing, and says nothing on receipts. For countries whose law asks for no device."""

from fiscal.devices.base import Signed, ToSign


class NoDevice:
    notice = ""

    def is_ready(self) -> bool:
        return True

    def start(self, request: ToSign) -> int | None:
        return None

    def finish(self, request: ToSign, transaction_number: int | None) -> Signed:
        return Signed(text="", value="", code="")

    def fail(self, request: ToSign) -> Signed:
        return self.finish(request, None)
