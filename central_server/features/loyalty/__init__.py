"""Loyalty: what receipts earn and returns take back, and the purses of customers."""
