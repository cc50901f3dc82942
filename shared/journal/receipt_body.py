"""Receipts as event bodies, version 1, and back. What is read back is checked: sums must agree to the cent.

Customer, promotions, their pricing, the discounts of a line, where it was bought, the gift card or voucher that it
sells, what is known of a card, codes of batches and what is owed came after the first release: they stand in a body
only where there are any, so that a receipt without them has the bytes it always had. The pricing is taken over as it
stands: who prices again reads it, and no sale waits because nobody can.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from shared.basket import Line, LineDiscount, Origin, PriceSource, StockArea
from shared.errors import DomainError
from shared.fiscal import FiscalResult
from shared.journal.code_body import uses_from_body, uses_to_body
from shared.journal.reader import BodyReader
from shared.journal.tender_body import tender_from_body, tender_kind, tender_to_body
from shared.journal.value_body import check_value, value_from_body, value_to_body
from shared.quantity import format_quantity
from shared.receipt import Owed, PromotionUse, Receipt, ReceiptId, RecordedMode, VoucherGiven
from shared.tax import VatAmount, split_gross

RECEIPT_VERSION = 1


def receipt_to_body(receipt: Receipt) -> dict[str, object]:
    """The body of `sale.completed`, `return.completed` and `training.completed`."""
    return {
        "basket_id": str(receipt.basket_id),
        "receipt": {
            "incarnation": receipt.receipt_id.incarnation,
            "number": receipt.receipt_id.number,
            "till_id": receipt.receipt_id.till_id,
        },
        "store_id": receipt.store_id,
        "market": receipt.market,
        "currency": receipt.currency,
        "mode": str(receipt.mode),
        "operator_id": receipt.operator_id,
        "business_date": receipt.business_date.isoformat(),
        "started_at": receipt.started_at.isoformat(),
        "occurred_at": receipt.finished_at.isoformat(),
        "reference_version": receipt.reference_version,
        "lines": [line_to_body(line) for line in receipt.lines],
        "vat": [
            {
                "category": v.category,
                "rate": format_quantity(v.rate),
                "gross": v.gross,
                "net": v.net,
                "vat": v.vat,
            }
            for v in receipt.vat
        ],
        "tenders": [tender_to_body(tender) for tender in receipt.tenders],
        "total": receipt.total,
        "fiscal": {
            "device": receipt.fiscal.device,
            "print": list(receipt.fiscal.print_lines),
            "fields": dict(receipt.fiscal.fields),
        },
        "voided_lines": receipt.voided_lines,
        "external_ref": receipt.external_ref,
        "note": receipt.note,
        **({"customer": receipt.customer} if receipt.customer else {}),
        **({"promotions": _uses_to_body(receipt)} if receipt.promotions else {}),
        **({"pricing": dict(receipt.pricing)} if receipt.pricing else {}),
        **({"vouchers": _vouchers_to_body(receipt)} if receipt.vouchers else {}),
        **({"codes": uses_to_body(receipt.codes)} if receipt.codes else {}),
        **({"owed": [_owed_to_body(each) for each in receipt.owed]} if receipt.owed else {}),
    }


def _uses_to_body(receipt: Receipt) -> list[dict[str, object]]:
    return [
        {
            "id": use.promotion,
            "version": use.version,
            "applications": use.applications,
            "amount": use.amount,
            **({"customer": use.customer} if use.customer else {}),
        }
        for use in receipt.promotions
    ]


def receipt_from_body(event_id: UUID, body: Mapping[str, object]) -> Receipt:
    """The receipt in a body; `DomainError('event_field_wrong')` for malformed fields, `('receipt_sums_differ')`
    if lines, VAT, tenders and total do not agree.
    """
    read = BodyReader(body)
    number = read.object("receipt")
    fiscal = read.object("fiscal")
    receipt = Receipt(
        event_id=event_id,
        basket_id=read.uuid("basket_id"),
        receipt_id=ReceiptId(
            number.text("till_id"), number.integer("incarnation"), number.integer("number")
        ),
        store_id=read.text("store_id"),
        market=read.text("market"),
        currency=read.text("currency"),
        mode=_mode(read),
        operator_id=read.text("operator_id"),
        business_date=read.day("business_date"),
        started_at=read.time("started_at"),
        finished_at=read.time("occurred_at"),
        reference_version=read.text("reference_version", ""),
        lines=tuple(line_from_body(line) for line in read.objects("lines")),
        vat=tuple(
            VatAmount(
                v.text("category"),
                v.quantity("rate"),
                v.integer("gross"),
                v.integer("net"),
                v.integer("vat"),
            )
            for v in read.objects("vat")
        ),
        tenders=tuple(tender_from_body(tender) for tender in read.objects("tenders")),
        total=read.integer("total"),
        fiscal=FiscalResult(
            fiscal.text("device"), fiscal.texts("print"), _text_map(fiscal.object("fields"))
        ),
        voided_lines=read.integer("voided_lines", 0),
        external_ref=read.text("external_ref", ""),
        note=read.text("note", ""),
        customer=read.text("customer", ""),
        promotions=_uses_from_body(read),
        pricing=read.object("pricing").values if "pricing" in body else {},
        vouchers=_vouchers_from_body(read),
        codes=uses_from_body(read),
        owed=_owed_from_body(read),
    )
    check_receipt(receipt)
    return receipt


def _owed_to_body(owed: Owed) -> dict[str, object]:
    return {"kind": str(owed.kind), "amount": owed.amount}


def _owed_from_body(read: BodyReader) -> tuple[Owed, ...]:
    rows = read.objects("owed") if "owed" in read.values else ()
    return tuple(Owed(tender_kind(row), row.integer("amount")) for row in rows)


def _vouchers_to_body(receipt: Receipt) -> list[dict[str, object]]:
    return [
        {
            "promotion": given.promotion,
            "amount": given.amount,
            "valid_days": given.valid_days,
            **({"next_percent": given.next_percent} if given.next_percent else {}),
            **({"code": given.code} if given.code else {}),
        }
        for given in receipt.vouchers
    ]


def _vouchers_from_body(read: BodyReader) -> tuple[VoucherGiven, ...]:
    if "vouchers" not in read.values:
        return ()
    return tuple(
        VoucherGiven(
            each.text("promotion"),
            each.integer("amount"),
            each.integer("valid_days"),
            each.text("next_percent", ""),
            each.text("code", ""),
        )
        for each in read.objects("vouchers")
    )


def _uses_from_body(read: BodyReader) -> tuple[PromotionUse, ...]:
    if "promotions" not in read.values:
        return ()
    customer = read.text("customer", "")
    return tuple(
        PromotionUse(
            promotion=use.text("id"),
            version=use.integer("version"),
            applications=use.integer("applications"),
            amount=use.integer("amount"),
            customer=use.text("customer", customer),
        )
        for use in read.objects("promotions")
    )


def check_receipt(receipt: Receipt) -> None:
    """`DomainError('receipt_sums_differ')` unless lines, VAT rows and tenders each add up to the total."""
    if sum(line.gross for line in receipt.lines) != receipt.total:
        raise DomainError("receipt_sums_differ", {"part": "lines"})
    if receipt.vat != split_gross(
        (line.vat_category, line.vat_rate, line.gross) for line in receipt.lines
    ):
        raise DomainError("receipt_sums_differ", {"part": "vat"})
    if sum(tender.amount for tender in receipt.tenders) != receipt.total:
        raise DomainError("receipt_sums_differ", {"part": "tenders"})


def line_to_body(line: Line) -> dict[str, object]:
    """One line as JSON: in receipts, and for the open basket on the till."""
    return {
        "number": line.number,
        "sku": line.sku,
        "article_no": line.article_no,
        "name": line.name,
        "size": line.size,
        "colour": line.colour,
        "uom": line.uom,
        "scanned": line.scanned,
        "quantity": format_quantity(line.quantity),
        "unit_price": line.unit_price,
        "list_price": line.list_price,
        "price_source": str(line.price_source),
        "discount": line.discount,
        "vat_category": line.vat_category,
        "vat_rate": format_quantity(line.vat_rate),
        "gross": line.gross,
        "note": line.note,
        "reason": line.reason,
        **({"discounts": _discounts_to_body(line)} if line.discounts else {}),
        **({"origin": _origin_to_body(line.origin)} if line.origin else {}),
        **({"value": value_to_body(line.value)} if line.value else {}),
        **({"area": str(line.area)} if line.area is not StockArea.SALE else {}),
    }


def _origin_to_body(origin: Origin) -> dict[str, object]:
    return {"receipt": origin.receipt, "line": origin.line, "paid": origin.paid}


def _discounts_to_body(line: Line) -> list[dict[str, object]]:
    return [
        {
            "promotion": given.promotion,
            "version": given.version,
            "amount": given.amount,
            **({"name": given.name} if given.name else {}),
        }
        for given in line.discounts
    ]


_SOURCES = {str(source): source for source in PriceSource}


def line_from_body(read: BodyReader) -> Line:
    """The line in its JSON form; its `gross` must be what quantity, price and discount give, and promotions can have
    given no more than the whole discount.
    """
    line = Line(
        number=read.integer("number"),
        sku=read.text("sku"),
        article_no=read.text("article_no"),
        name=read.text("name"),
        size=read.text("size", ""),
        colour=read.text("colour", ""),
        uom=read.text("uom", "H87"),
        scanned=read.text("scanned", ""),
        quantity=read.quantity("quantity"),
        unit_price=read.integer("unit_price"),
        list_price=read.optional_integer("list_price"),
        price_source=_SOURCES.get(read.text("price_source", "list"), PriceSource.LIST),
        discount=read.integer("discount", 0),
        vat_category=read.text("vat_category"),
        vat_rate=read.quantity("vat_rate"),
        note=read.text("note", ""),
        reason=read.text("reason", ""),
        discounts=_discounts_from_body(read),
        origin=_origin_from_body(read),
        value=value_from_body(read.object("value")) if "value" in read.values else None,
        area=_area_from_body(read),
    )
    if line.gross != read.integer("gross"):
        raise DomainError("receipt_sums_differ", {"part": f"{read.path}gross"})
    check_value(line, read.path)
    if abs(sum(given.amount for given in line.discounts)) > abs(line.discount):
        raise DomainError("receipt_sums_differ", {"part": f"{read.path}discounts"})
    return line


def _origin_from_body(read: BodyReader) -> Origin | None:
    if "origin" not in read.values:
        return None
    origin = read.object("origin")
    return Origin(origin.text("receipt"), origin.integer("line"), origin.integer("paid", 0))


def _area_from_body(read: BodyReader) -> StockArea:
    try:
        return StockArea(read.text("area", StockArea.SALE))
    except ValueError:
        raise DomainError("event_field_wrong", {"field": f"{read.path}area"}) from None


def _discounts_from_body(read: BodyReader) -> tuple[LineDiscount, ...]:
    if "discounts" not in read.values:
        return ()
    return tuple(
        LineDiscount(
            given.text("promotion"),
            given.integer("version"),
            given.integer("amount"),
            given.text("name", ""),
        )
        for given in read.objects("discounts")
    )


def _mode(read: BodyReader) -> RecordedMode:
    try:
        return RecordedMode(read.text("mode"))
    except ValueError:
        raise DomainError("event_field_wrong", {"field": "mode"}) from None


def _text_map(read: BodyReader) -> dict[str, str]:
    return {name: read.text(name) for name in read.values}
