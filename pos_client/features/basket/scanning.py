"""What a scan does to a receipt: an article with what its label says, a customer, a promotion code.

What a code cannot be here is refused with a sentence of its own; a bank's card without a word about its number.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pos_client.features.basket.ports import Offers, PriceBook
from shared.basket import PriceSource
from shared.catalogue import Item
from shared.catalogue.scan import Scan
from shared.catalogue.scan_rules import ScanKind
from shared.errors import DomainError
from shared.quantity import read_scan

# Sold by weight (UN/ECE Recommendation 20).
KILOGRAM = "KGM"


@dataclass(frozen=True, slots=True)
class Goods:
    """An article that was scanned, how much of it, and the price in minor units that its label carries."""

    item: Item
    quantity: Decimal
    price: int | None = None


def goods_of(scan: Scan, prices: PriceBook) -> Goods:
    """The article behind a scan. A code that is a barcode of its own is that article, whatever a label could be read
    into it. `DomainError` as `PriceBook.find`, the scan's problem, or `weight_needed`.
    """
    carries = scan.quantity is not None or scan.price is not None
    if carries and scan.code != scan.key:
        try:
            item = prices.find(scan.code)
        except DomainError:
            return Goods(prices.find(scan.key), scan.quantity or Decimal(1), scan.price)
        return Goods(*_plain(item))
    if scan.problem:
        # What is wrong with the text itself is said by whoever reads it; else its check digit is.
        read_scan(scan.code)
        raise DomainError("barcode_damaged", {"value": scan.code[:40]}, http_status=400)
    # Behind its prefix a customer's number could be an article's: as goods only the whole code counts.
    goods = scan.kind in {ScanKind.ARTICLE, ScanKind.UNKNOWN}
    return Goods(*_plain(prices.find(scan.key if goods else scan.code)))


def one_piece(item: Item) -> Decimal:
    """One; `DomainError('weight_needed')` for what is sold by weight."""
    if item.uom == KILOGRAM:
        raise DomainError("weight_needed", {"sku": item.sku})
    return Decimal(1)


def _plain(item: Item) -> tuple[Item, Decimal]:
    return item, one_piece(item)


def customer_number(scan: Scan, offers: Offers) -> str:
    """The number of the customer that a scan stands for, empty for none: by what is behind the prefix, or all of it."""
    for number in dict.fromkeys((scan.key, scan.code)):
        if number and (guest := offers.customer(number)) is not None:
            return guest.number
    return ""


def promotion_code(scan: Scan, offers: Offers) -> str:
    """The promotion code that a scan stands for, empty for none."""
    found = (offers.code(text) for text in dict.fromkeys((scan.key, scan.code)) if text)
    return next(filter(None, found), "")


def refusal(scan: Scan, unknown: DomainError) -> DomainError:
    """Why a scan does nothing here; `unknown` is why no article has its code."""
    match scan.kind:
        case ScanKind.CUSTOMER:
            return DomainError("customer_unknown", {"number": scan.key[:40]})
        case ScanKind.VOUCHER:
            return DomainError("promotion_code_unknown", {"code": scan.key[:40]})
        case ScanKind.STAFF:
            return DomainError("scan_staff")
        case ScanKind.GIFT_CARD:
            return DomainError("scan_gift_card")
        case ScanKind.APPROVAL:
            return DomainError("scan_approval")
        case ScanKind.RECEIPT:
            return DomainError("scan_receipt")
        case _:
            return unknown


def price_source(labelled: int | None, by_hand: int | None, listed: int | None) -> PriceSource:
    """Where a unit price comes from; one by hand that is the list's own is no price by hand."""
    if labelled is not None:
        return PriceSource.LABEL
    return PriceSource.MANUAL if by_hand is not None and by_hand != listed else PriceSource.LIST
