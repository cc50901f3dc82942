"""Gift cards, a voucher and a customer with a card, for the pages that show them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from central_server.features.customers import cards
from central_server.features.customers.cards import CardChange
from central_server.features.customers.finding import fill
from central_server.features.customers.service import CustomerDraft, enter_batch
from central_server.features.instruments import service, vouchers
from central_server.features.instruments.sources import Asked
from central_server.features.instruments.voucher_repository import VoucherType
from central_server.features.instruments.vouchers import Issue
from central_server.features.ledger import service as ledger
from central_server.platform.database import Database
from central_server.platform.unit_of_work import UnitOfWork, writing
from shared.ledger import AccountKey, AccountKind, Journal, OwnerType, Transfer, money_unit
from shared.vouchers import NumberRange, VoucherClass
from tests.support.head_office import Desk

CUSTOMER = "K-1001"


@dataclass(frozen=True)
class Values:
    """The numbers of what was made."""

    sold: str
    printed: str
    voucher: str
    card: str


def stock_values(database: Database, sign: Callable[[bytes], bytes], at: datetime) -> Values:
    """A card sold with 50.00 EUR, a printed one, a voucher of 20.00 EUR, and a customer with a card."""
    drawn = itertools.count(123_456, 7)
    with writing(database) as unit:
        service.add_range(unit, NumberRange("2950", 8, 6), "EUR", 500, 50_000, at)
        sold, printed = service.print_cards(unit, "2950", 2, lambda: next(drawn), at)
        asked = Asked(UUID(int=1), sold, "DE01", at.date(), "101", 5000, "EUR")
        answer = service.sell(unit, asked, at)
        assert answer.approved, answer.code
        made = _voucher(unit, sign, at)
        person = {"name": "Erika Beispiel", "phone": "+49 40 5550100", "email": "erika@example.org"}
        enter_batch(unit, [CustomerDraft(CUSTOMER, person)], at)
        card = "C2900000017"
        cards.issue(unit, CUSTOMER, card, CardChange("1", at))
        fill(unit)
    return Values(sold, printed, made, card)


def owe(database: Database, amount: int, at: datetime) -> None:
    """Let `CUSTOMER` owe an amount in EUR for what was sold on invoice."""
    owed = AccountKey(AccountKind.RECEIVABLE, money_unit("EUR"), OwnerType.CUSTOMER, CUSTOMER)
    bank = AccountKey(AccountKind.BANK, money_unit("EUR"), store_id="DE01")
    journal = Journal(UUID(int=3), "test", at.date(), (Transfer(owed, bank, amount, "sold"),))
    with writing(database) as unit:
        ledger.require_posted([ledger.post(unit, journal, at)])


def write_something_off(desk: Desk) -> None:
    """Let somebody write off a small debt, and ask for one above the limit, which waits for a second person."""
    fields = {"customer": CUSTOMER, "kind": AccountKind.RECEIVABLE.value, "unit_code": "EUR"}
    for number, amount in ((71, "12,50"), (72, "60,00")):
        asked = {**fields, "request_id": str(UUID(int=number)), "amount": amount}
        desk.send("/values/write-offs", reason="Firma erloschen, nichts zu holen", **asked)


def _voucher(unit: UnitOfWork, sign: Callable[[bytes], bytes], at: datetime) -> str:
    kind = VoucherType(
        "DANKE", "Dankeschön", "EUR", VoucherClass.MULTI, in_parts=True, vat_category=None,
        country=None, valid_days=365,
    )  # fmt: skip
    vouchers.add_type(unit, kind, at)
    asked = Issue(UUID(int=2), "DANKE", "DE01", 2000, at.date(), "", "")
    return vouchers.issue(unit, asked, sign, at).number
