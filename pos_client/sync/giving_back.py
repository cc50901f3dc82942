"""Gives back what the centre holds for receipts that did not take it: repeated until it has answered."""

from __future__ import annotations

from uuid import UUID

from pos_client.storage.authorisations import CENTRE_KINDS, CODE_KIND, OutstandingAuthorisations
from pos_client.sync.ports import Authorising, CentreRefusedError

# The till itself is refused: it may be let in again, and asks then.
_UNWELCOME = frozenset((401, 403))


def give_back_all(transport: Authorising, outstanding: OutstandingAuthorisations) -> None:
    """Give back everything that waits for it; raises as the transport does, and what is left waits on."""
    for each in outstanding.all():
        if each.kind in CENTRE_KINDS and each.state == "voiding":
            give_back(transport, outstanding, each.auth_id, code=each.kind == CODE_KIND)


def give_back(
    transport: Authorising,
    outstanding: OutstandingAuthorisations,
    auth_id: UUID,
    *,
    code: bool = False,
) -> None:
    """Give back value or a promotion `code`. Any answer settles it: what a receipt took stays taken."""
    try:
        if code:
            transport.release_code(auth_id)
        else:
            transport.release(auth_id)
    except CentreRefusedError as refusal:
        if refusal.status in _UNWELCOME:
            raise
    outstanding.settle(auth_id)
