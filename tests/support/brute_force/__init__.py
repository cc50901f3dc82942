"""An independent reference of the promotion engine: it tries everything and keeps the best.

For tests only. Written from docs of the promotion contract alone, slow and plain on purpose: pieces
are unrolled, every admissible set of promotions and every admissible way to claim pieces is tried, and
the written rules name the winner. It must not know the product's engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from tests.support.brute_force.benefits import Benefit, give
from tests.support.brute_force.choice import choose
from tests.support.brute_force.explanation import Case, next_step, not_applied
from tests.support.brute_force.gates import failures
from tests.support.brute_force.model import (
    Basket,
    Currency,
    half_up,
    read_line,
    read_promotion,
)


def price(request: Mapping[str, Any]) -> dict[str, Any]:
    """The RESULT of a valid request, as the contract writes it."""
    case = solve(request)
    basket, solution, money = case.basket, case.solution, case.currency.text
    explain = case.context.get("explain", "near")
    result: dict[str, Any] = {
        "at": case.context["at"],
        "list_total": money(sum(basket.list)),
        "discount_total": money(sum(basket.list) - solution.total),
        "total": money(solution.total),
        "optimal": case.context.get("strategy", "best_for_customer") == "best_for_customer",
        "lines": _lines(case),
        "applied": _applied(case),
        "benefits": [
            {"promotion": name, **_benefit(one, case.currency)}
            for name, one in case.benefits.items()
        ],
        "taxes": _taxes(case),
    }
    if case.shipping is not None:
        given = [one["amount"] for one in case.benefits.values() if one["kind"] == "shipping"]
        result["shipping"] = money(case.shipping - sum(given))
    if explain != "none":
        result["not_applied"] = not_applied(case, explain)
    return result


def undecided(request: Mapping[str, Any]) -> bool:
    """Whether the written ties leave more than one way to share the reductions over the lines.

    The totals are certain then, too; who took how much off which line is this reference's own choice.
    """
    return solve(request).solution.claims.undecided


def solve(request: Mapping[str, Any]) -> Case:
    """The request read and priced."""
    context = request.get("context", {})
    currency = Currency.of(context.get("currency", "EUR"))
    lines = enumerate(request["lines"])
    basket = Basket([read_line(index, line, currency) for index, line in lines])
    promotions = [read_promotion(one, context, currency) for one in request["promotions"]]
    able = [one for one in promotions if not failures(one, context, currency)]
    solution = choose(basket, able, context.get("strategy", "best_for_customer"))
    shipping = currency.parse(context["shipping"]) if "shipping" in context else None
    benefits = give(basket, able, solution.prices, shipping)
    return Case(basket, context, currency, promotions, able, solution, benefits, shipping)


def _lines(case: Case) -> list[dict[str, Any]]:
    money, made = case.currency.text, []
    for line in case.basket.lines:
        pieces = case.basket.of_line(line)
        off = {
            one.id: sum(case.solution.off(one.id).get(piece, 0) for piece in pieces)
            for one in case.solution.used
        }
        made.append(
            {
                "id": line.id,
                "list": money(line.price * line.count),
                "final": money(sum(case.solution.prices[piece] for piece in pieces)),
                "discounts": [
                    {"promotion": name, "amount": money(off[name])}
                    for name in sorted(off)
                    if off[name]
                ],
            }
        )
    return made


def _applied(case: Case) -> list[dict[str, Any]]:
    made = []
    for promotion in sorted(case.solution.used, key=lambda one: (one.stage != "item", one.id)):
        off = case.solution.off(promotion.id)
        if promotion.stage == "item":
            applications = case.solution.claims.applications[promotion.id]
        else:
            applications = case.solution.taken[promotion.id].applications
        reduced = {case.basket.row[piece].index for piece, amount in off.items() if amount}
        entry: dict[str, Any] = {
            "promotion": promotion.id,
            "stage": promotion.stage,
            "applications": applications,
            "amount": case.currency.text(sum(off.values())),
            "lines": [line.id for line in case.basket.lines if line.index in reduced],
        }
        further = next_step(case, promotion)
        if further is not None:
            entry["next"] = further
        made.append(entry)
    return made


def _benefit(benefit: Benefit, currency: Currency) -> dict[str, Any]:
    made = dict(benefit)
    if "amount" in made:
        made["amount"] = currency.text(made["amount"])
    return made


def _taxes(case: Case) -> list[dict[str, str]]:
    gross: dict[Fraction, int] = {}
    for piece, line in enumerate(case.basket.row):
        gross[line.tax] = gross.get(line.tax, 0) + case.solution.prices[piece]
    made = []
    for rate in sorted(gross):
        tax = half_up(gross[rate] * rate / (100 + rate))
        made.append(
            {
                "rate": _plain(rate),
                "net": case.currency.text(gross[rate] - tax),
                "tax": case.currency.text(tax),
                "gross": case.currency.text(gross[rate]),
            }
        )
    return made


def _plain(rate: Fraction) -> str:
    """A rate in writing without trailing zeros."""
    scaled, decimals = rate, 0
    while scaled.denominator != 1:
        scaled, decimals = scaled * 10, decimals + 1
    return Currency(decimals).text(int(scaled))
