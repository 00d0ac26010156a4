"""Tickets in the wallets of phones: passes for Apple and Google, which follow their tickets."""
