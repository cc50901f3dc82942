"""Checks of a promotion: a basket, and what it must cost. They stay with the promotion, and each release runs them.

A check is priced with the promotion and everything else that counts at its time, by the code that prices at tills.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from central_server.features.catalogue.service import items
from central_server.features.promotions import case_repository as repository
from central_server.features.promotions.versions import counting_between
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.journal import canonical_bytes
from shared.money import currency as currency_of
from shared.promotions import BasketLine, Book, Context, Customer, Promotion, price
from shared.promotions.articles import ArticleFacts, article_facts

CHECK_FAILED = "promotion_check_failed"
MOST_CASES = 50
MOST_LINES = 100
_MOST_OTHERS = 5_000
_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class CaseLine:
    """An article in the basket: `quantity` in thousandths, `price` of one unit in minor units."""

    sku: str
    quantity: int
    price: int


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """A check as somebody writes it: `at` carries its offset, `expected` is in minor units of the currency."""

    name: str
    lines: tuple[CaseLine, ...]
    at: datetime
    expected: int
    store: str = ""
    groups: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    def body(self) -> str:
        """Everything but what it must cost, as it is stored."""
        document = {
            "name": self.name,
            "at": self.at.isoformat(),
            "store": self.store,
            "groups": list(self.groups),
            "codes": list(self.codes),
            "lines": [
                {"sku": line.sku, "quantity": line.quantity, "price": line.price}
                for line in self.lines
            ],
        }
        return canonical_bytes(document).decode("utf-8")


@dataclass(frozen=True, slots=True)
class Case:
    """A stored check."""

    case_id: int
    draft: CaseDraft


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What the basket of a check costs with the promotion, in minor units."""

    case: Case
    total: int

    @property
    def difference(self) -> int:
        """How much more it costs than it must; 0 is as it should be."""
        return self.total - self.case.draft.expected


def add_case(unit: UnitOfWork, promotion_id: str, draft: CaseDraft, who: str, at: datetime) -> int:
    """Keep a check; its number. `DomainError`, 422: `promotion_case_empty`, `promotion_case_article`; 409:
    `promotion_cases_full`.
    """
    if not draft.lines or len(draft.lines) > MOST_LINES:
        raise DomainError("promotion_case_empty", {"most": MOST_LINES}, http_status=422)
    known = items(unit, {line.sku for line in draft.lines})
    for line in draft.lines:
        if line.sku not in known:
            raise DomainError("promotion_case_article", {"sku": line.sku[:60]}, http_status=422)
    if len(cases_of(unit, [promotion_id]).get(promotion_id, ())) >= MOST_CASES:
        raise DomainError("promotion_cases_full", {"most": MOST_CASES}, http_status=409)
    values = {
        "promotion_id": promotion_id,
        "body": draft.body(),
        "expected": draft.expected,
        "made_by": who,
        "made_at": at,
    }
    return repository.insert_case(unit, values)


def drop_case(unit: UnitOfWork, promotion_id: str, case_id: int) -> CaseDraft:
    """Forget a check; what it was. `DomainError('promotion_case_unknown')`, 404."""
    kept = cases_of(unit, [promotion_id]).get(promotion_id, ())
    gone = next((case for case in kept if case.case_id == case_id), None)
    if gone is None:
        raise DomainError("promotion_case_unknown", http_status=404)
    repository.delete_case(unit, case_id)
    return gone.draft


def cases_of(unit: ReadUnit, promotion_ids: Iterable[str]) -> dict[str, list[Case]]:
    """The checks of these promotions; those without are left out."""
    found: dict[str, list[Case]] = {}
    for row in repository.case_rows(unit, promotion_ids):
        found.setdefault(row.promotion_id, []).append(_case(row))
    return found


def run_cases(
    unit: ReadUnit, promotion: Promotion, cases: Sequence[Case], currency: str
) -> list[CaseResult]:
    """What the baskets cost with the promotion, in the order of the checks."""
    skus = {line.sku for case in cases for line in case.draft.lines}
    facts = {sku: article_facts(item) for sku, item in items(unit, skus).items()}
    return [
        CaseResult(case, _total(unit, promotion, case.draft, facts, currency)) for case in cases
    ]


def check_release(unit: ReadUnit, promotions: Iterable[tuple[Promotion, str]]) -> None:
    """`DomainError('promotion_check_failed')`, 409, if a check of one of these promotions (each with its currency)
    does not cost what it must.
    """
    wanted = {promotion.id: (promotion, currency) for promotion, currency in promotions}
    for promotion_id, cases in cases_of(unit, wanted).items():
        promotion, currency = wanted[promotion_id]
        for result in run_cases(unit, promotion, cases, currency):
            if result.difference:
                amounts = {
                    "expected": result.case.draft.expected,
                    "found": result.total,
                    "difference": result.difference,
                }
                exponent = currency_of(currency).exponent
                raise DomainError(
                    CHECK_FAILED,
                    {
                        "promotion": promotion_id,
                        "name": result.case.draft.name,
                        "currency": currency,
                        **{key: _text(minor, exponent) for key, minor in amounts.items()},
                    },
                    http_status=409,
                )


def _total(
    unit: ReadUnit,
    promotion: Promotion,
    case: CaseDraft,
    facts: dict[str, ArticleFacts],
    currency: str,
) -> int:
    others = counting_between(unit, case.at, case.at + _MOMENT, currency, _MOST_OTHERS)
    book = Book([*(one for one in others if one.id != promotion.id), promotion])
    customer = Customer(lists=(("groups", frozenset(case.groups)),)) if case.groups else None
    context = Context(
        at=case.at,
        currency=currency,
        exponent=currency_of(currency).exponent,
        store=case.store or None,
        codes=frozenset(case.codes),
        explain="none",
        customer=customer,
    )
    unknown = ArticleFacts()
    lines = []
    for place, line in enumerate(case.lines, 1):
        about = facts.get(line.sku, unknown)
        lines.append(
            BasketLine(
                str(place),
                line.sku,
                line.quantity,
                line.price,
                categories=about.categories,
                brand=about.brand,
                tags=about.tags,
                discountable=about.discountable,
            )
        )
    return price(book, context, lines).chosen.total


def _text(minor: int, exponent: int) -> str:
    sign, digits = "-" if minor < 0 else "", f"{abs(minor):0{exponent + 1}d}"
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}" if exponent else f"{sign}{digits}"


def _case(row: Row[Any]) -> Case:
    body = json.loads(row.body)
    lines = tuple(CaseLine(**line) for line in body["lines"])
    return Case(
        row.case_id,
        CaseDraft(
            name=body["name"],
            lines=lines,
            at=datetime.fromisoformat(body["at"]),
            expected=row.expected,
            store=body["store"],
            groups=tuple(body["groups"]),
            codes=tuple(body["codes"]),
        ),
    )
