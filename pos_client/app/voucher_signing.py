"""What a till needs to sell vouchers: their types, numbers drawn by chance, and its signature, by which other tills
know them without the centre.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from pos_client.sync.key_files import load_key
from pos_client.sync.keys import TillKey
from shared.errors import EnvironmentProblem
from shared.vouchers import SignedFacts, Signer, voucher_number
from shared.wire.value_payloads import SoldType


class VoucherDesk:
    """Implements `ValueDesk` of the basket. `types` are those that the chain sells."""

    def __init__(
        self,
        types: Callable[[], tuple[SoldType, ...]],
        random_bytes: Callable[[int], bytes],
        signer: VoucherSigner,
    ) -> None:
        self._types = types
        self._random_bytes = random_bytes
        self._signer = signer

    def types(self) -> tuple[SoldType, ...]:
        """The types that the chain sells."""
        return self._types()

    def new_number(self) -> str:
        """A voucher's number, drawn by chance."""
        return voucher_number(UUID(bytes=self._random_bytes(16)))

    def code(self, facts: SignedFacts) -> str:
        """What is printed as a code, with this till's signature; empty if it cannot sign."""
        return self._signer.code(facts)


class VoucherSigner:
    """`certificate` is what the centre signed of the key in the file `key`, base64; where it is empty the file `later`
    may have it. Without it a voucher has its number alone: good, but only where the centre is asked.
    """

    def __init__(self, key: Path, certificate: str, later: Path) -> None:
        self._key = key
        self._certificate = certificate
        self._later = later

    def code(self, facts: SignedFacts) -> str:
        """What is printed as a code; empty if this till cannot sign."""
        try:
            key = TillKey.load(self._key)
            certificate = base64.b64decode(self._certificate, validate=True)
        except (EnvironmentProblem, binascii.Error):
            return ""
        certificate = certificate or load_key(self._later) or b""
        if not certificate:
            return ""
        signer = Signer(key.public_bytes(), certificate)
        return facts.token(key.sign(facts.text().encode()), signer)
