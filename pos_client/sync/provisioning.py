"""Joining a centre with a one-time code: the key is made first and kept, then the centre gives the identity."""

from __future__ import annotations

import re
from collections.abc import Callable

from pos_client.storage.identity import IdentityFile, TillIdentity
from pos_client.storage.journal import Journal
from pos_client.storage.journal_file import JournalFile
from pos_client.storage.paths import DataPaths
from pos_client.storage.upload_state import UploadStore
from pos_client.sync.keys import TillKey
from pos_client.sync.ports import CentreRefusedError
from shared.errors import DomainError, EnvironmentProblem
from shared.wire.models import ProvisionAnswer, ProvisionRequest

_CODE = re.compile(r"[A-Za-z0-9 -]{4,64}")
Ask = Callable[[ProvisionRequest], ProvisionAnswer]


def check_code(text: str) -> str:
    """The one-time code as typed, without blanks around it; `DomainError('provision_code_malformed')` for what no
    code looks like. The text is a secret and is not repeated.
    """
    code = text.strip()
    if not _CODE.fullmatch(code):
        raise DomainError("provision_code_malformed", {"least": 4, "most": 64})
    return code


def provision(
    paths: DataPaths,
    url: str,
    code: str,
    ask: Ask,
    *,
    build: str,
    till_id: str | None = None,
    abandon_unsent: bool = False,
) -> TillIdentity:
    """Make this data directory the till that `code` stands for, in a new incarnation.

    A journal that is there goes to the archive. `DomainError('provision_unsent')` if it holds events that the centre
    has not acknowledged, unless `abandon_unsent`: after the change they can only be read from the archive.
    `('provision_other_till')` if the code is not for `till_id`, where that is given: the directory stays as it was.
    A lost answer costs nothing but a new code: the key stays for the next try.
    """
    code = check_code(code)
    paths.prepare()
    file = IdentityFile(paths)
    before = file.load()
    if before is not None and not abandon_unsent:
        _refuse_unsent(paths, before)
    waiting = paths.key_pending.exists()
    key = TillKey.make_or_load(paths.key_pending)
    request = ProvisionRequest(
        code=code, public_key=key.public_text(), build=build[:60], till_id=till_id
    )
    try:
        identity = TillIdentity.from_answer(_ask(ask, request), url)
    except DomainError:
        if not waiting:
            paths.key_pending.unlink()
        raise
    file.take_over(identity)
    return identity


def _ask(ask: Ask, request: ProvisionRequest) -> ProvisionAnswer:
    wanted = request.till_id
    try:
        answer = ask(request)
    except CentreRefusedError as refusal:
        if refusal.code != "code_other_till" or wanted is None:
            raise
        raise _other_till(wanted, str(refusal.params.get("till", "?"))) from refusal
    # A centre of an older release does not read which till is meant.
    if wanted is not None and answer.till_id != wanted:
        raise _other_till(wanted, answer.till_id)
    return answer


def _other_till(wanted: str, other: str) -> DomainError:
    return DomainError("provision_other_till", {"till": wanted, "other": other})


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
