"""Gives back what the centre holds for receipts that did not take it: repeated until it has answered."""

from __future__ import annotations

from uuid import UUID

from pos_client.storage.authorisations import VALUE_KINDS, OutstandingAuthorisations
from pos_client.sync.ports import Authorising, CentreRefusedError

# The till itself is refused: it may be let in again, and asks then.
_UNWELCOME = frozenset((401, 403))


def give_back_all(transport: Authorising, outstanding: OutstandingAuthorisations) -> None:
    """Give back everything that waits for it; raises as the transport does, and what is left waits on."""
    for each in outstanding.all():
        if each.kind in VALUE_KINDS and each.state == "voiding":
            give_back(transport, outstanding, each.auth_id)


def give_back(
    transport: Authorising, outstanding: OutstandingAuthorisations, auth_id: UUID
) -> None:
    """Give back one. An answer settles it whatever it says: what a receipt took stays taken."""
    try:
        transport.release(auth_id)
    except CentreRefusedError as refusal:
        if refusal.status in _UNWELCOME:
            raise
    outstanding.settle(auth_id)
