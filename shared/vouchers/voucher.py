"""Vouchers: what they are to the tax office, their numbers, whom they are for, and what stands on them, signed.

A voucher whose place of supply and VAT are certain when it is issued is a single-purpose one: its VAT is due then, and
none again when it is redeemed. Every other one is multi-purpose: taxed when it is redeemed (EU directive 2016/1065,
UStG section 3(13)-(15)). What is given away reduces a later price and is never taxed itself. The class is frozen at
issue.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from shared.errors import DomainError
from shared.tax import vat_included

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES = {sign: value for value, sign in enumerate(_DIGITS)}
# Without the letters that are read as others.
_DRAWN = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BODY = 16
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_FORM = "TV1"
# The same signed by a till, with the till's key and what the centre signed of it.
_TILL_FORM = "TV2"
_CERTIFIED = "TC1"
_MARK = 10


class VoucherClass(StrEnum):
    """`SINGLE` and `MULTI` purpose were paid for; `GIVEN` ones were not."""

    SINGLE = "single"
    MULTI = "multi"
    GIVEN = "given"


def class_of(countries: Collection[str], rates: Collection[Decimal]) -> VoucherClass:
    """The class of a voucher that is sold, by where it is redeemed and which rates its goods have."""
    certain = len(set(countries)) == 1 and len(set(rates)) == 1
    return VoucherClass.SINGLE if certain else VoucherClass.MULTI


def vat_of_part(value: int, before: int, amount: int, rate: Decimal) -> int:
    """The VAT in `amount` of a voucher of `value`, `before` of which was redeemed: of one part after another it adds
    up to what was due at issue.
    """
    if not 0 <= before <= before + amount <= value:
        raise ValueError("more of a voucher is redeemed than it had")
    return vat_included(before + amount, rate) - vat_included(before, rate)


# --- numbers ----------------------------------------------------------------------------------


def voucher_number(seed: UUID) -> str:
    """The number that an id drawn by chance gives: 16 signs nobody can guess, and a check sign."""
    # Five bits are a sign; only the last ten bytes are looked at, which a million numbers feel.
    rest = int.from_bytes(hashlib.sha256(seed.bytes).digest()[-_BODY * 5 // 8 :], "big")
    body = "V" + "".join([_DRAWN[rest >> shift & 31] for shift in range(0, _BODY * 5, 5)])
    return body + _check_sign(body)


def read_voucher_number(text: str) -> str:
    """A number as scanned or typed; `DomainError('voucher_number_invalid')`, 400, if a sign of it is wrong."""
    plain = text.upper().replace(" ", "").replace("-", "")
    body, check = plain[:-1].translate(_READ_AS), plain[-1:]
    sound = len(plain) == _BODY + 2 and body.startswith("V") and set(body[1:]) <= set(_DRAWN)
    if not sound or check != _check_sign(body):
        raise DomainError("voucher_number_invalid", {"number": text[:30]}, http_status=400)
    return body + check


def _check_sign(body: str) -> str:
    """ISO/IEC 7064, MOD 37,36: finds every single wrong sign and every swap of two neighbours."""
    product = 36
    for sign in body:
        total = (product + _VALUES[sign]) % 36 or 36
        product = total * 2 % 37
    return _DIGITS[(1 - product) % 36]


# --- whom it is for, and what is signed -------------------------------------------------------


def holder_mark(number: str, customer: str = "", group: str = "") -> str:
    """What a voucher says of whom it is for without naming anybody: `-` for nobody in particular."""
    kind, word = ("c", customer) if customer else ("g", group)
    if not word:
        return "-"
    return kind + hashlib.sha256(f"{number}:{kind}:{word}".encode()).hexdigest()[:_MARK]


@dataclass(frozen=True, slots=True)
class Signer:
    """A till that signs: its public `key`, and the `certificate`, which is what the centre signed of it."""

    key: bytes
    certificate: bytes

    def certified(self) -> bytes:
        """What the centre signs."""
        return certified_text(self.key)


def certified_text(key: bytes) -> bytes:
    """What the centre signs of a till's public key, so that others know the till by it."""
    return f"{_CERTIFIED}.{_in_text(key)}".encode("ascii")


@dataclass(frozen=True, slots=True)
class SignedFacts:
    """What stands on a voucher. `amount` in minor units is what it was issued with, `holder` a `holder_mark`."""

    number: str
    voucher_class: VoucherClass
    currency: str
    amount: int
    expires_on: date | None
    holder: str = "-"

    def text(self) -> str:
        """What is signed."""
        last = "-" if self.expires_on is None else f"{self.expires_on:%Y%m%d}"
        facts = (
            self.number,
            self.voucher_class,
            self.currency,
            str(self.amount),
            last,
            self.holder,
        )
        return ".".join((_FORM, *facts))

    def token(self, signature: bytes, signer: Signer | None = None) -> str:
        """What is printed as a code: the facts and the signature over them, of the centre, or of a till that says
        whose key that is.
        """
        if signer is None:
            return f"{self.text()}.{_in_text(signature)}"
        facts = self.text().replace(_FORM, _TILL_FORM, 1)
        return ".".join((facts, *map(_in_text, (signer.key, signer.certificate, signature))))


def read_token(text: str) -> tuple[SignedFacts, bytes]:
    """The facts of a printed code and the signature over them, which the caller checks.

    `DomainError('voucher_signature_invalid')`, 400, for a code that was never made so.
    """
    facts, _, signed = read_code(text)
    return facts, signed


def read_code(text: str) -> tuple[SignedFacts, Signer | None, bytes]:
    """As `read_token`, with the till that signed it; None for the centre itself."""
    parts = text.strip().split(".")
    signer = None
    try:
        if parts[0] == _TILL_FORM:
            *parts, key, certificate, own = parts
            signer = Signer(_from_text(key), _from_text(certificate))
            parts = [_FORM, *parts[1:], own]
        mark, number, kind, currency, amount, last, holder, signature = parts
        facts = SignedFacts(
            read_voucher_number(number),
            VoucherClass(kind),
            currency,
            int(amount),
            None if last == "-" else date.fromisoformat(last),
            holder,
        )
        signed = _from_text(signature)
    except (ValueError, DomainError):
        raise DomainError("voucher_signature_invalid", http_status=400) from None
    if mark != _FORM or facts.token(signed, signer) != text.strip():
        raise DomainError("voucher_signature_invalid", http_status=400)
    return facts, signer, signed


def is_token(text: str) -> bool:
    """Whether a text is a printed code rather than a number."""
    return text.strip().startswith((f"{_FORM}.", f"{_TILL_FORM}."))


def check_redeemable(
    facts: SignedFacts, on: date, currency: str, customer: str = "", groups: Collection[str] = ()
) -> None:
    """Whether what stands on a voucher lets it be taken on a day, for a receipt of a customer in these groups.

    `DomainError`: `voucher_currency_differs`, `voucher_expired`, `voucher_other_customer`. That it is genuine is
    checked before, and what it still has by the centre.
    """
    if facts.currency != currency:
        raise DomainError("voucher_currency_differs", {"currency": facts.currency})
    if facts.expires_on is not None and facts.expires_on < on:
        raise DomainError("voucher_expired", {"day": facts.expires_on.isoformat()})
    if facts.holder == holder_mark(facts.number):
        return
    marks = {holder_mark(facts.number, group=group) for group in groups}
    if facts.holder not in marks | {holder_mark(facts.number, customer=customer)}:
        raise DomainError("voucher_other_customer")


def _in_text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _from_text(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
