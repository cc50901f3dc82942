"""What the sheets of customers show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CustomerHitRow:
    """One customer: `detail` tells them from others of their name."""

    number: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class FinderState:
    """Customers who fit `query`. `notice` says that there are none, or more; `asks` that the centre may know others."""

    query: str = ""
    rows: tuple[CustomerHitRow, ...] = ()
    notice: str = ""
    asks: bool = False


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """What was typed of a new customer; `consents` are the keys of what they agreed to."""

    name: str = ""
    phone: str = ""
    email: str = ""
    card: str = ""
    consents: frozenset[str] = frozenset()
