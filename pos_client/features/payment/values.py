"""What a customer may pay with besides money: the card, voucher or purse that was named, and what there is on it."""

from __future__ import annotations

from dataclasses import dataclass

from shared.tender import PURSES, Tender, TenderKind
from shared.vouchers import is_token, read_token

ACCOUNT = "account"
"""The row by which a customer's purses are asked for; once they are known, each has a row of its own."""
SHORT = {
    "giftcard_short": "gift_short",
    "purse_short": "value_short",
    "tender_value_for_value": "value_for_value",
}
"""What the page says instead of taking an amount, by why it is refused."""


@dataclass(frozen=True, slots=True)
class Named:
    """What is to pay next, or gets money back: `code` as it was scanned or typed. `balance` in minor units is what it
    has, None if that is not known; `owner` whose purse it is.
    """

    code: str = ""
    balance: int | None = None
    owner: str = ""

    @property
    def number(self) -> str:
        """The number alone, also of a voucher's printed code."""
        return read_token(self.code)[0].number if is_token(self.code) else self.code


NOTHING = Named()


@dataclass(frozen=True, slots=True)
class PurseSum:
    """What can be spent of a purse, in minor units, None if that is not known; of points also how many they are."""

    kind: TenderKind
    balance: int | None
    points: int | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """What stands behind a card or a customer's number; `name` is empty for a gift card that is nobody's."""

    number: str
    name: str = ""
    purses: tuple[PurseSum, ...] = ()

    def left(self, purse: PurseSum, tenders: tuple[Tender, ...]) -> int | None:
        """What can still be spent of a purse besides what these take; None if that is not known."""
        if purse.balance is None:
            return None
        taken = (t for t in tenders if t.kind is purse.kind and t.instrument == self.number)
        return purse.balance - sum(tender.amount for tender in taken)

    def usable(self, tenders: tuple[Tender, ...]) -> tuple[TenderKind, ...]:
        """The kinds of which something can be spent besides what these take, or may be."""
        return tuple(each.kind for each in self.purses if self.left(each, tenders) != 0)

    def named(self, kind: TenderKind, tenders: tuple[Tender, ...]) -> Named | None:
        """The purse of a kind as what is to pay next; None if there is none."""
        purse = next((each for each in self.purses if each.kind is kind), None)
        if purse is None:
            return None
        return Named(self.number, self.left(purse, tenders), self.name)


def unknown_account(number: str) -> Account:
    """An account of which the centre could not be asked: it may have everything."""
    return Account(number, purses=tuple(PurseSum(kind, None) for kind in PURSES))
