"""What must hold for every answer of the promotion engine, seen from request and answer alone.

Nothing here prices anything: it adds up, compares with limits and floors, and looks who stands beside whom. Amounts
are whole numbers of minor units.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from shared.promotions import PROOF_STEPS, Book, parse_json, price, read_request, result
from tests.support.brute_force.model import (
    Currency,
    Line,
    Promotion,
    half_up,
    matches,
    read_line,
    read_promotion,
)

Json = dict[str, Any]


def answered(request: Mapping[str, Any], steps: int = PROOF_STEPS) -> Json:
    """The engine's answer, asked as the command asks it: with the text of a document."""
    read = read_request(parse_json(json.dumps(request)))
    return result(price(Book(read.promotions), read.context, read.lines, steps))


def total(request: Mapping[str, Any], steps: int = PROOF_STEPS) -> int:
    """The total alone, without the reasons for what is not applied."""
    context = {**request.get("context", {}), "explain": "none"}
    return minor(answered({**request, "context": context}, steps)["total"])


def minor(text: str) -> int:
    """Minor units of an amount in writing; all amounts of one answer have the same decimals."""
    return int(text.replace(".", ""))


def breaches(request: Mapping[str, Any], answer: Mapping[str, Any]) -> list[str]:
    """Everything in an answer that must not be, each in a sentence; an empty list if it is sound."""
    context = request.get("context", {})
    currency = Currency.of(context.get("currency", "EUR"))
    lines = [read_line(place, line, currency) for place, line in enumerate(request["lines"])]
    promotions = {
        one["id"]: read_promotion(one, context, currency) for one in request["promotions"]
    }
    return [
        *_sums(lines, answer),
        *_taxes(lines, answer),
        *_lines(lines, promotions, answer),
        *_applied(promotions, answer),
        *_together(promotions, answer),
        *_mentioned(promotions, answer, context.get("explain", "near")),
    ]


def _sums(lines: Sequence[Line], answer: Mapping[str, Any]) -> Iterator[str]:
    listed, end = minor(answer["list_total"]), minor(answer["total"])
    if listed != sum(line.price * line.count for line in lines):
        yield f"the list total is {listed}"
    if listed - end != minor(answer["discount_total"]):
        yield "list total less discounts is not the total"
    if end != sum(minor(line["final"]) for line in answer["lines"]):
        yield "the lines do not add up to the total"
    if listed - end != sum(minor(one["amount"]) for one in answer["applied"]):
        yield "the promotions do not add up to the discounts"
    if end != sum(minor(row["gross"]) for row in answer["taxes"]):
        yield "the taxed amounts do not add up to the total"


def _taxes(lines: Sequence[Line], answer: Mapping[str, Any]) -> Iterator[str]:
    gross: dict[Fraction, int] = {}
    for line, priced in zip(lines, answer["lines"], strict=True):
        gross[line.tax] = gross.get(line.tax, 0) + minor(priced["final"])
    if [Fraction(row["rate"]) for row in answer["taxes"]] != sorted(gross):
        yield "the rates are not those of the lines, ascending"
        return
    for row in answer["taxes"]:
        rate = Fraction(row["rate"])
        if minor(row["gross"]) != gross[rate]:
            yield f"{row['rate']} %: not what the lines of this rate cost"
        if minor(row["tax"]) != half_up(gross[rate] * rate / (100 + rate)):
            yield f"{row['rate']} %: the tax is wrong"
        if minor(row["net"]) + minor(row["tax"]) != minor(row["gross"]):
            yield f"{row['rate']} %: net and tax are not the gross"


def _lines(
    lines: Sequence[Line], promotions: Mapping[str, Promotion], answer: Mapping[str, Any]
) -> Iterator[str]:
    for line, priced in zip(lines, answer["lines"], strict=True):
        where = f"line {line.id}"
        offs = {one["promotion"]: minor(one["amount"]) for one in priced["discounts"]}
        final = minor(priced["final"])
        if priced["id"] != line.id or minor(priced["list"]) != line.price * line.count:
            yield f"{where}: not the line of the request"
        if list(offs) != sorted(offs) or len(offs) != len(priced["discounts"]):
            yield f"{where}: discounts are not by promotion, each once"
        if any(off <= 0 for off in offs.values()):
            yield f"{where}: a discount of nothing"
        if line.price * line.count - sum(offs.values()) != final:
            yield f"{where}: list less discounts is not the final price"
        if final < line.floor * line.count:
            yield f"{where}: below the floor"
        if offs and not line.discountable:
            yield f"{where}: reduced, and is not to be"
        for name in offs:
            if not any(matches(select, line) for select in _aimed_at(promotions[name])):
                yield f"{where}: {name} is not aimed at it"


def _aimed_at(promotion: Promotion) -> list[Mapping[str, Any]]:
    """The selections whose pieces the promotion may reduce."""
    if not promotion.is_bundle:
        return [promotion.take]
    bundle = promotion.reward["bundle"]
    sets = [one["of"] for one in bundle["sets"]]
    return [sets[bundle["reduce"]["set"]]] if "reduce" in bundle else sets


def _applied(promotions: Mapping[str, Promotion], answer: Mapping[str, Any]) -> Iterator[str]:
    order = [(one["stage"] != "item", one["promotion"]) for one in answer["applied"]]
    if order != sorted(order):
        yield "applied promotions are not item before basket, then by id"
    for one in answer["applied"]:
        name, promotion, amount = one["promotion"], promotions[one["promotion"]], one["amount"]
        off = {
            line["id"]: minor(discount["amount"])
            for line in answer["lines"]
            for discount in line["discounts"]
            if discount["promotion"] == name
        }
        limit = promotion.limit
        if minor(amount) <= 0 or minor(amount) != sum(off.values()) or one["lines"] != list(off):
            yield f"{name}: amount and lines are not those of the lines"
        if promotion.cap is not None and minor(amount) > promotion.cap:
            yield f"{name}: above its cap"
        if one["applications"] > limit.get("applications", one["applications"]):
            yield f"{name}: applied too often"
        if not ({"bundle", "each"} & set(promotion.reward)) and one["applications"] != 1:
            yield f"{name}: has no applications to count"
        if "pieces" in limit and promotion.is_bundle:
            bundle = promotion.reward["bundle"]
            if one["applications"] * _aimed_pieces(bundle) > limit["pieces"]:
                yield f"{name}: too many pieces"


def _aimed_pieces(bundle: Mapping[str, Any]) -> int:
    if "reduce" in bundle:
        return int(bundle["sets"][bundle["reduce"]["set"]]["quantity"])
    if "cheapest" in bundle:
        return int(bundle["cheapest"].get("count", 1))
    return sum(int(one["quantity"]) for one in bundle["sets"])


def _together(promotions: Mapping[str, Promotion], answer: Mapping[str, Any]) -> Iterator[str]:
    used = [promotions[one["promotion"]] for one in answer["applied"]]
    groups = [one.group for one in used if one.group is not None]
    if len(groups) != len(set(groups)):
        yield "two promotions of one group"
    if len(used) > 1 and any(one.combine == "exclusive" for one in used):
        yield "an exclusive promotion has company"
    if sum(one.stage == "basket" and one.combine == "one" for one in used) > 1:
        yield "two promotions on the one place of the receipt"


def _mentioned(
    promotions: Mapping[str, Promotion], answer: Mapping[str, Any], explain: str
) -> Iterator[str]:
    given = [one["promotion"] for one in (*answer["applied"], *answer["benefits"])]
    reasons = [one["promotion"] for one in answer.get("not_applied", ())]
    if ("not_applied" in answer) != (explain != "none"):
        yield "reasons are there when nobody asked, or missing"
    if reasons != sorted(reasons):
        yield "reasons are not by id"
    if len({*given, *reasons}) != len(given) + len(reasons):
        yield "a promotion is mentioned twice"
    if explain == "all" and {*given, *reasons} != set(promotions):
        yield "a promotion is not mentioned"
