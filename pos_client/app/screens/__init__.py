"""Every screen of the till in every state, drawn without a till: for people to look at, and for golden pictures."""

from pos_client.app.screens.cli import add_arguments, run

__all__ = ["add_arguments", "run"]
