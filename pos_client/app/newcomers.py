"""Taking somebody down as a customer, also without a network: head office has them once the journal is there."""

from __future__ import annotations

from collections.abc import Callable

from pos_client.app.recorder import Recorder
from pos_client.storage.journal import Journal
from pos_client.storage.person_keys import (
    KEY_BYTES,
    NONCE_BYTES,
    PersonKeys,
    newcomer_in,
    open_newcomer,
    seal_newcomer,
)
from shared.customers import NEWCOMER_EVENT, NEWCOMER_PREFIX, Newcomer, newcomer_facts


class Newcomers:
    """Those of this till. `random_bytes(n)` comes from a good source."""

    def __init__(
        self,
        recorder: Recorder,
        journal: Journal,
        keys: PersonKeys,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._recorder = recorder
        self._journal = journal
        self._keys = keys
        self._random_bytes = random_bytes

    def take_down(self, name: str, phone: str = "", email: str = "") -> str:
        """Journal a new customer, who it is sealed with a key of their own; the number.

        `DomainError`: `login_required`, `customer_name_missing`, `customer_field_too_long`. `EnvironmentProblem` if
        key or journal cannot be written; then there is no customer.
        """
        self._recorder.require_operator()
        number = f"{NEWCOMER_PREFIX}{self._recorder.new_id(self._recorder.moment()).hex}"
        newcomer = Newcomer(number, name, phone, email).checked()
        key = self._random_bytes(KEY_BYTES)
        # The key first: without it the event would name nobody for ever.
        self._keys.keep(number, key)
        sealed = seal_newcomer(newcomer, key, self._random_bytes(NONCE_BYTES))
        self._recorder.record((NEWCOMER_EVENT, newcomer_facts(number, sealed)))
        return number

    def name_of(self, number: str) -> str:
        """The name of somebody whom this till took down and the lists do not have yet; empty for anybody else."""
        key = self._keys.key(number) if number.startswith(NEWCOMER_PREFIX) else None
        sealed = newcomer_in(self._journal, number) if key is not None else None
        found = open_newcomer(sealed, key) if sealed is not None and key is not None else None
        return found.name if found is not None else ""
