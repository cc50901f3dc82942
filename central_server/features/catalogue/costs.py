"""What articles were bought for: net, a piece, one for each currency. Tills never hear of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from central_server.features.catalogue import cost_repository, repository
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.money import currency as money_unit

_MOST = 10**12


def costs_of(unit: ReadUnit, article_nos: Iterable[str]) -> dict[str, dict[str, int]]:
    """The purchase prices of articles in minor units, by article and currency; unknown ones are missing."""
    return cost_repository.costs_of(unit, article_nos)


def costs_by_sku(unit: ReadUnit, skus: Iterable[str], currency: str) -> dict[str, int]:
    """What a piece of each of these skus was bought for, where it is known in this currency."""
    return cost_repository.costs_by_sku(unit, skus, currency)


def set_cost(
    unit: UnitOfWork, article_no: str, currency: str, amount: int | None, at: datetime
) -> int | None:
    """Set what an article is bought for, or that nobody knows (None); what stood there before.

    `DomainError`: `article_unknown`, 404; `currency_unknown`; `cost_invalid`, 422, below zero or beyond reason.
    """
    money_unit(currency)
    if amount is not None and not 0 <= amount <= _MOST:
        raise DomainError("cost_invalid", http_status=422)
    if not repository.articles(unit, [article_no]):
        raise DomainError("article_unknown", {"article": article_no[:64]}, http_status=404)
    before = costs_of(unit, [article_no]).get(article_no, {}).get(currency)
    cost_repository.replace_costs(unit, {(article_no, currency): amount}, at)
    return before


def enter_costs(unit: UnitOfWork, costs: Mapping[tuple[str, str], int], at: datetime) -> int:
    """Write the purchase prices of a file, by article and currency; how many of them changed."""
    known = costs_of(unit, {article_no for article_no, _ in costs})
    new = {
        (article_no, currency): amount
        for (article_no, currency), amount in costs.items()
        if known.get(article_no, {}).get(currency) != amount
    }
    cost_repository.replace_costs(unit, dict(new), at)
    return len(new)


def net_of(gross: int, vat_thousandths: int) -> int:
    """What is left of a gross amount without VAT of so many thousandths of a percent, rounded half up."""
    whole = 100_000 + vat_thousandths
    return (gross * 200_000 + whole) // (2 * whole)
