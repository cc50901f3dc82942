"""Taking somebody down as a customer, also without a network: head office has them once the journal is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pos_client.app.recorder import Recorder
from pos_client.ports import Facts
from pos_client.storage.journal import Journal
from pos_client.storage.person_keys import (
    KEY_BYTES,
    NONCE_BYTES,
    PersonKeys,
    newcomer_in,
    open_newcomer,
    seal_newcomer,
    seal_words,
)
from shared.customers import (
    CONSENT_EVENT,
    FIELD_EVENT,
    KEY_PREFIX,
    NEWCOMER_EVENT,
    NEWCOMER_PREFIX,
    NOTE_EVENT,
    ConsentPurpose,
    Newcomer,
    checked_field,
    checked_note,
    consent_facts,
    contact_words,
    field_facts,
    newcomer_facts,
    note_facts,
    number_word,
    offline_words,
)

SaidEvent = tuple[str, Facts]
"""Type and facts of an event about what a customer says."""


@dataclass(frozen=True, slots=True)
class NewcomerFacts:
    """What somebody says who is taken down. `consents` are what they agreed to."""

    name: str
    phone: str = ""
    email: str = ""
    card: str = ""
    consents: frozenset[ConsentPurpose] = frozenset()


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

    def take_down(self, said: NewcomerFacts) -> str:
        """Journal a new customer, who it is sealed with a key of their own, and what they agreed to; the number.

        `DomainError`: `login_required`, and as `Newcomer.checked`. `EnvironmentProblem` if key or journal cannot be
        written; then there is no customer.
        """
        self._recorder.require_operator()
        number = f"{NEWCOMER_PREFIX}{self._recorder.new_id(self._recorder.moment()).hex}"
        newcomer = Newcomer(number, said.name, said.phone, said.email, said.card).checked()
        key = self._random_bytes(KEY_BYTES)
        # The key first: without it the event would name nobody for ever.
        self._keys.keep(number, key)
        sealed = seal_newcomer(newcomer, key, self._random_bytes(NONCE_BYTES))
        consents = [
            (CONSENT_EVENT, consent_facts(number, purpose, given=True))
            for purpose in sorted(said.consents)
        ]
        self._recorder.record((NEWCOMER_EVENT, newcomer_facts(number, sealed)), *consents)
        return number

    def note(self, number: str, text: str) -> None:
        """Journal a note on a customer, sealed. `DomainError`: `login_required`, and as `checked_note`."""
        self._recorder.record(self.note_event(number, text))

    def note_event(self, number: str, text: str) -> SaidEvent:
        """What `note` journals; the key of the words is kept already."""
        key, sealed = self._sealed(checked_note(text))
        return NOTE_EVENT, note_facts(number, key, sealed)

    def change(self, number: str, rev: int, field: str, text: str) -> None:
        """Journal that a customer, seen in revision `rev`, has another name or contact, sealed.

        `DomainError`: `login_required`, and as `checked_field`.
        """
        self._recorder.record(self.change_event(number, rev, field, text))

    def change_event(self, number: str, rev: int, field: str, text: str) -> SaidEvent:
        """What `change` journals; the key of the words is kept already."""
        key, sealed = self._sealed(checked_field(field, text))
        return FIELD_EVENT, field_facts(number, field, rev, key, sealed)

    def consent(self, number: str, purpose: ConsentPurpose, *, given: bool) -> None:
        """Journal that a customer agrees to something, or takes it back. `DomainError('login_required')`."""
        self._recorder.record(self.consent_event(number, purpose, given=given))

    def consent_event(self, number: str, purpose: ConsentPurpose, *, given: bool) -> SaidEvent:
        """What `consent` journals."""
        self._recorder.require_operator()
        return CONSENT_EVENT, consent_facts(number, purpose, given=given)

    def _sealed(self, text: str) -> tuple[str, bytes]:
        self._recorder.require_operator()
        name = f"{KEY_PREFIX}{self._recorder.new_id(self._recorder.moment()).hex}"
        key = self._random_bytes(KEY_BYTES)
        self._keys.keep(name, key)
        return name, seal_words(text, name, key, self._random_bytes(NONCE_BYTES))

    def find(self, number: str) -> Newcomer | None:
        """Somebody whom this till took down and the lists do not have yet, by number or card; None for anybody else."""
        if number.startswith(NEWCOMER_PREFIX):
            return self._opened(number)
        wanted = number_word(number)
        return next(
            (each for each in self._all() if wanted and number_word(each.card) == wanted), None
        )

    def fitting(self, words: Sequence[str]) -> list[Newcomer]:
        """Those whom these words all fit (`offline_words`)."""
        return [each for each in self._all() if set(words) <= _words(each)]

    def _all(self) -> list[Newcomer]:
        own = (each for each in self._keys.numbers() if each.startswith(NEWCOMER_PREFIX))
        found = (self._opened(number) for number in own)
        return [each for each in found if each is not None]

    def _opened(self, number: str) -> Newcomer | None:
        key = self._keys.key(number)
        sealed = newcomer_in(self._journal, number) if key is not None else None
        return open_newcomer(sealed, key) if sealed is not None and key is not None else None


def _words(newcomer: Newcomer) -> set[str]:
    contacts = contact_words(newcomer.phone, newcomer.email)
    return offline_words(newcomer.name, contacts, (newcomer.number, newcomer.card))
