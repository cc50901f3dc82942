"""Promotions in the words of other engines, as far as these have words for them. None: it cannot be said there.

Only what means the same counts as expressible, so that a difference in the result is a difference of the engines. What
a rival does to a basket as a whole (who comes first, whether reductions add up) is its own and is what is compared.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

Json = dict[str, Any]
_NO_BOUND = 10_000


def kind(promotion: Json) -> str:
    """What a promotion is called in the count of what each engine can express."""
    if (stage := promotion.get("stage", "item")) != "item":
        return f"{stage} stage"
    if (combine := promotion.get("combine", "group" if "group" in promotion else "one")) != "one":
        return combine
    reward = promotion["reward"]
    if "tiers" in reward:
        return f"tiers by {reward['tiers']['by']}, {reward['tiers'].get('mode', 'all')}"
    if "bundle" in reward:
        bundle = reward["bundle"]
        how = next(key for key in bundle if key != "sets")
        return f"bundle of {len(bundle['sets'])}, {how}"
    return next(iter(reward)) + (", limited" if "limit" in promotion else "")


def pieces_only(lines: list[Json]) -> list[Json]:
    """The lines with each weighed one as the single piece that it is in a promotion: no rival weighs."""
    made = []
    for line in lines:
        if "." in line["quantity"]:
            price = (Decimal(line["quantity"]) * Decimal(line["price"])).quantize(Decimal("0.01"))
            line = {**line, "quantity": "1", "price": str(max(price, Decimal("0.01")))}  # noqa: PLW2901
        made.append(line)
    return made


def _alone(promotion: Json) -> bool:
    """Whether it is about pieces, and each piece is in one promotion at most."""
    return (
        promotion.get("stage", "item") == "item"
        and promotion.get("combine", "one") == "one"
        and "group" not in promotion
    )


def _words(select: Json) -> list[str]:
    """The words of a selection, each with what it is about."""
    (key, values) = next(iter(select.items()))
    return [f"{key}:{value}" for value in values]


# --- django-oscar ------------------------------------------------------------------------------


def oscar_lines(lines: list[Json]) -> list[Json]:
    """The lines of a basket, with the words that a range may ask for."""
    return [
        {
            "price": line["price"],
            "quantity": line["quantity"],
            "words": [
                f"skus:{line['sku']}",
                *(f"categories:{name}" for name in line["categories"]),
                f"brands:{line['brand']}",
                *(f"tags:{name}" for name in line["tags"]),
            ],
        }
        for line in lines
    ]


def oscar_offers(promotion: Json) -> list[Json] | None:
    """The exclusive offers that mean the same: several for tiers, the highest step first."""
    if not _alone(promotion):
        return None
    reward = promotion["reward"]
    most = promotion.get("limit", {}).get("pieces")
    if "bundle" in reward:
        return _oscar_bundle(promotion)
    if "tiers" in reward:
        tiers = reward["tiers"]
        if tiers.get("mode", "all") != "all":
            return None
        needs = "count" if tiers["by"] == "quantity" else "value"
        return [
            _offer(promotion, promotion["take"], needs, step["from"], "percentage", step["percent"], place, times=1)
            for place, step in enumerate(tiers["steps"])
        ]  # fmt: skip
    if "price" in reward:
        price = reward["price"]
        return [
            _offer(promotion, promotion["take"], "count", 1, "price", price, above=price, times=most)
        ]  # fmt: skip
    gives, value = ("percentage", "percent") if "percent" in reward else ("each", "amount")
    return [
        _offer(promotion, promotion["take"], "count", 1, gives, reward[value], pieces=most, times=1)
    ]


def _oscar_bundle(promotion: Json) -> list[Json] | None:
    bundle = promotion["reward"]["bundle"]
    (first, *more) = bundle["sets"]
    if more:
        return None
    of, number = first["of"], first["quantity"]
    if "price" in bundle:
        return [_offer(promotion, of, "count", number, "price", bundle["price"])]
    if "amount" in bundle:
        return [_offer(promotion, of, "count", number, "together", bundle["amount"], pieces=number)]
    if bundle.get("cheapest") == {"percent": "100"}:
        return [_offer(promotion, of, "count", number, "cheapest", None)]
    return None


def _offer(
    promotion: Json,
    of: Json,
    needs: str,
    at_least: object,
    gives: str,
    value: str | None,
    place: int = 0,
    *,
    above: str = "0",
    pieces: int | None = None,
    times: int | None = None,
) -> Json:
    return {
        "id": f"{promotion['id']}/{place}",
        "words": _words(of),
        "above": above,
        "needs": needs,
        "at_least": str(at_least),
        "gives": gives,
        "value": value,
        "pieces": pieces,
        "applications": times,
        "priority": 100 * promotion["priority"] + place,
    }


# --- @medusajs/promotion -----------------------------------------------------------------------


def medusa_lines(lines: list[Json]) -> list[Json]:
    """The items of a cart, in cents."""
    made = []
    for line in lines:
        value = int(Decimal(line["price"]) * 100) * int(line["quantity"])
        made.append(
            {
                "id": line["id"],
                "quantity": int(line["quantity"]),
                "subtotal": value,
                "original_total": value,
                "is_discountable": True,
                "skus": line["sku"],
                "categories": line["categories"],
                "brands": line["brand"],
                "tags": line["tags"],
            }
        )
    return made


def medusa_promotions(promotion: Json) -> list[Json] | None:
    """The promotion that means the same, but for what other promotions do to the same pieces: there, all add up."""
    if not _alone(promotion):
        return None
    reward = promotion["reward"]
    if "bundle" in reward:
        return _medusa_bundle(promotion)
    most = promotion.get("limit", {}).get("pieces")
    if "percent" in reward:
        how: Json = {"type": "percentage", "value": int(reward["percent"]), "allocation": "across"}
    elif "amount" in reward:
        value = int(Decimal(reward["amount"]) * 100)
        how = {"type": "fixed", "value": value, "allocation": "each", "max_quantity": _NO_BOUND}
    else:
        return None
    if most is not None:
        how |= {"allocation": "once", "max_quantity": most}
    return [_medusa(promotion, "standard", {**how, "target_rules": _rules(promotion["take"])})]


def _medusa_bundle(promotion: Json) -> list[Json] | None:
    bundle = promotion["reward"]["bundle"]
    sets = bundle["sets"]
    if len(sets) == 1 and set(bundle.get("cheapest", {})) == {"percent"}:
        buy = get = sets[0]["of"]
        needs, off = sets[0]["quantity"] - 1, bundle["cheapest"]["percent"]
    elif "reduce" in bundle and [each["quantity"] for each in sets] == [1, 1]:
        buy, get = sets[0]["of"], sets[1]["of"]
        needs, off = 1, bundle["reduce"]["percent"]
    else:
        return None
    how = {
        "type": "percentage",
        "value": int(off),
        "allocation": "each",
        "buy_rules": _rules(buy),
        "target_rules": _rules(get),
        "buy_rules_min_quantity": needs,
        "apply_to_quantity": 1,
        "max_quantity": _NO_BOUND,
    }
    return [_medusa(promotion, "buyget", how)]


def _medusa(promotion: Json, sort: str, how: Json) -> Json:
    method = {"target_type": "items", **how}
    return {"code": promotion["id"], "type": sort, "application_method": method}


def _rules(select: Json) -> list[Json]:
    (key, values) = next(iter(select.items()))
    return [{"attribute": key, "operator": "in", "values": [{"value": each} for each in values]}]


def adding_up(lines: list[Json], promotions: list[Json], most: int) -> list[Json]:
    """Those of the promotions that Medusa expresses for single pieces, unlimited, as stacks in the order in which it
    applies them: with these it means what we mean. `most`: how many of them may touch the basket.
    """
    said = [(each, medusa_promotions(each)) for each in promotions if "limit" not in each]
    plain = [
        (promotion, theirs[0]["application_method"]["value"])
        for promotion, theirs in said
        if theirs and theirs[0]["type"] == "standard"
    ]
    plain.sort(key=lambda each: -each[1])
    there = {word for line in oscar_lines(lines) for word in line["words"]}
    kept: list[Json] = []
    touching = 0
    for place, (promotion, _) in enumerate(plain):
        touches = not there.isdisjoint(_words(promotion["take"]))
        if touches and touching == most:
            continue
        touching += touches
        kept.append({**promotion, "combine": "stack", "priority": -place})
    return kept
