"""What finding customers needs of the till."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pos_client.features.customers.state import NewCustomer, Statement


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """A customer as a list shows them; `phone_end` are the last digits of their telephone number, empty for none."""

    number: str
    name: str
    phone_end: str


class CustomerLists(Protocol):
    """The customers whom this till knows."""

    def fitting(self, text: str) -> tuple[Sequence[KnownCustomer], bool]:
        """Those whom a text fits, by name, and whether there are more; each is a look at them.

        `DomainError('customers_withheld')`.
        """

    def take_down(self, said: NewCustomer) -> str:
        """A new customer; the number. `DomainError` says which field is wrong."""

    def hearing(self) -> tuple[datetime, str]:
        """Now, and the name of who is logged in. `DomainError('login_required')`."""

    def keep_said(self, number: str, said: Sequence[Statement]) -> None:
        """Keep what a customer said, all or nothing, also without a network; from now on it is on its way."""
