"""Opening the journal at the start of a process: the checks in their order, and the second copy."""

from __future__ import annotations

from pos_client.storage.identity import TillIdentity
from pos_client.storage.journal import Journal
from pos_client.storage.journal_check import check_tail, refuse_damaged, save_damaged
from pos_client.storage.journal_file import JournalFile
from pos_client.storage.paths import DataPaths, write_atomically
from pos_client.storage.second_copy import SecondCopy
from shared.errors import EnvironmentProblem


def open_journal(
    paths: DataPaths, identity: TillIdentity, second: SecondCopy | None = None
) -> Journal:
    """The journal of this till, checked, with its second copy attached if there is to be one.

    `EnvironmentProblem`: `journal_missing` (it was there once), `journal_corrupt` (what can be read is saved first),
    `journal_foreign`, `journal_newer`, `journal_behind_copy`, `journal_copy_differs`, and the disk's own.
    """
    paths.prepare()
    _refuse_missing(paths, identity)
    refuse_damaged(paths.journal, paths.archive, identity.till_id, identity.incarnation)
    try:
        return _open(paths, identity, second)
    except EnvironmentProblem as problem:
        if problem.code != "journal_unreadable":
            raise
        raise save_damaged(
            paths.journal, paths.archive, identity.till_id, identity.incarnation
        ) from problem


def _open(paths: DataPaths, identity: TillIdentity, second: SecondCopy | None) -> Journal:
    file = JournalFile(paths.journal, identity.till_id, identity.incarnation)
    try:
        journal = Journal(file)
        broken = check_tail(journal)
        if broken is not None:
            raise EnvironmentProblem("journal_unreadable", {"detail": f"seq {broken.seq}"})
        if _started(paths) != identity.key_id:
            write_atomically(paths.journal_started, identity.key_id.encode("ascii"))
        journal.second = second
        journal.attach_second()
    except (EnvironmentProblem, OSError):
        file.close()
        raise
    return journal


def _refuse_missing(paths: DataPaths, identity: TillIdentity) -> None:
    try:
        empty = paths.journal.stat().st_size == 0
    except FileNotFoundError:
        empty = True
    if empty and _started(paths) == identity.key_id:
        raise EnvironmentProblem("journal_missing", {"file": str(paths.journal)})


def _started(paths: DataPaths) -> str:
    try:
        return paths.journal_started.read_text(encoding="ascii")
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
