"""Passes as files for Apple Wallet, and the push that renews them."""
