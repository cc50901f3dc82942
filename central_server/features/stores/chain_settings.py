"""Settings of the chain that tills go by, as texts under the keys of their rows in the feed `config`."""

from __future__ import annotations

from central_server.features.stores import repository
from central_server.platform.changes import CHAIN, Change, Operation, mark_changed
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork


def stored(unit: ReadUnit, key: str) -> str | None:
    """What was set; None if nobody set anything, so that tills go by what is usual."""
    return repository.chain_setting(unit, key)


def set_stored(unit: UnitOfWork, key: str, text: str | None) -> None:
    """Set it, or set nothing any more, and tell the tills."""
    repository.put_chain_setting(unit, key, text)
    op: Operation = "put" if text is not None else "remove"
    mark_changed(unit, [Change("config", CHAIN, "config", key, op)])
