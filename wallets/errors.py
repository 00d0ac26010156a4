"""What goes wrong between us and the wallets' owners."""


class WalletUnavailable(Exception):
    """Apple or Google gave no answer, or one that we can't use."""
