"""Who is asking: the person signed in at head office, and what their role and stores allow.

Where the sign-in itself lives is none of this room's business: `app` registers a session provider on
`app.state.session_provider`. Until one is there, nobody is signed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Protocol

from fastapi import Depends, Request

from shared.errors import DomainError


class Role(StrEnum):
    """What somebody does in the chain; decides what they may see and change."""

    HEAD_OFFICE = "head_office"
    REGIONAL_MANAGER = "regional_manager"
    STORE_MANAGER = "store_manager"
    MERCHANDISER = "merchandiser"
    CUSTOMER_CARE = "customer_care"
    ACCOUNTANT = "accountant"
    AUDITOR = "auditor"
    CASHIER = "cashier"
    SALESPERSON = "salesperson"


# Roles whose work is the whole chain; everybody else sees the stores they are assigned to.
CHAIN_ROLES = frozenset(
    (Role.HEAD_OFFICE, Role.MERCHANDISER, Role.CUSTOMER_CARE, Role.ACCOUNTANT, Role.AUDITOR)
)
EVERYBODY = frozenset(Role)


@dataclass(frozen=True, slots=True)
class StaffIdentity:
    """Somebody who is signed in. `store_ids` are the stores assigned to them."""

    staff_id: str
    role: Role
    store_ids: frozenset[str]

    @property
    def sees_all_stores(self) -> bool:
        """Whether the role covers the whole chain."""
        return self.role in CHAIN_ROLES

    def may_see_store(self, store_id: str) -> bool:
        """Whether this store is theirs to look at."""
        return self.sees_all_stores or store_id in self.store_ids

    def require_store(self, store_id: str) -> None:
        """`DomainError('store_not_allowed')` unless the store is theirs."""
        if not self.may_see_store(store_id):
            raise DomainError("store_not_allowed", {"store": store_id[:31]}, http_status=403)

    def only_stores(self) -> frozenset[str] | None:
        """The stores a list must be cut down to; None for all."""
        return None if self.sees_all_stores else self.store_ids


class SessionProvider(Protocol):
    """Finds out who sends a request; registered by whoever owns the sign-in."""

    def __call__(self, request: Request) -> StaffIdentity | None:
        """The person behind this request, or None."""


def current_staff(request: Request) -> StaffIdentity:
    """The person signed in; `DomainError('login_required')`, 401, if there is none."""
    provider: SessionProvider | None = getattr(request.app.state, "session_provider", None)
    identity = provider(request) if provider is not None else None
    if identity is None:
        raise DomainError("login_required", http_status=401)
    return identity


def require_roles(*roles: Role) -> Callable[[StaffIdentity], StaffIdentity]:
    """A dependency: the person signed in, refused with 403 unless their role is one of `roles`."""
    allowed = frozenset(roles)

    def check(identity: Annotated[StaffIdentity, Depends(current_staff)]) -> StaffIdentity:
        if identity.role not in allowed:
            raise DomainError("role_not_allowed", {"role": identity.role.value}, http_status=403)
        return identity

    return check


CurrentStaff = Annotated[StaffIdentity, Depends(current_staff)]
HeadOffice = Annotated[StaffIdentity, Depends(require_roles(Role.HEAD_OFFICE))]
