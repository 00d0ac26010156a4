"""Secrets at rest: read after keys were changed, by nobody without them."""

import pytest

from lib.encryption import Undecipherable, decrypt, encrypt, encrypt_again


def test_keys_are_changed_one_after_the_other(settings):
    settings.SECRET_KEY = "site"
    first = encrypt("sk_live_1", purpose="payments")
    assert "sk_live_1" not in first
    settings.ENCRYPTION_KEYS = ["new", "old"]
    assert decrypt(first, purpose="payments") == "sk_live_1"
    again = encrypt_again(first, purpose="payments")
    settings.SECRET_KEY, settings.ENCRYPTION_KEYS = "another", ["new"]
    assert decrypt(again, purpose="payments") == "sk_live_1"
    for lost in (lambda: decrypt(first, purpose="payments"), lambda: encrypt_again(first, purpose="payments")):
        with pytest.raises(Undecipherable):
            lost()
    with pytest.raises(Undecipherable):
        decrypt(again, purpose="another")
    with pytest.raises(Undecipherable):
        decrypt("nonsense", purpose="payments")
