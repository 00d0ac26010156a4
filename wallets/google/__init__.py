"""Passes in Google Wallet: classes and objects by its API, and links that save them."""
