"""The demo in one command: data, centre, sync and a till without a window that sells."""

from pos_client.app.demo.cli import add_arguments, run

__all__ = ["add_arguments", "run"]
