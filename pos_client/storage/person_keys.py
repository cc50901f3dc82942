"""Keys of the persons whom this till took down, each in a file of its own: what its journal says of them is sealed.

A key goes as soon as the centre's lists have the customer; then only the centre can still open the event.
"""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pos_client.storage.journal import Journal
from pos_client.storage.paths import write_atomically
from shared.customers import (
    NEWCOMER_EVENT,
    Newcomer,
    SealedNewcomer,
    newcomer_of_event,
    words_part,
)
from shared.errors import DomainError, EnvironmentProblem
from shared.journal import parse_body

KEY_BYTES = 32
NONCE_BYTES = 12


class PersonKeys:
    """The files in `folder`, readable by their owner only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, number: str, key: bytes) -> None:
        """Keep a key: on disk when this returns. `EnvironmentProblem('person_key_not_kept')` if the disk refuses."""
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            write_atomically(self._folder / f"{number}.key", key)
        except OSError as error:
            detail = {"detail": error.strerror or type(error).__name__}
            raise EnvironmentProblem("person_key_not_kept", detail) from error

    def numbers(self) -> list[str]:
        """Whose keys are here."""
        return sorted(path.stem for path in self._folder.glob("*.key"))

    def key(self, number: str) -> bytes | None:
        """The key of somebody; None if it is not here (any more)."""
        try:
            return (self._folder / f"{Path(number).name}.key").read_bytes()
        except OSError:
            return None

    def forget(self, number: str) -> None:
        """Delete a key."""
        (self._folder / f"{number}.key").unlink(missing_ok=True)


def seal_newcomer(newcomer: Newcomer, key: bytes, nonce: bytes) -> bytes:
    """What the journal says of who it is."""
    number = newcomer.number.encode("utf-8")
    return nonce + AESGCM(key).encrypt(nonce, newcomer.personal_part(), number)


def open_newcomer(sealed: SealedNewcomer, key: bytes) -> Newcomer | None:
    """Who it is; None if the key is another's."""
    nonce, text = sealed.sealed[:NONCE_BYTES], sealed.sealed[NONCE_BYTES:]
    try:
        return sealed.opened(AESGCM(key).decrypt(nonce, text, sealed.number.encode("utf-8")))
    except (InvalidTag, ValueError, DomainError):
        return None


def seal_words(text: str, name: str, key: bytes, nonce: bytes) -> bytes:
    """What the journal says of words on somebody, under the key of this name."""
    return nonce + AESGCM(key).encrypt(nonce, words_part(text), name.encode("utf-8"))


def newcomer_in(journal: Journal, number: str) -> SealedNewcomer | None:
    """The newcomer with this number as journalled here; None if there is none."""
    with journal.file.reading() as connection:
        rows = connection.execute(
            "SELECT body FROM journal_event WHERE type = ? ORDER BY seq DESC", (NEWCOMER_EVENT,)
        )
        found = (newcomer_of_event(parse_body(row[0])) for row in rows)
        return next((each for each in found if each.number == number), None)
