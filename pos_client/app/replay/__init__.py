"""Replaying recorded receipts: reads invoices of a file and rings them up through the till's own code."""
