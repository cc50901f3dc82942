"""What the basket needs besides the till's own ports."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from pos_client.features.basket.state import BasketState
from pos_client.ports import Bought, Moment
from shared.catalogue import Item
from shared.errors import DomainError
from shared.vouchers import SignedFacts
from shared.wire.coupons import CodeRequest
from shared.wire.value_payloads import SoldType


class PriceBook(Protocol):
    """Articles with what holds for them here and now."""

    def find(self, code: str) -> Item:
        """The article under a code; `DomainError('article_unknown' | 'article_ambiguous')`."""

    def price(self, sku: str, moment: Moment) -> int | None:
        """Gross unit price in minor units; None if the lists have none."""

    def lowest(self, sku: str, moment: Moment) -> int | None:
        """The lowest gross unit price of the last 30 days in minor units; None if the lists have none."""

    def vat_rate(self, category: str, moment: Moment) -> Decimal:
        """Percent; `DomainError('vat_rate_missing')`."""


class People(Protocol):
    """Who works here."""

    def name_of(self, staff_id: str) -> str:
        """The name of somebody; empty if this till does not know them."""


@dataclass(frozen=True, slots=True)
class Guest:
    """A customer by number, and the name to greet them by."""

    number: str
    name: str


class Offers(Protocol):
    """Whom a receipt may count for, and which codes may be given for it."""

    def customer(self, number: str) -> Guest | None:
        """The customer with this number; None if the lists have none."""

    def unknown(self, number: str) -> DomainError:
        """Why there is no customer with this number: `customer_unknown` or `customers_withheld`."""

    def code(self, text: str) -> str:
        """The code as promotions compare it; empty if no promotion asks for such a one."""

    def running(self) -> bool:
        """Whether there are promotions at all."""


@dataclass(frozen=True, slots=True)
class CodeHeard:
    """What was heard of a code: the `refusal`, or that nobody answered (`silent`), or else that it counts, and whose
    it is: of which batch (None: not said) and `promotion`.
    """

    auth_id: UUID
    refusal: DomainError | None = None
    silent: bool = False
    batch_id: UUID | None = None
    promotion: str = ""


class Codes(Protocol):
    """Codes of batches, which work a set number of times."""

    def put_on(self, text: str) -> str:
        """Put one on the receipt, to be asked for; the code as it is shown, empty if it is of no batch known here.

        `DomainError`: `code_mistyped`, `promotion_code_unknown`, `code_blocked`, `code_early`,
        `promotion_code_expired`, `code_other_customer`, `too_many_codes`, `code_promotion_taken`.
        """

    def ask_for(self, text: str, *, sure: bool) -> str:
        """Put what is of no batch known here on the receipt, to be asked for; empty if it cannot be a code. Where
        nobody is `sure` that it is meant as one, it has to look like one. `DomainError('too_many_codes')`.
        """

    def take_off(self, text: str) -> bool:
        """Take one off the receipt; whether it was on it."""

    def lay_aside(self) -> None:
        """The receipt is about to be parked: nothing is kept for it while it lies there."""

    def customer_changed(self) -> tuple[str, ...]:
        """Take off what is not for whom the receipt counts now; the codes that went."""

    def request(self) -> CodeRequest | None:
        """What the centre is to be asked next; None if every code on the receipt is known."""

    def hear(self, heard: CodeHeard) -> bool:
        """Take over what was heard; whether the code counts now. A refusal takes it off, and is raised then."""


class ValueDesk(Protocol):
    """What is needed to sell vouchers."""

    def types(self) -> tuple[SoldType, ...]:
        """The types that the chain sells."""

    def new_number(self) -> str:
        """A voucher's number, drawn by chance."""

    def code(self, facts: SignedFacts) -> str:
        """What is printed as a code, with this till's signature; empty if it cannot sign."""


class Purchases(Protocol):
    """Earlier receipts that goods can come back from."""

    def bought(self, number: str) -> Bought:
        """The receipt with this printed or full number; `DomainError('receipt_unknown' | 'receipt_not_sold')`."""


class BasketView(Protocol):
    """The screen."""

    def render(self, state: BasketState) -> None:
        """Show a state."""
