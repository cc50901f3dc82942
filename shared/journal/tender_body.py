"""Tenders in the bodies of receipts, and back.

What the centre or a card terminal said of one is frozen with it, so that every copy of the receipt says the same. It
stands there only where there is something to say: cash has the bytes it always had.
"""

from __future__ import annotations

from shared.errors import DomainError
from shared.journal.reader import BodyReader
from shared.quantity import format_quantity
from shared.tender import AUTHORISED, Tender, TenderKind, TerminalSlip, VoucherPurpose
from shared.vouchers import VoucherClass


def tender_to_body(tender: Tender) -> dict[str, object]:
    """One tender as JSON: in receipts, and for the open basket on the till."""
    return {
        "kind": str(tender.kind),
        "amount": tender.amount,
        **({"authorisation": str(tender.authorisation)} if tender.authorisation else {}),
        **({"instrument": tender.instrument} if tender.instrument else {}),
        **({"balance": tender.balance} if tender.balance is not None else {}),
        **({"slip": _slip_to_body(tender.slip)} if tender.slip is not None else {}),
        **({"purpose": _purpose_to_body(tender.purpose)} if tender.purpose is not None else {}),
    }


def tender_from_body(read: BodyReader) -> Tender:
    """The tender in an object; `DomainError('event_field_wrong')` for malformed fields."""
    kind, amount = tender_kind(read), read.integer("amount")
    # A gift card or purse was asked for before, unless money goes back to it; a card only at a terminal of the till.
    asked = "authorisation" in read.values or (kind in AUTHORISED and amount > 0)
    return Tender(
        kind=kind,
        amount=amount,
        authorisation=read.uuid("authorisation") if asked else None,
        instrument=read.text("instrument") if kind in AUTHORISED else "",
        balance=read.optional_integer("balance"),
        slip=_slip_from_body(read.object("slip")) if "slip" in read.values else None,
        purpose=_purpose_from_body(read.object("purpose")) if "purpose" in read.values else None,
    )


def _slip_to_body(slip: TerminalSlip) -> dict[str, object]:
    named = {
        "terminal_id": slip.terminal_id,
        "receipt_number": slip.receipt_number,
        "trace": slip.trace,
        "card": slip.card,
        "card_name": slip.card_name,
        "authorisation": slip.authorisation,
        "at": slip.at,
        "customer": list(slip.customer),
        "merchant": list(slip.merchant),
    }
    return {name: value for name, value in named.items() if value not in ("", None, [])}


def _slip_from_body(read: BodyReader) -> TerminalSlip:
    def rows(name: str) -> tuple[str, ...]:
        return read.texts(name) if name in read.values else ()

    return TerminalSlip(
        terminal_id=read.text("terminal_id", ""),
        receipt_number=read.optional_integer("receipt_number"),
        trace=read.optional_integer("trace"),
        card=read.text("card", ""),
        card_name=read.text("card_name", ""),
        authorisation=read.text("authorisation", ""),
        at=read.text("at", ""),
        customer=rows("customer"),
        merchant=rows("merchant"),
    )


def _purpose_to_body(purpose: VoucherPurpose) -> dict[str, object]:
    named: dict[str, object] = {"class": str(purpose.voucher_class)}
    if purpose.business_case:
        named["business_case"] = purpose.business_case
    if purpose.taxed_at_issue:
        named |= {
            "vat_category": purpose.vat_category,
            "vat_rate": format_quantity(purpose.vat_rate),
            "vat": purpose.vat,
        }
    return named


def _purpose_from_body(read: BodyReader) -> VoucherPurpose:
    found = voucher_class(read)
    if found is not VoucherClass.SINGLE:
        return VoucherPurpose(found)
    return VoucherPurpose(
        found, read.text("vat_category"), read.quantity("vat_rate"), read.integer("vat")
    )


def voucher_class(read: BodyReader) -> VoucherClass:
    """The class of a voucher in an object; `DomainError('event_field_wrong')` if there is no such."""
    try:
        return VoucherClass(read.text("class"))
    except ValueError:
        raise DomainError("event_field_wrong", {"field": f"{read.path}class"}) from None


def tender_kind(read: BodyReader) -> TenderKind:
    """The kind of a tender in an object; `DomainError('event_field_wrong')` if there is no such."""
    try:
        return TenderKind(read.text("kind"))
    except ValueError:
        raise DomainError("event_field_wrong", {"field": f"{read.path}kind"}) from None
