"""Who is asking, a person or a program with a key, and what they may do where.

Every route states the one right it needs, through `needs` or a gate built on `RightGate`; an architecture test
finds those that do not. Where the sign-in itself lives is none of this room's business: `app` registers a session
provider on `app.state.session_provider`. Until one is there, nobody is signed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

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


class Right(StrEnum):
    """One thing that somebody may do, in the stores that are theirs; also the scopes of API keys."""

    PAGES = "pages"
    FIGURES_READ = "figures:read"
    PLANS_WRITE = "plans:write"
    REPORTS_WRITE = "reports:write"
    JOBS_READ = "jobs:read"
    JOBS_RUN = "jobs:run"
    RECEIPTS_READ = "receipts:read"
    STORES_READ = "stores:read"
    STORES_WRITE = "stores:write"
    TILLS_READ = "tills:read"
    JOURNALS_READ = "journals:read"
    TILLS_WRITE = "tills:write"
    EXCEPTIONS_READ = "exceptions:read"
    EXCEPTIONS_BOOK = "exceptions:book"
    EXCEPTIONS_DISMISS = "exceptions:dismiss"
    CATALOGUE_READ = "catalogue:read"
    CATALOGUE_WRITE = "catalogue:write"
    COSTS_READ = "costs:read"
    PRICES_READ = "prices:read"
    PRICES_WRITE = "prices:write"
    OFFERS_WRITE = "offers:write"
    PROMOTIONS_READ = "promotions:read"
    PROMOTIONS_WRITE = "promotions:write"
    STOCK_READ = "stock:read"
    VALUES_READ = "values:read"
    VALUES_WRITE = "values:write"
    WRITE_OFFS = "values:write-off"
    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    RELEASES_DECIDE = "releases:decide"
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"
    KEYS_WRITE = "keys:write"
    AUDIT_READ = "audit:read"
    RULES_WRITE = "rules:write"


# What everybody who works for the chain may ask.
_STAFF = frozenset(
    (Right.STORES_READ, Right.CATALOGUE_READ, Right.PRICES_READ, Right.STOCK_READ, Right.TILLS_READ)
)
# What everybody at head office may look at.
_OFFICE = _STAFF | {
    Right.PAGES,
    Right.FIGURES_READ,
    Right.RECEIPTS_READ,
    Right.EXCEPTIONS_READ,
    Right.PROMOTIONS_READ,
}

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.HEAD_OFFICE: frozenset(Right),
    Role.REGIONAL_MANAGER: _OFFICE | {Right.TILLS_WRITE, Right.PEOPLE_READ, Right.REPORTS_WRITE},
    Role.STORE_MANAGER: _OFFICE | {Right.PEOPLE_READ},
    Role.MERCHANDISER: _OFFICE
    | {
        Right.CATALOGUE_WRITE,
        Right.COSTS_READ,
        Right.PRICES_WRITE,
        Right.OFFERS_WRITE,
        Right.PROMOTIONS_WRITE,
        Right.RELEASES_DECIDE,
    },
    Role.CUSTOMER_CARE: _STAFF
    | {
        Right.PAGES,
        Right.RECEIPTS_READ,
        Right.VALUES_READ,
        Right.VALUES_WRITE,
        Right.CUSTOMERS_READ,
        Right.CUSTOMERS_WRITE,
    },
    Role.ACCOUNTANT: _OFFICE
    | {
        Right.EXCEPTIONS_DISMISS,
        Right.VALUES_READ,
        Right.WRITE_OFFS,
        Right.REPORTS_WRITE,
        Right.JOURNALS_READ,
        Right.COSTS_READ,
    },
    Role.AUDITOR: _OFFICE
    | {
        Right.PEOPLE_READ,
        Right.AUDIT_READ,
        Right.COSTS_READ,
        Right.VALUES_READ,
        Right.JOBS_READ,
        Right.JOURNALS_READ,
    },
    Role.CASHIER: _STAFF,
    Role.SALESPERSON: _STAFF,
}

# Rights that a program may be given: those that need no person's judgement.
KEY_SCOPES = frozenset(
    (
        Right.FIGURES_READ,
        Right.RECEIPTS_READ,
        Right.STORES_READ,
        Right.TILLS_READ,
        Right.EXCEPTIONS_READ,
        Right.CATALOGUE_READ,
        Right.PRICES_READ,
        Right.PRICES_WRITE,
        Right.OFFERS_WRITE,
        Right.STOCK_READ,
    )
)

# Roles whose work is the whole chain; everybody else sees the stores they are assigned to.
CHAIN_ROLES = frozenset(
    (Role.HEAD_OFFICE, Role.MERCHANDISER, Role.CUSTOMER_CARE, Role.ACCOUNTANT, Role.AUDITOR)
)


@dataclass(frozen=True, slots=True)
class StaffIdentity:
    """Somebody who is signed in. `store_ids` are the stores assigned to them.

    A program with an API key has no role: its rights are the key's scopes, and no stores mean all of them.
    """

    staff_id: str
    role: Role | None
    store_ids: frozenset[str]
    scopes: frozenset[Right] = frozenset()

    @property
    def rights(self) -> frozenset[Right]:
        """Everything they may do."""
        return RIGHTS[self.role] if self.role is not None else self.scopes

    @property
    def sees_all_stores(self) -> bool:
        """Whether they cover the whole chain."""
        return not self.store_ids if self.role is None else self.role in CHAIN_ROLES

    def may(self, right: Right) -> bool:
        """Whether they may do this at all; in which stores is another question."""
        return right in self.rights

    def require(self, right: Right) -> None:
        """`DomainError('role_not_allowed')`, 403, unless they have the right; of a key `('scope_missing')`."""
        if right in self.rights:
            return
        if self.role is None:
            raise DomainError("scope_missing", {"scope": right.value}, http_status=403)
        raise DomainError("role_not_allowed", {"role": self.role.value}, http_status=403)

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
        """The person or program behind this request, or None."""


def current_staff(request: Request) -> StaffIdentity:
    """Who sends this request; `DomainError('login_required')`, 401, if nobody is known."""
    provider: SessionProvider | None = getattr(request.app.state, "session_provider", None)
    identity = provider(request) if provider is not None else None
    if identity is None:
        raise DomainError("login_required", http_status=401)
    return identity


class RightGate:
    """A dependency that lets nobody pass without `right`. Gates of pages build on it."""

    def __init__(self, right: Right) -> None:
        self.right = right

    def __call__(self, request: Request) -> StaffIdentity:
        """Who sends the request; `DomainError`: `login_required`, `role_not_allowed`, `scope_missing`."""
        identity = current_staff(request)
        identity.require(self.right)
        return identity


def needs(right: Right) -> Any:
    """For `Annotated[StaffIdentity, …]`: who sends the request, refused without the right."""
    return Depends(RightGate(right))
