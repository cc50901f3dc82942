"""One resolver turns whatever a scanner, a card reader or a keyboard gave into what it stands for.

It looks at the text alone; whether there is such an article, customer or voucher is asked elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from shared.catalogue.scan_rules import CheckDigit, ScanKind, ScanRules
from shared.errors import DomainError
from shared.identity.payment_cards import is_payment_card, passes_luhn
from shared.quantity import ScanCode, from_thousandths, is_gtin, read_scan, without_symbology
from shared.quantity.gtin import check_digit

_RECEIPT = re.compile(r"[A-Z0-9][A-Z0-9-]{0,30}-\d{1,9}-\d{1,9}")
_CARD_LENGTHS = frozenset(range(16, 20))
# A magnetic stripe as it stands, from a reader that types: the number between its sentinels.
_TRACK = re.compile(r"[%;+][A-Z]?([0-9][0-9 ]{0,40})(?:[\^=].*)?\?", re.DOTALL)
# The same through a keyboard of another country, or one that is locked to small letters: other signs and letters, but
# a number and a date, and on track 1 a name between them.
_GARBLED = re.compile(
    r"(?<![0-9])(?=([0-9](?: ?[0-9]){11,18})[^0-9A-Za-z](?:[^0-9]{2,26}[^0-9A-Za-z])?[0-9]{4})"
)


@dataclass(frozen=True, slots=True)
class Scan:
    """`key` is what to look up under `kind`: a normal GTIN, a card's number, a receipt's. `quantity` is in kilograms,
    `price` in minor units, each only if the code carries it. `problem` says why a code is unknown that looks like one.
    `code` is the whole of it as it was read; of a payment card nothing is left.
    """

    kind: ScanKind
    key: str = ""
    quantity: Decimal | None = None
    price: int | None = None
    batch: str = ""
    expires: date | None = None
    problem: str = ""
    code: str = field(default="", compare=False)


def resolve_scan(raw: str, rules: ScanRules, *, card: bool = False) -> Scan:
    """What a code stands for. `card` is whether it came from a magnetic stripe: then no GTIN can be meant.

    Never raises: what cannot be read is unknown, with the reason.
    """
    track = _TRACK.match(raw.strip())
    if track is not None:
        raw, card = track[1].replace(" ", ""), True
    elif any(is_payment_card(found[1]) for found in _GARBLED.finditer(raw)):
        return Scan(ScanKind.PAYMENT_CARD)
    try:
        code = without_symbology(raw)
    except DomainError as error:
        return Scan(ScanKind.UNKNOWN, problem=error.code, code=raw)
    if is_payment_card(code) and (card or not is_gtin(code)):
        return Scan(ScanKind.PAYMENT_CARD)
    return replace(_meant(raw, code, rules, card=card), code=code)


def _meant(raw: str, code: str, rules: ScanRules, *, card: bool) -> Scan:
    own = _own(code, rules)
    if own is not None:
        return own
    if not card and _RECEIPT.fullmatch(code):
        return Scan(ScanKind.RECEIPT, code)
    if not rules.names_gift_cards and _is_card_number(code):
        return Scan(ScanKind.GIFT_CARD, code)
    return Scan(ScanKind.UNKNOWN, code) if card else _article(raw, code, rules)


def _own(code: str, rules: ScanRules) -> Scan | None:
    rule = rules.matching(code)
    if rule is None:
        return None
    if not _checks(code, rule.check):
        return Scan(ScanKind.UNKNOWN, code, problem="barcode_damaged")
    return Scan(rule.kind, rule.number(code))


def _is_card_number(code: str) -> bool:
    """Whether a code is built as the centre builds numbers of gift cards, which no GTIN is (ISO/IEC 7812)."""
    digits = code.isascii() and code.isdigit()
    return digits and len(code) in _CARD_LENGTHS and passes_luhn(code)


def _checks(code: str, check: CheckDigit) -> bool:
    if check is CheckDigit.NONE:
        return True
    if check is CheckDigit.GTIN:
        return code.isdigit() and code[-1] == check_digit(code[:-1])
    return code.isdigit() and passes_luhn(code)


def _article(raw: str, code: str, rules: ScanRules) -> Scan:
    label = next((each for each in rules.labels if each.fits(code)), None)
    if label is not None and is_gtin(code):
        grams, price = label.part(code, "W"), label.part(code, "V")
        return Scan(
            ScanKind.ARTICLE,
            label.part(code, "A"),
            quantity=from_thousandths(int(grams)) if grams else None,
            price=int(price) if price else None,
        )
    try:
        found = read_scan(raw)
    except DomainError as error:
        return Scan(ScanKind.UNKNOWN, code, problem=error.code)
    if not is_gtin(found.key):
        # Perhaps an article's own number: whoever looks it up will know.
        return Scan(ScanKind.UNKNOWN, found.key)
    return _with_elements(found)


def _with_elements(found: ScanCode) -> Scan:
    return Scan(
        ScanKind.ARTICLE,
        found.key,
        quantity=found.quantity,
        price=found.price,
        batch=found.batch or "",
        expires=found.expires,
    )
