"""Gift cards as a source of value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from central_server.features.instruments import service
from central_server.features.instruments.repository import Card, locked_cards
from central_server.features.instruments.sources import Answer, Asked
from central_server.features.ledger import service as ledger
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.ledger import AccountKey, AccountKind, Transfer
from shared.ledger.posting import store_account
from shared.tender import TaxedBefore
from shared.vouchers import CardAction, read_number


class GiftCardSource:
    """Cards: the number in a request is the card's, blanks and hyphens left out."""

    shortfall = "giftcard_shortfall"
    not_refunded = "giftcard_not_refunded"
    hold_rule = "giftcard.hold"
    capture_rule = "giftcard.capture"
    late_rule = "giftcard.late"

    def locked(self, unit: UnitOfWork, numbers: Iterable[str]) -> Mapping[str, Card]:
        """Cards by the numbers as they were asked for."""
        wanted = {number: _digits(number) for number in numbers}
        found = locked_cards(unit.connection, sorted(set(wanted.values()) - {""}))
        return {text: found[number] for text, number in wanted.items() if number in found}

    def check(self, _unit: UnitOfWork, asked: Asked, holder: Card | None) -> Card:
        """`DomainError`: as gift cards refuse."""
        read_number(asked.number)
        if holder is None:
            raise DomainError("giftcard_unknown")
        service.state_after(asked, CardAction.REDEEM, holder)
        return holder

    def amount(
        self, unit: UnitOfWork, asked: Asked, holder: Card, at: datetime, *, part_ok: bool
    ) -> int:
        """What the card has, up to what was asked for."""
        return service.amount_to_move(unit, asked, CardAction.REDEEM, holder, at, part_ok=part_ok)

    def balance(self, unit: ReadUnit, holder: Card, _currency: str, _on: date) -> int:
        """What the card has less what is held."""
        return service.balance_of(unit, holder)

    def units(self, _unit: ReadUnit, amount: int, _currency: str) -> int:
        """The same."""
        return amount

    def held_on(self, holder: Card, asked: Asked) -> tuple[AccountKey, AccountKey]:
        """The card's account and the store's."""
        house = store_account(AccountKind.INSTRUMENTS, asked.store_id, asked.currency)
        return service.account_of(holder), house

    def alongside(
        self, _unit: ReadUnit, _holder: Card, _asked: Asked, _amount: int, /
    ) -> tuple[Transfer, ...]:
        """Nothing."""
        return ()

    def prepaid(self, _unit: ReadUnit, _holder: Card, _amount: int, /) -> TaxedBefore | None:
        """Nothing: what cards buy is taxed when it is bought."""
        return None

    def late(self, unit: UnitOfWork, holder: Card, asked: Asked, at: datetime) -> int:
        """What a card that was ever sold has in the currency."""
        if holder.instrument_id is None or holder.range.currency != asked.currency:
            return 0
        own = service.account_of(holder)
        ledger.expire_holds_on(unit, own, at, asked.business_date)
        account = ledger.find_account(unit, own)
        return 0 if account is None else account.counters.free(account.floor)

    def give_back(
        self, unit: UnitOfWork, asked: Asked, _undone: Sequence[UUID], at: datetime, /
    ) -> Answer:
        """Put value back on the card."""
        return replace(service.refund(unit, asked, at), journals=(asked.request_id,))

    def keep(
        self, unit: UnitOfWork, asked: Asked, action: CardAction, answer: Answer, at: datetime
    ) -> None:
        """Among the events of the card."""
        service.keep(unit, asked, action, answer, at)


def _digits(text: str) -> str:
    return text.replace(" ", "").replace("-", "")[:19]
