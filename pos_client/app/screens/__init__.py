"""Every screen of the till in every state, as on one day at a shop: for people to look at, and for golden pictures."""

from pos_client.app.screens.cli import add_arguments, run

__all__ = ["add_arguments", "run"]
