"""Pages on a phone with a slow connection: `python -m benchmarks.phone [--short] <address of a site> <show's code> …`.

A real Chromium, 390 pixels wide, with slow 4G as Lighthouse defines it (1.6 Mbit/s down, 750 kbit/s up, 150 ms a round
trip) and a processor that is four times slower. Each page is opened with an empty cache, several times; medians are
printed as JSON, none where there is no Chromium. Bytes are those on the wire, of everything that was loaded.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from statistics import median
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from testing.chromium import find_chromium

ROUNDS = 2
ROUND_TRIP_MS, DOWN, UP = 150, 1_600_000 / 8, 750_000 / 8
SLOWER = 4

# Runs before the page. `drawn` is when the browser has painted the seats, or the sections of a large hall; `worst` is
# the longest interaction, from the input to the next frame, in milliseconds.
OBSERVE = """
  window.seen = { paint: 0, worst: 0, drawn: 0 };
  new MutationObserver((_changes, observer) => {
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { seen.drawn = performance.now(); }));
  }).observe(document, { attributes: true, attributeFilter: ["data-seat-map"], subtree: true });
  new PerformanceObserver((list) => { for (const one of list.getEntries()) seen.paint = one.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (one.interactionId) seen.worst = Math.max(seen.worst, one.duration);
  }).observe({ type: "event", buffered: true, durationThreshold: 16 });
"""

ARE_PICTURES_IN_VIEW_LOADED = """() => Array.from(document.images)
  .filter((image) => image.getBoundingClientRect().top < innerHeight)
  .every((image) => image.complete)
"""


class Visit:
    """A page in a browser that has never been here."""

    def __init__(self, browser: Browser) -> None:
        self.context = browser.new_context(
            viewport={"width": 390, "height": 844}, device_scale_factor=2, is_mobile=True, has_touch=True
        )
        self.page: Page = self.context.new_page()
        self.bytes, self.requests = 0, 0
        network: CDPSession = self.context.new_cdp_session(self.page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", self._count)
        network.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": ROUND_TRIP_MS, "downloadThroughput": DOWN, "uploadThroughput": UP},
        )
        network.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        self.page.add_init_script(OBSERVE)

    def _count(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]
        self.requests += 1

    def open(self, address: str) -> dict[str, float]:
        self.page.goto(address, wait_until="load")
        self.page.wait_for_function(ARE_PICTURES_IN_VIEW_LOADED)
        self.page.wait_for_load_state("networkidle")
        return {"bytes": self.bytes, "requests": self.requests, "paint_ms": self.seen("paint")}

    def seen(self, name: str) -> float:
        return float(self.page.evaluate(f"() => seen.{name}"))

    def press(self, selector: str) -> float:
        """Return the longest interaction of pressing an element, once its answer has been drawn."""
        self.page.evaluate("() => { seen.worst = 0; }")
        self.page.locator(selector).first.tap()
        self.page.wait_for_load_state("networkidle")
        # Entries arrive a frame or two after the interaction.
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        return self.seen("worst")


def measure(address: str, shows: Sequence[str], *, rounds: int = ROUNDS) -> dict[str, dict[str, float]]:
    """Return the figures of each page by name: bytes, requests, largest paint and worst interaction in milliseconds."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium() or None, args=["--no-sandbox"])
        seen = [
            {
                "home": _visit(browser, f"{address}/", ".days a:not([aria-current])"),
                "programme": _visit(browser, f"{address}/events/", None),
                **{f"seats of {code}": _visit_show(browser, f"{address}/shows/{code}/") for code in shows},
            }
            for _ in range(rounds)
        ]
        browser.close()
    return {page: {name: round(median(one[page][name] for one in seen)) for name in seen[0][page]} for page in seen[0]}


def _visit(browser: Browser, address: str, pressed: str | None) -> dict[str, float]:
    visit = Visit(browser)
    figures = visit.open(address)
    if pressed:
        figures["interaction_ms"] = visit.press(pressed)
    visit.context.close()
    return figures


def _visit_show(browser: Browser, address: str) -> dict[str, float]:
    visit = Visit(browser)
    visit.page.goto(address, wait_until="commit")
    visit.page.wait_for_selector("html[data-seat-map=ready]", state="attached")
    ready = float(visit.page.evaluate("() => performance.now()"))
    visit.page.wait_for_load_state("networkidle")
    figures = {
        "bytes": visit.bytes,
        "requests": visit.requests,
        "seats_drawn_ms": visit.seen("drawn"),
        "ready_ms": ready,
    }
    if visit.page.locator(".hall [data-section]").count():
        figures["section_ms"] = visit.press(".hall [data-section]")
    figures["interaction_ms"] = visit.press("[data-view=list]")
    visit.context.close()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("shows", nargs="*")
    parser.add_argument("--short", action="store_true")
    given = parser.parse_args()
    figures = (
        {} if find_chromium() is None else measure(given.address, given.shows, rounds=1 if given.short else ROUNDS)
    )
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
