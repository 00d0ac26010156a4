"""A guest's whole way through pretix: two tickets into the cart, an address, the order, its page.

Cart and order are made by pretix's worker; the page asks until they are, as its script does.
"""

import json
import time
from urllib.parse import urlencode
from uuid import uuid4

from benchmarks.client import Answer, Client, path_of
from benchmarks.drive import FORM, Unexpected, expect, token_of
from benchmarks.peers.pretix_event import EVENT, ORGANIZER

SHOP = f"/{ORGANIZER}/{EVENT}/"
# More often than pretix's own script asks, in favor of pretix.
ASK_AGAIN_SECONDS = 0.1


def buy(client: Client, item: str) -> None:
    """Buy two tickets: shop, cart, address, order, thanks, and what is asked in between."""
    client.forget_cookies()
    shop = expect(client.get(SHOP, Accept="text/html"), 200)
    wait_for_worker(client, f"{SHOP}cart/add", [token_of(shop), (f"item_{item}", "2")])
    expect(client.get(f"{SHOP}checkout/start", Accept="text/html"), 302)
    form = expect(client.get(f"{SHOP}checkout/questions/", Accept="text/html"), 200)
    person = [("email", f"{uuid4().hex}@example.com"), ("is_business", "individual"), ("name_parts_0", "A Customer")]
    expect(submit(client, f"{SHOP}checkout/questions/", [token_of(form), *person]), 302)
    summary = expect(client.get(f"{SHOP}checkout/confirm/", Accept="text/html"), 200)
    thanks = wait_for_worker(client, f"{SHOP}checkout/confirm/", [token_of(summary)])
    if b"Download" not in thanks.body:
        raise Unexpected(thanks.body[:600])


def wait_for_worker(client: Client, path: str, fields: list[tuple[str, str]]) -> Answer:
    """Send the form, ask until the worker has done it, and return the page that follows."""
    headers = {"X_Requested_With": "XMLHttpRequest"}
    state = json.loads(expect(submit(client, f"{path}?ajax=1", [*fields, ("ajax", "1")], **headers), 200).body)
    check = path_of(state.get("check_url", ""))
    while not state["ready"]:
        time.sleep(ASK_AGAIN_SECONDS)
        state = json.loads(expect(client.get(check, **headers), 200).body)
    if not state["success"]:
        raise Unexpected(state)
    return expect(client.get(path_of(state["redirect"]), Accept="text/html"), 200)


def submit(client: Client, path: str, fields: list[tuple[str, str]], **headers: str) -> Answer:
    origin = f"http://{client.host}:{client.port}"
    return client.post(path, urlencode(fields).encode(), FORM, Origin=origin, Accept="text/html", **headers)
