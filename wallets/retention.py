"""How long this app keeps what it holds; see `operations/retention.py`."""

from operations.retention import Follows, Pruned
from wallets.models import WalletDevice, WalletPass

RETENTION = [
    Pruned(WalletPass, "passes in wallets, after the show", "KEEP_WALLET_PASS_DAYS", "ticket__show__ends_at"),
    Follows(WalletDevice, WalletPass),
]
