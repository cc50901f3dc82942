"""Posting rules for receipts: what a finished receipt books. Pure, so that a till can predict what the centre books.

Goods and tenders meet on the store's clearing account: a receipt leaves nothing on it. Per VAT rate the goods are
credited at what they cost before discounts, net to sales and the tax to tax; discounts are taken off again with the
tax that is in them. So tax is what the receipt's VAT table says, and net sales are sales less discounts, to the cent.
A receipt that brings goods back books the same the other way round.

What is paid for a gift card or voucher is no revenue: it stands on the store's account for instruments, from which
what issues it credits the instrument. Of a single-purpose one what it sells and the tax are due at once: both stand on
accounts for vouchers until its goods are sold, with what was prepaid on the other side.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from shared.identity import derived_id
from shared.ledger.accounts import AccountKey, AccountKind, OwnerType
from shared.ledger.transfers import Journal, Transfer, moved
from shared.ledger.units import money_unit
from shared.quantity import format_quantity
from shared.receipt import Receipt
from shared.tax import OUT_OF_SCOPE, VatAmount, vat_included
from shared.tender import AUTHORISED, TenderKind

RECEIPT_RULE = "receipt"
SALE = "sale"
VAT = "vat"
DISCOUNT = "discount"
DISCOUNT_VAT = "discount_vat"
TENDER = "tender"
CHANGE = "change"
ROUNDING = "rounding"
# What is paid for multi-purpose and single-purpose instruments; what the latter sell, and the tax on it, at issue.
VALUE = "value"
VALUE_TAXED = "value_taxed"
ISSUED_NET = "issued_net"
ISSUED_VAT = "issued_vat"

# The account of each kind of tender and the word for it. Cash goes into the till's own drawer, and change comes out of
# it; what was paid by card is owed by those who run the till's terminal. What a gift card or a customer's purse
# gives stands on the store's account for instruments until it is taken from the account of its own.
TENDERS = {
    TenderKind.CASH: (AccountKind.CASH, TENDER),
    TenderKind.CARD: (AccountKind.CARD, TENDER),
    **dict.fromkeys(AUTHORISED, (AccountKind.INSTRUMENTS, TENDER)),
    TenderKind.CHANGE: (AccountKind.CASH, CHANGE),
}


@lru_cache(maxsize=10_000)
def store_account(kind: AccountKind, store_id: str, currency: str) -> AccountKey:
    """An account of a store as a whole."""
    return AccountKey(kind, money_unit(currency), store_id=store_id)


@lru_cache(maxsize=10_000)
def till_account(kind: AccountKind, store_id: str, till_id: str, currency: str) -> AccountKey:
    """An account of a till: what lies in its drawer, what was paid by card at it."""
    return AccountKey(kind, money_unit(currency), OwnerType.TILL, till_id, store_id)


@lru_cache(maxsize=10_000)
def rate_account(
    kind: AccountKind, store_id: str, currency: str, category: str, rate: Decimal
) -> AccountKey:
    """An account of a store for one VAT category and rate (percent)."""
    unit = money_unit(currency)
    return AccountKey(kind, unit, OwnerType.VAT, rate_name(category, rate), store_id)


def rate_name(category: str, rate: Decimal) -> str:
    """How accounts name a VAT category and rate: `standard@19`."""
    return f"{category}@{format_quantity(rate)}"


def journal_id_of(event_id: UUID, rule: str) -> UUID:
    """The id of the journal that a rule books for an event of a till: the same at each repetition."""
    return derived_id(event_id, f"ledger:{rule}")


def receipt_journal(receipt: Receipt) -> Journal | None:
    """What a finished receipt books; None for one that moves nothing."""
    transfers = (*_goods(receipt), *_payment(receipt))
    if not transfers:
        return None
    return Journal(
        journal_id=journal_id_of(receipt.event_id, RECEIPT_RULE),
        rule=RECEIPT_RULE,
        business_date=receipt.business_date,
        transfers=transfers,
        source_event_id=receipt.event_id,
    )


def _goods(receipt: Receipt) -> Iterator[Transfer]:
    off: dict[tuple[str, Decimal], int] = {}
    for line in receipt.lines:
        if line.discount:
            key = line.vat_category, line.vat_rate
            off[key] = off.get(key, 0) + line.discount
    value = issued_by_rate(receipt)
    for row in receipt.vat:
        key = row.category, row.rate
        goods = row
        if (issued := value.get(key)) is not None:
            yield from _issued(receipt, issued)
            goods = VatAmount(
                *key, row.gross - issued.gross, row.net - issued.net, row.vat - issued.vat
            )
        yield from _rate(receipt, goods, off.get(key, 0))


def issued_by_rate(receipt: Receipt) -> dict[tuple[str, Decimal], VatAmount]:
    """What of a receipt's VAT table is gift cards and vouchers, by category and rate.

    Each of them is taxed by itself, as it is redeemed by itself: what is due of vouchers ends at nothing. The cent that
    this may differ from the VAT of all of them together stays with the goods of the receipt.
    """
    found: dict[tuple[str, Decimal], VatAmount] = {}
    for line in receipt.lines:
        if not line.is_goods:
            key = line.vat_category, line.vat_rate
            vat = vat_included(line.gross, line.vat_rate)
            row = found.get(key, VatAmount(*key, 0, 0, 0))
            net = row.net + line.gross - vat
            found[key] = VatAmount(*key, row.gross + line.gross, net, row.vat + vat)
    return found


def _issued(receipt: Receipt, row: VatAmount) -> Iterator[Transfer]:
    """What gift cards and vouchers of one row of the VAT table book."""
    store, code = receipt.store_id, receipt.currency
    clearing = store_account(AccountKind.CLEARING, store, code)
    house = store_account(AccountKind.INSTRUMENTS, store, code)
    taxed = row.category != OUT_OF_SCOPE
    yield from moved(clearing, house, row.gross, VALUE_TAXED if taxed else VALUE)
    if taxed:
        yield from taxed_at_issue(
            row.gross - row.vat, row.vat, store, code, (row.category, row.rate)
        )


def taxed_at_issue(
    net: int,
    vat: int,
    store_id: str,
    currency: str,
    rate: tuple[str, Decimal],
    words: tuple[str, str] = (ISSUED_NET, ISSUED_VAT),
) -> Iterator[Transfer]:
    """What becomes due of a single-purpose instrument when it is issued; below zero what comes back, as its goods are
    sold and taxed, or as it is taken back. `words` are those for net and VAT.
    """
    sales, due, prepaid = (
        rate_account(kind, store_id, currency, *rate)
        for kind in (
            AccountKind.VOUCHER_SALES,
            AccountKind.VOUCHER_TAX,
            AccountKind.VOUCHER_TAX_PREPAID,
        )
    )
    yield from moved(prepaid, sales, net, words[0])
    yield from moved(prepaid, due, vat, words[1])


def _rate(receipt: Receipt, row: VatAmount, off: int) -> Iterator[Transfer]:
    """One row of the VAT table, with the discounts `off` (gross) that are in it."""
    store, code = receipt.store_id, receipt.currency
    clearing = store_account(AccountKind.CLEARING, store, code)
    sales, tax, discounts = (
        rate_account(kind, store, code, row.category, row.rate)
        for kind in (AccountKind.SALES, AccountKind.TAX, AccountKind.DISCOUNTS)
    )
    listed = row.gross + off
    listed_vat = vat_included(listed, row.rate) if off else row.vat
    vat_off = listed_vat - row.vat
    yield from moved(clearing, sales, listed - listed_vat, SALE)
    yield from moved(clearing, tax, listed_vat, VAT)
    yield from moved(discounts, clearing, off - vat_off, DISCOUNT)
    yield from moved(tax, clearing, vat_off, DISCOUNT_VAT)


def _payment(receipt: Receipt) -> Iterator[Transfer]:
    store, code = receipt.store_id, receipt.currency
    clearing = store_account(AccountKind.CLEARING, store, code)
    left = receipt.total
    for tender in receipt.tenders:
        kind, word = TENDERS[tender.kind]
        if kind is AccountKind.INSTRUMENTS:
            account = store_account(kind, store, code)
        else:
            account = till_account(kind, store, receipt.receipt_id.till_id, code)
        yield from moved(account, clearing, tender.amount, word)
        left -= tender.amount
    # What cash cannot pay because no coin is that small.
    rounding = store_account(AccountKind.ROUNDING, store, code)
    yield from moved(rounding, clearing, left, ROUNDING)
