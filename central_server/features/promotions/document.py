"""A file of promotions, read strictly before anything is written. Pure: asks no database.

The engine's own reader decides what a promotion is; here stands only what the file adds to that: its currency,
withdrawals, and what the database can keep.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

from shared.errors import DomainError
from shared.journal import canonical_bytes
from shared.money import currency as currency_of
from shared.money import parse_amount
from shared.promotions import Promotion, RequestError, parse_json, read_promotion

MOST_PROMOTIONS = 100_000
MOST_ID = 100


@dataclass(frozen=True, slots=True)
class PromotionDraft:
    """One entry of a file; `promotion` is None where the entry withdraws it. `path` leads to the entry."""

    promotion_id: str
    path: str
    promotion: Promotion | None
    body: str = ""

    @property
    def hash(self) -> bytes:
        """SHA-256 of the canonical JSON."""
        return hashlib.sha256(self.body.encode("utf-8")).digest()


@dataclass(frozen=True, slots=True)
class PromotionFile:
    """The entries of a file, each id once, with the currency of all amounts."""

    currency: str
    drafts: tuple[PromotionDraft, ...]


def read_file(data: bytes, currency: str = "") -> PromotionFile:
    """The file: a list of promotions, or `{"currency", "promotions"}`. `currency` is that of a file without one.

    `RequestError` for anything the contract does not allow, with the path of the value.
    """
    document = parse_json(data)
    path, values = "", document
    if isinstance(document, dict):
        _only(document, "", ("currency", "promotions"))
        if "promotions" not in document:
            _refuse("promotions", "this key is needed", "missing")
        path, values = "promotions", document["promotions"]
        currency = _currency(document.get("currency", currency or "EUR"), currency)
    else:
        currency = _currency(currency or "EUR", "")
    if not isinstance(values, list):
        _refuse(path, "a list of promotions is expected", "type")
    if len(values) > MOST_PROMOTIONS:
        _refuse(path, f"{len(values)} entries; at most {MOST_PROMOTIONS} are possible", "limit")
    exponent = currency_of(currency).exponent
    drafts = [_draft(value, f"{path}[{place}]", exponent) for place, value in enumerate(values)]
    _distinct(drafts)
    return PromotionFile(currency, tuple(drafts))


def stores_of(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The stores that a promotion is for; none means all of them."""
    return tuple(sorted(set(body.get("when", {}).get("stores", ()))))


def budget_of(body: Mapping[str, Any], currency: str) -> int | None:
    """The budget in the limits of a promotion that was read already, in minor units; None without one."""
    budget = body.get("limit", {}).get("budget")
    return None if budget is None else parse_amount(budget, currency_of(currency).exponent)


def _currency(value: object, asked: str) -> str:
    if not isinstance(value, str):
        _refuse("currency", "a currency such as EUR is expected", "type")
    try:
        found = currency_of(value).code
    except DomainError:
        _refuse("currency", f"{value[:10]} is not a currency that Tresen knows")
    if asked and asked != found:
        _refuse("currency", f"the file says {found}, and {asked} was asked for")
    return found


def _draft(value: Any, path: str, exponent: int) -> PromotionDraft:
    if isinstance(value, dict) and "withdrawn" in value:
        _only(value, path, ("id", "withdrawn"))
        if value["withdrawn"] is not True:
            _refuse(f"{path}.withdrawn", "only true is possible", "type")
        identity = value.get("id")
        if not isinstance(identity, str):
            _refuse(f"{path}.id", "the id of the promotion is needed", "missing")
        return PromotionDraft(identity, path, None)
    promotion = read_promotion(value, path, exponent)
    _check_id(promotion.id, f"{path}.id")
    _utc(promotion.when.start, f"{path}.when.from")
    _utc(promotion.when.until, f"{path}.when.until")
    try:
        body = canonical_bytes(value).decode("utf-8")
    except UnicodeEncodeError:
        _refuse(path, "half a character stands in a text")
    return PromotionDraft(promotion.id, path, promotion, body)


def _check_id(identity: str, path: str) -> None:
    if len(identity) > MOST_ID:
        _refuse(path, f"at most {MOST_ID} characters are possible", "limit")
    if not identity.isprintable():
        _refuse(path, "only characters that can be printed are possible")


def _utc(at: datetime | None, path: str) -> None:
    try:
        if at is not None:
            at.astimezone(UTC)
    except OverflowError:
        _refuse(path, "the time is beyond the calendar", "limit")


def _distinct(drafts: list[PromotionDraft]) -> None:
    seen: set[str] = set()
    for draft in drafts:
        if draft.promotion_id in seen:
            _refuse(f"{draft.path}.id", f'"{draft.promotion_id[:40]}" is there twice', "duplicate")
        seen.add(draft.promotion_id)


def _only(value: Mapping[str, Any], path: str, allowed: tuple[str, ...]) -> None:
    # The reader of JSON remembers a key that was written twice.
    if twice := getattr(value, "twice", None):
        _refuse(f"{path}.{twice}" if path else twice, "the key is written twice", "duplicate")
    for key in value:
        if key not in allowed:
            where = f"{path}.{key}" if path else key
            _refuse(where, f"unknown key; known here: {', '.join(allowed)}", "unknown_key")


def _refuse(path: str, message: str, kind: str = "value") -> NoReturn:
    raise RequestError(kind, path, message)
