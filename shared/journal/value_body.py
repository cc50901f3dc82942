"""Gift cards and vouchers that a receipt sells, in the bodies of its lines, and back."""

from __future__ import annotations

from shared.basket import Line, ValueKind, ValueSold
from shared.errors import DomainError
from shared.journal.reader import BodyReader
from shared.journal.tender_body import voucher_class
from shared.tax import OUT_OF_SCOPE
from shared.vouchers import VoucherClass


def value_to_body(value: ValueSold) -> dict[str, object]:
    """What a line sells, as JSON."""
    return {
        "kind": str(value.kind),
        "number": value.number,
        "class": str(value.purpose),
        "business_case": value.business_case,
        **({"top_up": True} if value.top_up else {}),
        **({"type": value.type_code} if value.type_code else {}),
        **({"expires_on": value.expires_on.isoformat()} if value.expires_on else {}),
        **({"code": value.code} if value.code else {}),
    }


def value_from_body(read: BodyReader) -> ValueSold:
    """What an object says is sold; `DomainError('event_field_wrong')` for malformed fields and what was given away."""
    purpose = voucher_class(read)
    if purpose is VoucherClass.GIVEN:
        raise DomainError("event_field_wrong", {"field": f"{read.path}class"})
    return ValueSold(
        kind=_kind(read),
        number=read.text("number"),
        purpose=purpose,
        top_up=read.values.get("top_up") is True,
        type_code=read.text("type", ""),
        expires_on=read.day("expires_on") if "expires_on" in read.values else None,
        code=read.text("code", ""),
    )


def check_value(line: Line, path: str) -> None:
    """`DomainError('event_field_wrong')` unless the line sells one piece of value, undiscounted, and is taxed as its
    class is.
    """
    value = line.value
    if value is None:
        return
    single = value.purpose is VoucherClass.SINGLE
    outside = line.vat_category == OUT_OF_SCOPE and line.vat_rate == 0
    if abs(line.quantity) != 1 or line.discount or single == outside:
        raise DomainError("event_field_wrong", {"field": f"{path}value"})


def _kind(read: BodyReader) -> ValueKind:
    try:
        return ValueKind(read.text("kind"))
    except ValueError:
        raise DomainError("event_field_wrong", {"field": f"{read.path}kind"}) from None
