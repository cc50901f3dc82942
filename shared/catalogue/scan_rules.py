"""What a chain's codes look like: prefixes, lengths and check digits of its cards and papers, and its weight labels.

Head office sets them; `read_scan_rules` reads them from a document and refuses what could not be told apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.errors import DomainError
from shared.identity.payment_cards import may_be_issuer

_LABEL_LETTERS = frozenset("AWPVCK")
_LABEL_LENGTH = 13


class ScanKind(StrEnum):
    """What a code stands for. `PAYMENT_CARD` is a bank's card: nothing of it is kept, not even its number."""

    ARTICLE = "article"
    CUSTOMER = "customer"
    STAFF = "staff"
    GIFT_CARD = "gift_card"
    VOUCHER = "voucher"
    APPROVAL = "approval"
    RECEIPT = "receipt"
    PAYMENT_CARD = "payment_card"
    UNKNOWN = "unknown"


class CheckDigit(StrEnum):
    """How the last digit of a code is worked out: not at all, as a GTIN's, or by Luhn's rule."""

    NONE = "none"
    GTIN = "gtin"
    LUHN = "luhn"


_OWN = (
    ScanKind.CUSTOMER,
    ScanKind.STAFF,
    ScanKind.GIFT_CARD,
    ScanKind.VOUCHER,
    ScanKind.APPROVAL,
    ScanKind.RECEIPT,
    ScanKind.ARTICLE,
)


@dataclass(frozen=True, slots=True)
class ScanRule:
    """Codes that begin with `prefix` and have `length` characters (0: any) are of a kind, if their check is right.
    With `cut` the prefix only says what it is: the number is what stands behind it.
    """

    kind: ScanKind
    prefix: str
    length: int = 0
    check: CheckDigit = CheckDigit.NONE
    cut: bool = False

    def number(self, code: str) -> str:
        """What to look up for a code."""
        return code[len(self.prefix) :] if self.cut else code


@dataclass(frozen=True, slots=True)
class WeightLabel:
    """An EAN-13 that carries weight or price. `layout` has a character each: digits as they are, `A` article, `W`
    grams, `V` price in minor units, `P` anything, `C` a check digit of the label's printer, `K` the EAN's.
    """

    layout: str

    def part(self, code: str, letter: str) -> str:
        """The digits of a code that stand for a letter."""
        return "".join(
            digit for digit, place in zip(code, self.layout, strict=True) if place == letter
        )

    def fits(self, code: str) -> bool:
        """Whether a code is such a label."""
        return len(code) == _LABEL_LENGTH and all(
            not place.isdigit() or place == digit
            for digit, place in zip(code, self.layout, strict=True)
        )


@dataclass(frozen=True, slots=True)
class ScanRules:
    """All rules of a chain; without any, codes are articles, receipts or unknown."""

    rules: tuple[ScanRule, ...] = ()
    labels: tuple[WeightLabel, ...] = ()

    def matching(self, code: str) -> ScanRule | None:
        """The rule with the longest prefix that a code has."""
        fitting = [
            rule
            for rule in self.rules
            if code.startswith(rule.prefix) and rule.length in {0, len(code)}
        ]
        return max(fitting, key=lambda rule: (len(rule.prefix), rule.length), default=None)

    @property
    def names_gift_cards(self) -> bool:
        """Whether the chain says what its gift cards begin with; else their length and check digit tell them."""
        return any(rule.kind is ScanKind.GIFT_CARD for rule in self.rules)


# What holds until head office sets rules of its own. The papers of a till and its cards begin with letters, which no
# GTIN does; 28 and 29 are free for shops, and the usual ones for weight and price.
DEFAULT_SCAN_RULES = ScanRules(
    rules=(
        ScanRule(ScanKind.CUSTOMER, "KD-", cut=True),
        ScanRule(ScanKind.STAFF, "MA-", cut=True),
        ScanRule(ScanKind.VOUCHER, "GS-", cut=True),
        ScanRule(ScanKind.APPROVAL, "AW-", cut=True),
    ),
    labels=(WeightLabel("28AAAAAWWWWWK"), WeightLabel("29AAAAAVVVVVK")),
)


def read_scan_rules(document: Mapping[str, object]) -> ScanRules:
    """The rules in a document `{"rules": [{"kind", "prefix", "length", "check", "cut"}], "labels": ["28AAAAAWWWWWK"]}`.

    `DomainError('scan_rule_invalid')` names the first that is no rule, has no prefix, could be a payment card's, or
    says the same as another.
    """
    rules = tuple(_rule(each) for each in _list(document, "rules"))
    seen = set()
    for rule in rules:
        if (rule.prefix, rule.length) in seen:
            raise _invalid(rule.prefix)
        seen.add((rule.prefix, rule.length))
    return ScanRules(rules, tuple(_label(each) for each in _list(document, "labels")))


def scan_rules_document(rules: ScanRules) -> dict[str, object]:
    """The document that `read_scan_rules` reads these rules from."""
    return {
        "rules": [
            {
                "kind": str(rule.kind),
                "prefix": rule.prefix,
                "length": rule.length,
                "check": str(rule.check),
                "cut": rule.cut,
            }
            for rule in rules.rules
        ],
        "labels": [label.layout for label in rules.labels],
    }


def _list(document: Mapping[str, object], name: str) -> list[object]:
    found = document.get(name, [])
    if not isinstance(found, list):
        raise _invalid(name)
    return found


def _rule(value: object) -> ScanRule:
    facts = value if isinstance(value, dict) else {}
    kind, prefix = facts.get("kind"), facts.get("prefix")
    length, check = facts.get("length", 0), facts.get("check", "none")
    cut = facts.get("cut", False)
    sound = (
        kind in _OWN
        and isinstance(prefix, str)
        and prefix.isascii()
        and prefix.isprintable()
        and prefix.strip() == prefix != ""
        and isinstance(length, int)
        and not isinstance(length, bool)
        and (length == 0 or len(prefix) < length <= 90)
        and check in tuple(CheckDigit)
        and isinstance(cut, bool)
    )
    if not sound or (may_be_issuer(str(prefix)) and kind != ScanKind.ARTICLE):
        raise _invalid(str(prefix or kind or value))
    check_digit = CheckDigit(str(check))
    return ScanRule(ScanKind(str(kind)), str(prefix), int(str(length)), check_digit, bool(cut))


def _label(value: object) -> WeightLabel:
    layout = value if isinstance(value, str) else ""
    letters = {place for place in layout if not place.isdigit()}
    sound = (
        len(layout) == _LABEL_LENGTH
        and layout.isascii()
        and layout.startswith("2")
        and layout.endswith("K")
        and letters <= _LABEL_LETTERS
        and "A" in letters
        and bool(letters & {"W", "V"})
    )
    if not sound:
        raise _invalid(str(value))
    return WeightLabel(layout)


def _invalid(what: str) -> DomainError:
    return DomainError("scan_rule_invalid", {"rule": what[:40]}, http_status=400)
