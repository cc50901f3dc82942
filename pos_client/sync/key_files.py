"""Keys that the centre gives: fetched with the till's signature, kept beside the till's own key."""

from __future__ import annotations

import base64
import binascii
from abc import ABC, abstractmethod
from pathlib import Path

from pos_client.storage.identity import TillIdentity
from pos_client.storage.paths import DataPaths, write_atomically
from pos_client.sync.ports import CentreRefusedError, Transport
from shared.errors import EnvironmentProblem

_NOT_FOUND = 404


class KeyFile(ABC):
    """A key in `path`, readable by its owner only; it has `size` bytes."""

    size = 32

    def __init__(self, path: Path) -> None:
        self.path = path

    def refresh(self, transport: Transport) -> None:
        """Fetch the key and keep it if it is new. A centre of an older release has none, and needs none."""
        try:
            text = self._ask(transport)
        except CentreRefusedError as refusal:
            if refusal.status == _NOT_FOUND:
                return
            raise
        if not text:
            return
        try:
            key = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != self.size:
            raise EnvironmentProblem("centre_answer_malformed", {"status": 200})
        if load_key(self.path) != key:
            write_atomically(self.path, key)

    def forget(self) -> None:
        """Delete the key."""
        self.path.unlink(missing_ok=True)

    @abstractmethod
    def _ask(self, transport: Transport) -> str: ...


class PinKeyFile(KeyFile):
    """The chain's secret for PINs."""

    def _ask(self, transport: Transport) -> str:
        return transport.pin_key().pin_key


class CustomerKeyFile(KeyFile):
    """What the till seals its customers with."""

    def _ask(self, transport: Transport) -> str:
        return transport.customer_key().customer_key


class CertificateFile(KeyFile):
    """What the centre signed of this till's own key: a till that joined before there was such gets it here."""

    size = 64

    def _ask(self, transport: Transport) -> str:
        return transport.state().certificate


def missing_certificate(paths: DataPaths, identity: TillIdentity) -> tuple[CertificateFile, ...]:
    """What fetches the certificate of a till that joined without one; nothing for the others."""
    return () if identity.certificate else (CertificateFile(paths.certificate),)


def load_key(path: Path) -> bytes | None:
    """The key in `path`; None if there is none that can be read."""
    try:
        return path.read_bytes()
    except OSError:
        return None
