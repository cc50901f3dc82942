"""Promotion codes in batches: made, kept for receipts, used up, blocked, found again."""
