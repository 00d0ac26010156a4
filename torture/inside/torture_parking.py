"""Park points: steps between two actions at which a process stops and waits to be killed.

A step is a function and whether to stop before or after it. It is wrapped right after its module was loaded, before
others import it. While no step is armed, a pass costs a failed `open`. A step is armed by two files in the folder of
TORTURE_PARKING: `<step>.at` says at which pass, counted over all processes, and `<step>.passes` grows by a byte with
each. The process that makes that pass writes its number into `<step>.parked`, and sleeps.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import wraps
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

FOREVER_SECONDS = 3600


class Step(NamedTuple):
    module: str
    function: str
    is_after: bool


BEFORE, AFTER = False, True
SERVICES = "bookings.services"
STEPS = {
    "places-taken-not-committed": Step(f"{SERVICES}.hold_seats", "_count", AFTER),
    "held-not-answered": Step(f"{SERVICES}.hold_seats", "hold_all", AFTER),
    "payment-begun-gateway-not-called": Step("payments.gateways.sandbox", "SandboxGateway.charge", BEFORE),
    "gateway-answered-not-recorded": Step("payments.gateways.sandbox", "SandboxGateway.charge", AFTER),
    "decided-webhook-not-sent": Step("payments.gateways.sandbox", "decide", AFTER),
    "webhook-read-not-recorded": Step("payments.gateways.sandbox", "SandboxGateway.read_webhook", AFTER),
    "tickets-issued-booking-not-confirmed": Step(f"{SERVICES}.confirm", "_take_places", AFTER),
    "confirmed-not-committed": Step(f"{SERVICES}.confirm", "mark_confirmed", AFTER),
    "confirmed-not-answered": Step(f"{SERVICES}.confirm", "confirm_payment", AFTER),
    "cash-taken-not-committed": Step("payments.drawers", "book_cash", AFTER),
    "refund-promised-not-committed": Step(f"{SERVICES}.refund", "promise_refund", AFTER),
    "refund-gateway-not-called": Step("payments.gateways.sandbox", "SandboxGateway.refund", BEFORE),
    "refund-made-not-recorded": Step("payments.gateways.sandbox", "SandboxGateway.refund", AFTER),
    "exchanged-not-committed": Step(f"{SERVICES}.complete_exchange", "complete_exchange", AFTER),
    "holds-freed-not-committed": Step(f"{SERVICES}.release_hold", "free_tickets", AFTER),
    "show-cancellation-between-bookings": Step("show_changes.cancel", "_settle_booking", AFTER),
    "mail-claimed-not-composed": Step("notifications.email", "compose", BEFORE),
    "mail-composed-not-sent": Step("notifications.email", "deliver", BEFORE),
    "mail-sent-not-recorded": Step("notifications.email", "deliver", AFTER),
}
_MODULES = {step.module for step in STEPS.values()}


def install() -> None:
    sys.meta_path.insert(0, _Finder)  # type: ignore[arg-type]


class _Finder:
    @classmethod
    def find_spec(
        cls, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name in _MODULES else None
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def load_and_wrap(module: ModuleType) -> None:
            load(module)
            for step, place in STEPS.items():
                if place.module == name:
                    _wrap(module, step, place)

        spec.loader.exec_module = load_and_wrap  # type: ignore[method-assign]
        return spec


def _wrap(module: ModuleType, step: str, place: Step) -> None:
    *outer, name = place.function.split(".")
    owner: Any = module
    for part in outer:
        owner = getattr(owner, part)
    function: Callable[..., Any] = getattr(owner, name)

    @wraps(function)
    def wrapper(*arguments: Any, **named: Any) -> Any:
        if not place.is_after:
            park_if_armed(step)
        result = function(*arguments, **named)
        if place.is_after:
            park_if_armed(step)
        return result

    setattr(owner, name, wrapper)


def park_if_armed(step: str) -> None:
    folder = os.environ["TORTURE_PARKING"]
    try:
        file = os.open(f"{folder}/{step}.passes", os.O_WRONLY | os.O_APPEND)
    except FileNotFoundError:
        return
    try:
        os.write(file, b".")
        number = os.lseek(file, 0, os.SEEK_CUR)
    finally:
        os.close(file)
    at = Path(folder, f"{step}.at")
    try:
        if number != int(at.read_text()):
            return
        # The first to remove this file decides: the process that stops, or the torture that disarms the step.
        at.rename(at.with_suffix(".taken"))
    except (FileNotFoundError, ValueError):
        return
    at.with_suffix(".parked").write_text(str(os.getpid()))
    time.sleep(FOREVER_SECONDS)
