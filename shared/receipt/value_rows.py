"""What receipts say of gift cards and vouchers: those that are sold, and the VAT of those that pay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Protocol

from shared.basket import Line, ValueSold
from shared.receipt.document import Receipt
from shared.receipt.paper import Row
from shared.receipt.rows import pair, wrapped
from shared.tender import TenderKind, VoucherPurpose, masked_on_paper
from shared.vouchers import VoucherClass

_INDENT = "  "


class ValueTexts(Protocol):
    """Sentences, amounts and days in the language of the receipt."""

    def text(self, key: str, **values: str | int) -> str:
        """The sentence of a key with its values."""

    def amount(self, minor: int, currency: str) -> str:
        """An amount without sign of the currency."""

    def quantity(self, value: Decimal) -> str:
        """A quantity or a rate."""

    def date(self, day: date) -> str:
        """A day."""


def value_facts(line: Line, value: ValueSold, texts: ValueTexts) -> Iterator[str]:
    """What stands under a line that sells a gift card or voucher: which, what it is to the tax office, until when."""
    yield texts.text(f"receipt.{value.kind}_number", number=masked_on_paper(value.number))
    rate = texts.quantity(line.vat_rate)
    yield texts.text(f"receipt.value_{value.purpose}", rate=rate)
    if value.expires_on is not None:
        yield texts.text("receipt.value_until", day=texts.date(value.expires_on))


def purpose_fact(purpose: VoucherPurpose, currency: str, texts: ValueTexts) -> str:
    """What a voucher that pays is to the tax office."""
    return texts.text(
        f"receipt.purpose_{purpose.voucher_class}",
        rate=texts.quantity(purpose.vat_rate),
        vat=texts.amount(purpose.vat, currency),
    )


def owed_rows(receipt: Receipt, texts: ValueTexts, width: int) -> Iterator[Row]:
    """What goods that came back took with them, was spent already, and is owed from now on."""
    if not receipt.owed:
        return
    yield from wrapped(texts.text("receipt.owed"), width)
    for each in receipt.owed:
        if each.kind is TenderKind.POINTS:
            shown = texts.quantity(Decimal(each.amount))
        else:
            shown = texts.amount(each.amount, receipt.currency)
        yield from pair(f"{_INDENT}{texts.text(f'tender.{each.kind}')}", shown, width)


def taxed_before(receipt: Receipt, texts: ValueTexts, width: int) -> Iterator[Row]:
    """Under the VAT table: what of it single-purpose vouchers had taxed when they were issued, and is not due again."""
    for tender in receipt.tenders:
        purpose = tender.purpose
        if purpose is None or purpose.voucher_class is not VoucherClass.SINGLE:
            continue
        rate = texts.quantity(purpose.vat_rate)
        yield from wrapped(texts.text("receipt.taxed_before", rate=rate), width)
        for key, amount in (("net", tender.amount - purpose.vat), ("tax", purpose.vat)):
            shown = texts.amount(-amount, receipt.currency)
            yield from pair(f"{_INDENT}{texts.text(f'receipt.{key}')}", shown, width)
