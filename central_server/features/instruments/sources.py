"""What tills can ask value of: each kind of it knows whose it is, how it is held, taken and given back.

An amount is in minor units of the till's currency; `units` is the same on the account: points, or minor units again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import ErrorParam
from shared.ledger import AccountKey, Transfer
from shared.tender import TaxedBefore
from shared.vouchers import CardAction


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: of which instrument, in which store, on which day, by whom. `amount` in minor units of `currency`;
    `reason` is why a card is blocked or replaced, `customer` whom the receipt is for.
    """

    request_id: UUID
    number: str
    store_id: str
    business_date: date
    by: str
    amount: int = 0
    currency: str = ""
    reason: str = ""
    customer: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """`amount` is what was moved, `balance` what can be spent now. A refusal has a `code` with its parameters.
    `prepaid` is what of an amount that went back had been taxed when its voucher was issued, `journals` are those that
    put it back.
    """

    approved: bool
    amount: int
    balance: int
    code: str = ""
    params: dict[str, ErrorParam] = field(default_factory=dict)
    prepaid: TaxedBefore | None = None
    journals: tuple[UUID, ...] = ()


class ValueSource(Protocol):
    """One kind of value. A holder is whatever the source knows of a card or customer once it is locked."""

    # The word in findings: what of this kind could not be taken or given back.
    shortfall: str
    not_refunded: str
    # Rules and the word of transfers in the ledger.
    hold_rule: str
    capture_rule: str
    late_rule: str

    def locked(self, unit: UnitOfWork, numbers: Iterable[str]) -> Mapping[str, Any]:
        """Whose these numbers are, as far as they are anybody's, locked in one order."""

    def check(self, unit: UnitOfWork, asked: Asked, holder: Any | None, /) -> Any:
        """The holder, if value may be taken of it; `DomainError` if not."""

    def amount(
        self, unit: UnitOfWork, asked: Asked, holder: Any, at: datetime, *, part_ok: bool
    ) -> int:
        """What is taken; `DomainError` if it is less than was asked for and not `part_ok`."""

    def balance(self, unit: ReadUnit, holder: Any, currency: str, on: date) -> int:
        """What can be spent now, in minor units."""

    def units(self, unit: ReadUnit, amount: int, currency: str) -> int:
        """An amount as it stands on the account."""

    def held_on(self, holder: Any, asked: Asked) -> tuple[AccountKey, AccountKey]:
        """Debit and credit of what is held or taken."""

    def alongside(
        self, unit: ReadUnit, holder: Any, asked: Asked, amount: int, /
    ) -> tuple[Transfer, ...]:
        """What is booked besides when an amount is taken."""

    def prepaid(self, unit: ReadUnit, holder: Any, amount: int, /) -> TaxedBefore | None:
        """What of an amount that is taken now was taxed when it was issued."""

    def late(self, unit: UnitOfWork, holder: Any, asked: Asked, at: datetime) -> int:
        """What can be taken without a hold, in whatever state the holder is."""

    def give_back(
        self, unit: UnitOfWork, asked: Asked, undone: Sequence[UUID], at: datetime, /
    ) -> Answer:
        """Put an amount back."""

    def keep(
        self, unit: UnitOfWork, asked: Asked, action: CardAction, answer: Answer, at: datetime
    ) -> None:
        """Keep what was asked and what became of it."""
