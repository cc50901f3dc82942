"""A priced basket in the words of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from shared.promotions.basket import bits
from shared.promotions.benefits import Given
from shared.promotions.claims import Part
from shared.promotions.engine import Priced
from shared.promotions.explain import not_applied, written
from shared.promotions.nexts import next_of
from shared.promotions.reading import amount_text
from shared.promotions.terms import Bundle, Each
from shared.tax import vat_included

LinePart = tuple[int, Part, int]
"""Place of the line, part, pieces of it on this line."""


def result(priced: Priced) -> dict[str, Any]:
    """The RESULT of the contract."""
    exponent = priced.context.exponent
    list_total, total = priced.basket.list_total, priced.chosen.total
    shares = list(on_lines(priced))
    answer: dict[str, Any] = {
        "at": priced.context.written or priced.context.at.isoformat(),
        "list_total": amount_text(list_total, exponent),
        "discount_total": amount_text(list_total - total, exponent),
        "total": amount_text(total, exponent),
        "optimal": priced.optimal,
        "lines": _lines(priced, shares),
        "applied": _applied(priced, shares),
        "benefits": [_benefit(given, exponent) for given in priced.benefits.given],
        "taxes": _taxes(priced, shares),
    }
    if priced.benefits.shipping is not None:
        answer["shipping"] = amount_text(priced.benefits.shipping, exponent)
    if priced.context.explain != "none":
        answer["not_applied"] = not_applied(priced)
    return answer


def on_lines(priced: Priced) -> Iterator[LinePart]:
    """The parts with the places of their lines."""
    return ((part.line, part, part.count) for part in priced.chosen.parts)


def discounts(shares: list[LinePart]) -> dict[int, dict[int, int]]:
    """What each promotion took off each line: place of the line, bit of the promotion, minor units."""
    off: dict[int, dict[int, int]] = {}
    for place, part, count in shares:
        mine = off.setdefault(place, {})
        for bit, amount in part.off:
            mine[bit] = mine.get(bit, 0) + amount * count
    return off


def discounts_by_line(priced: Priced) -> dict[int, dict[str, int]]:
    """What each promotion took off each line that lost something: place of the line, promotion id, minor units."""
    found = {}
    for place, off in discounts(list(on_lines(priced))).items():
        named = {priced.everyone[bit].promotion.id: amount for bit, amount in sorted(off.items())}
        if named:
            found[place] = named
    return found


def finals(shares: list[LinePart]) -> dict[int, int]:
    """What each line costs in the end, by its place."""
    final: dict[int, int] = {}
    for place, part, count in shares:
        final[place] = final.get(place, 0) + part.price * count
    return final


def _lines(priced: Priced, shares: list[LinePart]) -> list[dict[str, Any]]:
    exponent = priced.context.exponent
    off, final = discounts(shares), finals(shares)
    return [
        {
            "id": line.id,
            "list": amount_text(final[place] + sum(off[place].values()), exponent),
            "final": amount_text(final[place], exponent),
            "discounts": [
                {
                    "promotion": priced.everyone[bit].promotion.id,
                    "amount": amount_text(amount, exponent),
                }
                for bit, amount in sorted(off[place].items())
            ],
        }
        for place, line in enumerate(priced.lines)
    ]


def _applied(priced: Priced, shares: list[LinePart]) -> list[dict[str, Any]]:
    off = discounts(shares)
    found = []
    for bit in bits(priced.chosen.used):
        promotion = priced.everyone[bit].promotion
        places = [place for place in sorted(off) if bit in off[place]]
        counted = isinstance(promotion.reward, Bundle | Each)
        one: dict[str, Any] = {
            "promotion": promotion.id,
            "stage": promotion.stage,
            "applications": priced.chosen.applications[bit] if counted else 1,
            "amount": amount_text(
                sum(off[place][bit] for place in places), priced.context.exponent
            ),
            "lines": [priced.lines[place].id for place in places],
        }
        if further := next_of(priced, bit):
            one["next"] = {"missing": written(further.missing, priced.context.exponent)}
            if further.would_save is not None:
                one["next"]["would_save"] = amount_text(further.would_save, priced.context.exponent)
        found.append(one)
    return sorted(found, key=lambda each: each["stage"] != "item")


def _benefit(given: Given, exponent: int) -> dict[str, Any]:
    benefit = given.benefit
    kind = "points" if benefit.kind == "points_factor" else benefit.kind
    answer: dict[str, Any] = {"promotion": given.entry.promotion.id, "kind": kind}
    if kind == "points":
        answer["points"] = given.worth
    elif kind == "gift":
        answer |= {"skus": list(benefit.skus), "quantity": benefit.quantity}
    elif benefit.next_percent is not None:
        answer["next_percent"] = benefit.next_percent
    else:
        answer["amount"] = amount_text(given.worth, exponent)
    if kind == "voucher":
        answer["valid_days"] = benefit.valid_days
    return answer


def _taxes(priced: Priced, shares: list[LinePart]) -> list[dict[str, str]]:
    exponent = priced.context.exponent
    gross: dict[Decimal, int] = {}
    for place, amount in finals(shares).items():
        rate = Decimal(priced.lines[place].tax)
        gross[rate] = gross.get(rate, 0) + amount
    rows = []
    for rate in sorted(gross):
        tax = vat_included(gross[rate], rate)
        rows.append(
            {
                "rate": f"{rate:f}",
                "net": amount_text(gross[rate] - tax, exponent),
                "tax": amount_text(tax, exponent),
                "gross": amount_text(gross[rate], exponent),
            }
        )
    return rows
