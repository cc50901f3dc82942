"""Receipts on which gift cards and vouchers are sold, pay, and come back, for tests of paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from shared.basket import Line, ValueKind, ValueSold
from shared.receipt import Receipt, VoucherGiven
from shared.receipt.voucher_paper import facts_of
from shared.tax import OUT_OF_SCOPE
from shared.tender import Tender, TenderKind, VoucherPurpose
from shared.vouchers import SignedFacts, Signer, VoucherClass, voucher_number
from tests.support.receipts import line, receipt

CARD = "2950000000123456781"
NUMBER, OTHER = voucher_number(UUID(int=4)), voucher_number(UUID(int=5))
LAST = date(2029, 12, 31)
_SIGNER = Signer(bytes(range(32)), bytes(range(64)))


def value_line(
    value: ValueSold, name: str, amount: int, rate: tuple[str, Decimal] = (OUT_OF_SCOPE, Decimal(0))
) -> Line:
    """A line that sells a gift card or voucher."""
    return Line(0, "", "", name, Decimal(1), amount, *rate, value=value)


def _code(number: str, purpose: VoucherClass, amount: int) -> str:
    facts = SignedFacts(number, purpose, "EUR", amount, LAST)
    return facts.token(bytes(64), _SIGNER)


def value_sale() -> Receipt:
    """A scarf, a gift card that is topped up, and a voucher of each class."""
    multi = ValueSold(
        ValueKind.VOUCHER,
        NUMBER,
        type_code="SHOP",
        expires_on=LAST,
        code=_code(NUMBER, VoucherClass.MULTI, 2_500),
    )
    single = replace(
        multi,
        number=OTHER,
        purpose=VoucherClass.SINGLE,
        type_code="ONE",
        code=_code(OTHER, VoucherClass.SINGLE, 11_900),
    )
    card = ValueSold(ValueKind.GIFT_CARD, CARD, top_up=True)
    standard = ("standard", Decimal(19))
    lines = (
        line("DE", "Schal Kattegat", 3_990),
        value_line(card, "Geschenkkarte aufladen", 5_000),
        value_line(multi, "Gutschein", 2_500),
        value_line(single, "Hemden-Gutschein", 11_900, standard),
    )
    return receipt("DE", lines)


def with_voucher_given() -> Receipt:
    """A promotion gives ten euros for the next visit."""
    made = receipt("DE", [line("DE", "Leinenhemd Ahoi", 5_990)])
    given = VoucherGiven("V10", 1_000, 30)
    code = facts_of(made, given).token(bytes(range(64)), _SIGNER)
    return replace(made, vouchers=(replace(given, code=code),))


def paid_by_vouchers() -> Receipt:
    """Paid by a single-purpose voucher, a multi-purpose one, and the rest in cash."""
    made = receipt(
        "DE", [line("DE", "Leinenhemd Ahoi", 5_990), line("DE", "Schal Kattegat", 3_990)]
    )
    single = VoucherPurpose(VoucherClass.SINGLE, "standard", Decimal(19), 800)
    multi = VoucherPurpose(VoucherClass.MULTI)
    tenders = (
        Tender(TenderKind.VOUCHER, 5_010, UUID(int=1), OTHER, 6_890, purpose=single),
        Tender(TenderKind.VOUCHER, 2_500, UUID(int=2), NUMBER, 0, purpose=multi),
        Tender(TenderKind.CASH, 2_470),
    )
    return replace(made, tenders=tenders)


def put_on_account() -> Receipt:
    """Goods came back for store credit."""
    made = receipt("DE", [line("DE", "Schal Kattegat", 3_990, "-1", reason="Gefällt nicht")])
    credit = Tender(TenderKind.STORE_CREDIT, -3_990, None, "KD-1000", 5_990)
    return replace(made, tenders=(credit,))
