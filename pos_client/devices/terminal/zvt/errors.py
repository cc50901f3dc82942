"""The one error of the protocol."""


class ZvtError(Exception):
    """These bytes are no ZVT. The text never holds data of the message."""
