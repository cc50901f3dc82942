"""Prices: effective-dated per sku, offer, scope and channel; what was charged in the past is never rewritten."""
