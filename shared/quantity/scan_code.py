"""What a scanned text says: a plain article code, or GS1 elements with weight, price or batch.

Reads the text only; whether an article exists under the code is asked elsewhere. GS1 element strings are parsed
by `biip`, which keeps the tables of application identifiers up to date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from biip import ParseError
from biip.gs1_messages import GS1Message

from shared.errors import DomainError
from shared.quantity.gtin import is_gtin, looks_like_gtin, normal_gtin

MAX_CODE_LENGTH = (
    90  # GS1 General Specifications: a GS1-128 or Data Matrix element string of 48 to 90 characters
)
_GROUP_SEPARATOR = "\x1d"
_AIM = re.compile(r"\][A-Za-z][0-9]")
_AIM_GS1 = frozenset(("]C1", "]e0", "]d2", "]Q3", "]J1"))
_PRICE = re.compile(r"392[0-9]")
_EXPIRY = ("17", "15")
_WEIGHT_KG = re.compile(r"310[0-5]")


@dataclass(frozen=True, slots=True)
class ScanCode:
    """`key` is what to look up (a normal GTIN or the code as it stands); the rest only if the code carries it.

    `quantity` is the net weight in kilograms (AI 310n), `price` hundredths of the shop's currency (AI 392n), `expires`
    the last day of use (AI 17, else 15).
    """

    key: str
    quantity: Decimal | None = None
    batch: str | None = None
    price: int | None = None
    expires: date | None = None


def read_scan(raw: str) -> ScanCode:
    """The meaning of a scanned text.

    `DomainError('barcode_empty')`, `('barcode_too_long')`, `('barcode_damaged')` for a wrong check digit on
    GTIN-13 and GTIN-14 (shorter codes may be house numbers and are left to the look-up) or for characters that
    no scanner sends.
    """
    text, aim = _split(raw)
    body = text[len(aim) :]
    if aim in _AIM_GS1 or _GROUP_SEPARATOR in body:
        return _read_gs1(body.lstrip(_GROUP_SEPARATOR))
    if not body or not body.isprintable():
        raise DomainError("barcode_damaged", {"value": _shown(text)}, http_status=400)
    if looks_like_gtin(body) and len(body) >= 13 and not is_gtin(body):
        raise DomainError("barcode_damaged", {"value": body}, http_status=400)
    return ScanCode(normal_gtin(body))


def without_symbology(raw: str) -> str:
    """A scanned text without blanks and without what a scanner says about the kind of its bars (`]E0`).

    `DomainError('barcode_empty')`, `('barcode_too_long')`.
    """
    text, aim = _split(raw)
    return text[len(aim) :]


def _split(raw: str) -> tuple[str, str]:
    """The text, and the symbology identifier (ISO/IEC 15424) that it begins with."""
    text = raw.strip(" \t\r\n")
    if not text:
        raise DomainError("barcode_empty", http_status=400)
    if len(text) > MAX_CODE_LENGTH:
        raise DomainError("barcode_too_long", {"length": len(text)}, http_status=400)
    return text, text[:3] if _AIM.match(text) else ""


def _read_gs1(body: str) -> ScanCode:
    try:
        message = GS1Message.parse(body)
    except (ParseError, ValueError):
        raise DomainError("barcode_damaged", {"value": _shown(body)}, http_status=400) from None
    gtin = message.element_strings.get(ai="01") or message.element_strings.get(ai="02")
    if gtin is None or not is_gtin(gtin.value):
        raise DomainError("barcode_damaged", {"value": _shown(body)}, http_status=400)
    weight = next((e for e in message.element_strings if _WEIGHT_KG.fullmatch(e.ai.ai)), None)
    batch = message.element_strings.get(ai="10")
    return ScanCode(
        key=normal_gtin(gtin.value),
        quantity=_weight(weight.ai.ai, weight.value) if weight else None,
        batch=batch.value if batch else None,
        price=_price(message),
        expires=_expiry(message),
    )


def _price(message: GS1Message) -> int | None:
    found = next((e for e in message.element_strings if _PRICE.fullmatch(e.ai.ai)), None)
    if found is None:
        return None
    minor = Decimal(found.value).scaleb(2 - int(found.ai.ai[3]))
    # A price in parts of a cent is none that a receipt could show.
    return int(minor) if minor == minor.to_integral_value() else None


def _expiry(message: GS1Message) -> date | None:
    for identifier in _EXPIRY:
        found = message.element_strings.get(ai=identifier)
        if found is not None and found.date is not None:
            return found.date
    return None


def _weight(identifier: str, digits: str) -> Decimal:
    value = Decimal(digits).scaleb(-int(identifier[3]))
    return value.quantize(Decimal("0.001"))


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)[:40]
