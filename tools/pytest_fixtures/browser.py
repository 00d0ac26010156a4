"""A real Chromium, driven by Playwright, and axe to look for barriers in its pages.

Tests that use `page` or another fixture of pytest-playwright are marked `browser`, and skipped
with a reason where there is no Chromium.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, WebError, expect

from accounts.models import User

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
# A busy machine may take its time; what is there already is found at once.
expect.set_options(timeout=20_000)
HOW_TO_GET_CHROMIUM = "no Chromium: `apt-get install chromium libatomic1`, or name one by CHROMIUM=/path/to/chromium"
_FIXTURES = {"page", "context", "new_context", "browser", "browser_type"}
# Playwright's own download, and the folder that CI images put it in.
_DOWNLOADS = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")


def find_chromium() -> str | None:
    """Return the path of a Chromium, "" where Playwright has downloaded its own, or None."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if path := shutil.which(name):
            return path
    return "" if any(_DOWNLOADS.glob("chromium-*")) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(300))


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and find_chromium() is None:
        pytest.skip(HOW_TO_GET_CHROMIUM)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    arguments = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-dev-shm-usage",
        "--disable-domain-reliability",
        "--disable-sync",
        "--no-first-run",
        "--no-pings",
    ]
    if os.geteuid() == 0:
        # Chromium refuses its sandbox to root.
        arguments.append("--no-sandbox")
    path = find_chromium()
    return {**browser_type_launch_args, "args": arguments, **({"executable_path": path} if path else {})}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "viewport": DESKTOP, "locale": "en-GB", "reduced_motion": "reduce"}


@pytest.fixture(scope="session")
def _shared_context(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[BrowserContext]:
    context = browser.new_context(**browser_context_args)
    yield context
    context.close()


@pytest.fixture
def page_faults() -> list[str]:
    """What went wrong in the test's pages: errors in the console, exceptions that nothing caught, failed requests.

    A test fails for them when it ends, but for those that it provokes: `@pytest.mark.provokes("status of 404")`.
    """
    return []


def watch(context: BrowserContext, faults: list[str]) -> Callable[[], None]:
    """Note the faults of a context's pages, and return what ends that."""

    def on_console(message: ConsoleMessage) -> None:
        # Chromium itself asks for an icon beside what is no page, such as JSON.
        if message.type == "error" and not message.location["url"].endswith("/favicon.ico"):
            faults.append(f"{message.text} ({message.location['url']})")

    def on_exception(error: WebError) -> None:
        faults.append(f"{error.error.message} ({error.page.url if error.page else ''})")

    def on_failure(request: Request) -> None:
        # A page that is left breaks off what it still waits for.
        if request.failure != "net::ERR_ABORTED":
            faults.append(f"{request.failure} ({request.url})")

    events: dict[Any, Callable[[Any], None]] = {
        "console": on_console,
        "weberror": on_exception,
        "requestfailed": on_failure,
    }
    for event, listener in events.items():
        context.on(event, listener)

    def end() -> None:
        for event, listener in events.items():
            context.remove_listener(event, listener)

    return end


@pytest.fixture
def context(
    _shared_context: BrowserContext, page_faults: list[str], request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    """A context that knows of earlier tests nothing but the scripts and styles, which every page else loads anew."""
    end_watch = watch(_shared_context, page_faults)
    yield _shared_context
    end_watch()
    for page in _shared_context.pages:
        origin = "/".join(page.url.split("/")[:3])
        if origin.startswith("http"):
            _shared_context.new_cdp_session(page).send(
                "Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage,indexeddb"}
            )
        page.close()
    _shared_context.clear_cookies()
    _shared_context.clear_permissions()
    _shared_context.unroute_all()
    allowed = [part for mark in request.node.iter_markers("provokes") for part in mark.args]
    faults = [fault for fault in page_faults if not any(part in fault for part in allowed)]
    assert not faults, faults


@pytest.fixture(params=["phone", "desktop"])
def viewport(request: pytest.FixtureRequest, page: Page) -> str:
    """Run the test once at 360 px and once at 1280 px width; return which."""
    page.set_viewport_size(PHONE if request.param == "phone" else DESKTOP)  # type: ignore[arg-type]
    return str(request.param)


@pytest.fixture
def phone_page(page: Page) -> Page:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    return page


@pytest.fixture
def sign_in(live_server: Any, context: BrowserContext) -> Callable[[User], None]:
    """Sign a user in by session cookie, without going through the form: `sign_in(customer)`."""

    def with_session(user: User) -> None:
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": live_server.url}]
        )

    return with_session


@pytest.fixture
def assert_accessible() -> Callable[..., None]:
    """Fail with a readable list when axe finds a violation of WCAG 2.2 AA: `assert_accessible(page)`."""
    levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def check(page: Page, *, inside: str | None = None, rules: Sequence[str] = ()) -> None:
        if page.evaluate("!window.axe"):
            page.evaluate(AXE_SCRIPT)
        found = page.evaluate(
            "([where, options]) => axe.run(where, options).then((results) => results.violations)",
            [
                inside or ":root",
                {
                    "runOnly": {"type": "rule", "values": rules} if rules else {"type": "tag", "values": levels},
                    "resultTypes": ["violations"],
                    # Style sheets and media once more, for rules that none of our pages is about.
                    "preload": False,
                },
            ],
        )
        lines = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}\n    "
            + "\n    ".join(f"{node['target']} {node['failureSummary']}" for node in violation["nodes"][:5])
            for violation in found
        ]
        assert not found, f"axe finds {len(found)} barriers on {page.url}:\n" + "\n".join(lines)

    return check


@pytest.fixture
def assert_accessible_everywhere(assert_accessible: Callable[..., None]) -> Callable[[Page], None]:
    """Do so at both widths and in both schemes, and see that the page fits the window; leaves it narrow and light.

    Schemes differ in colors alone: in the dark, contrast is looked at, once.
    """

    def check(page: Page) -> None:
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            assert_accessible(page)
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider <= 0, f"{page.url} is {wider} px wider than a window of {size['width']} px."
        page.emulate_media(color_scheme="dark")
        assert_accessible(page, rules=["color-contrast"])
        page.emulate_media(color_scheme="light")

    return check
