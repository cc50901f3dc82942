"""Replaying recorded receipts: reads invoices of a file and rings them up through the till's own code."""

from pos_client.app.replay.cli import add_arguments, run

__all__ = ["add_arguments", "run"]
