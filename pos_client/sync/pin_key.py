"""The chain's secret for PINs: fetched from the centre with the till's signature, kept beside the till's own key."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

from pos_client.storage.paths import write_atomically
from pos_client.sync.ports import CentreRefusedError, Transport
from shared.errors import EnvironmentProblem
from shared.wire.pins import PIN_KEY_BYTES

_NOT_FOUND = 404


class PinKeyFile:
    """The key in `path`, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def refresh(self, transport: Transport) -> None:
        """Fetch the key and keep it if it is new. A centre of an older release has none, and needs none."""
        try:
            text = transport.pin_key().pin_key
        except CentreRefusedError as refusal:
            if refusal.status == _NOT_FOUND:
                return
            raise
        try:
            key = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != PIN_KEY_BYTES:
            raise EnvironmentProblem("centre_answer_malformed", {"status": 200})
        if load_pin_key(self._path) != key:
            write_atomically(self._path, key)


def load_pin_key(path: Path) -> bytes | None:
    """The key in `path`; None if there is none that can be read."""
    try:
        return path.read_bytes()
    except OSError:
        return None
