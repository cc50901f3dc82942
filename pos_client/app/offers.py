"""Who a receipt may count for and which codes it may be given, as the reference data knows them."""

from __future__ import annotations

from collections.abc import Callable

from pos_client.app.customers import Customers
from pos_client.features.basket.ports import Guest
from pos_client.storage.promotion_shelf import PublishedPromotion
from shared.coupons import is_literal
from shared.errors import DomainError, EnvironmentProblem
from shared.promotions.read_promotion import code_key


class Offers:
    """Customers, and the codes of published promotions. `published` gives the same tuple until something changes."""

    def __init__(
        self, customers: Customers, published: Callable[[], tuple[PublishedPromotion, ...]]
    ) -> None:
        self._customers = customers
        self._published = published
        self._known: tuple[PublishedPromotion, ...] = ()
        self._codes: frozenset[str] = frozenset()

    def customer(self, number: str) -> Guest | None:
        """The customer with this number; None if the lists have none."""
        try:
            row = self._customers.customer(number)
        except EnvironmentProblem:
            return None
        return Guest(row.number, row.name) if row is not None else None

    def unknown(self, number: str) -> DomainError:
        """Why there is no customer with this number: there is none, or this till may show nobody."""
        try:
            return self._customers.unknown(number)
        except EnvironmentProblem:
            return DomainError("customer_unknown", {"number": number.strip()[:40]})

    def code(self, text: str) -> str:
        """The code as promotions compare it; empty if no promotion asks for such a one."""
        key = code_key(text)
        return key if self._any() and key in self._codes else ""

    def running(self) -> bool:
        """Whether there are promotions at all."""
        return bool(self._any())

    def _any(self) -> tuple[PublishedPromotion, ...]:
        try:
            published = self._published()
        except EnvironmentProblem:
            return ()
        if published is not self._known:
            self._known = published
            self._codes = frozenset(
                code
                for each in published
                for code in each.promotion.when.codes
                if not is_literal(code)
            )
        return self._known
