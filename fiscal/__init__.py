"""Receipts, signing devices and the journal: what tax law and the accountant ask of each movement of money."""
