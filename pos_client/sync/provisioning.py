"""Joining a centre with a one-time code: the key is made first and kept, then the centre gives the identity."""

from __future__ import annotations

from collections.abc import Callable

from pos_client.storage.identity import IdentityFile, TillIdentity
from pos_client.storage.journal import Journal
from pos_client.storage.journal_file import JournalFile
from pos_client.storage.paths import DataPaths
from pos_client.storage.upload_state import UploadStore
from pos_client.sync.keys import TillKey
from shared.errors import DomainError, EnvironmentProblem
from shared.wire.models import ProvisionAnswer, ProvisionRequest

Ask = Callable[[ProvisionRequest], ProvisionAnswer]


def provision(
    paths: DataPaths, url: str, code: str, ask: Ask, *, build: str, abandon_unsent: bool = False
) -> TillIdentity:
    """Make this data directory the till that `code` stands for, in a new incarnation.

    A journal that is there goes to the archive. `DomainError('provision_unsent')` if it holds events that the centre
    has not acknowledged, unless `abandon_unsent`: after the change they can only be read from the archive.
    A lost answer costs nothing but a new code: the key stays for the next try.
    """
    paths.prepare()
    file = IdentityFile(paths)
    before = file.load()
    if before is not None and not abandon_unsent:
        _refuse_unsent(paths, before)
    key = TillKey.make_or_load(paths.key_pending)
    answer = ask(ProvisionRequest(code=code, public_key=key.public_text(), build=build[:60]))
    identity = TillIdentity.from_answer(answer, url)
    file.take_over(identity)
    return identity


def _refuse_unsent(paths: DataPaths, identity: TillIdentity) -> None:
    if not paths.journal.exists():
        return
    try:
        journal_file = JournalFile(paths.journal, identity.till_id, identity.incarnation)
    except EnvironmentProblem:
        return  # damaged or foreign: nothing more can be sent from it
    try:
        unsent = Journal(journal_file).head.seq - UploadStore(journal_file).load().acked_seq
    finally:
        journal_file.close()
    if unsent > 0:
        raise DomainError("provision_unsent", {"count": unsent})
