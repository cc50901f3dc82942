"""Every admissible way in which one item promotion may use the pieces that are free.

The pieces of one line are interchangeable, so of each line the first free ones are taken; whoever
depends on the order within a line puts the pieces in every order afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from tests.support.brute_force.model import (
    Basket,
    Json,
    Promotion,
    give_back,
    matches,
    reduction,
    spread,
)


@dataclass(frozen=True)
class Use:
    """One promotion with the pieces it claims and what it takes off each, after its cap."""

    promotion: Promotion
    applications: int
    claimed: frozenset[int]
    off: Mapping[int, int]


def uses(basket: Basket, promotion: Promotion, free: frozenset[int]) -> Iterator[Use]:
    """Every admissible use of the free pieces, at least one application each."""
    if promotion.is_bundle:
        yield from _bundle_uses(basket, promotion, free)
        return
    eligible = [piece for piece in basket.reducible(promotion.take) if piece in free]
    for chosen in _subsets(basket, eligible):
        if not chosen:
            continue
        if "tiers" in promotion.reward:
            off = _tier_use(basket, promotion, chosen)
        else:
            off = _piece_use(basket, promotion, chosen)
        if off is not None:
            yield Use(promotion, 1, frozenset(chosen), off)


def _subsets(basket: Basket, pieces: Sequence[int]) -> Iterator[list[int]]:
    """Subsets along the row, of each line the first ones."""
    lines = [[p for p in pieces if basket.row[p] is line] for line in basket.lines]
    for counts in product(*(range(len(line) + 1) for line in lines)):
        yield sorted(p for line, count in zip(lines, counts, strict=True) for p in line[:count])


# --- percent, amount, price for each piece ----------------------------------------------------------


def within_pick(
    basket: Basket, promotion: Promotion, chosen: Sequence[int], among: Sequence[int]
) -> bool:
    """Whether `limit.pieces` and `pick` allow these of the pieces `among` which is picked."""
    if "pieces" not in promotion.limit:
        return True
    most = int(promotion.limit["pieces"])
    pick = promotion.limit.get("pick", "best")
    if pick == "best":
        return len(chosen) <= most
    row = basket.cheapest_first(among) if pick == "cheapest" else sorted(among)
    picked = [_alike(basket, piece) for piece in row[:most]]
    wanted = [_alike(basket, piece) for piece in chosen]
    return all(wanted.count(kind) <= picked.count(kind) for kind in set(wanted))


def _alike(basket: Basket, piece: int) -> tuple[int, int, str]:
    """Pieces of equal price, floor and sku are equal: any of them may be had."""
    return (basket.list[piece], basket.floor[piece], basket.row[piece].sku)


def _piece_use(
    basket: Basket, promotion: Promotion, chosen: Sequence[int]
) -> Mapping[int, int] | None:
    if not within_pick(basket, promotion, chosen, basket.reducible(promotion.take)):
        return None
    return every_piece_saves(
        {p: reduction(promotion.reward, basket.list[p], basket.floor[p]) for p in chosen},
        promotion.cap,
    )


def every_piece_saves(off: Mapping[int, int], cap: int | None) -> Mapping[int, int] | None:
    """What is taken off under the cap, or None where a piece would be claimed for nothing."""
    kept = give_back(off, cap)
    return kept if all(kept.values()) else None


# --- tiers ------------------------------------------------------------------------------------------


def step_for(steps: Sequence[Json], reached: int) -> Json | None:
    """The step with the highest `from` that is reached; steps run from the lowest up."""
    found = None
    for step in steps:
        if step["from"] <= reached:
            found = step
    return found


def _tier_use(
    basket: Basket, promotion: Promotion, chosen: Sequence[int]
) -> Mapping[int, int] | None:
    tiers = promotion.reward["tiers"]
    if len(chosen) > promotion.limit.get("pieces", len(chosen)):
        return None
    off = dict.fromkeys(chosen, 0)
    if tiers["mode"] == "each":
        in_row = sorted(chosen)
        if tiers["order"] == "cheapest_first":
            in_row = basket.cheapest_first(chosen)
        for position, piece in enumerate(in_row, start=1):
            step = step_for(tiers["steps"], position)
            if step is not None:
                off[piece] = reduction(step, basket.list[piece], basket.floor[piece])
    else:
        reached = len(chosen) if tiers["by"] == "quantity" else sum(basket.list[p] for p in chosen)
        step = step_for(tiers["steps"], reached)
        if step is None:
            return None
        off = {p: reduction(step, basket.list[p], basket.floor[p]) for p in chosen}
    kept = give_back(off, promotion.cap)
    return kept if sum(kept.values()) else None


# --- bundles ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Application:
    """One filled bundle as counts of pieces for each line: those of the reduced set, and the others."""

    aimed: tuple[int, ...]
    others: tuple[int, ...]


def may_serve(bundle: Json, number: int, basket: Basket, line: int) -> bool:
    """Whether the pieces of a line may serve a set of a bundle."""
    facts = basket.lines[line]
    only_qualifies = "reduce" in bundle and bundle["reduce"]["set"] != number
    if not facts.discountable and not only_qualifies:
        return False
    return matches(bundle["sets"][number].get("of", {}), facts)


def aimed_pieces(bundle: Json) -> int:
    """How many pieces of one application the reward is aimed at."""
    if "reduce" in bundle:
        return quantity_of(bundle["sets"][bundle["reduce"]["set"]])
    if "cheapest" in bundle:
        return int(bundle["cheapest"].get("count", 1))
    return sum(quantity_of(one) for one in bundle["sets"])


def quantity_of(one: Json) -> int:
    """The pieces that a set needs."""
    return int(one.get("quantity", 1))


def most_applications(promotion: Promotion, otherwise: int) -> int:
    """How often the limits let a bundle be applied."""
    most = int(promotion.limit.get("applications", otherwise))
    if "pieces" in promotion.limit:
        fitting = promotion.limit["pieces"] // aimed_pieces(promotion.reward["bundle"])
        most = min(most, int(fitting))
    return most


def _bundle_uses(basket: Basket, promotion: Promotion, free: frozenset[int]) -> Iterator[Use]:
    stock = tuple(sum(piece in free for piece in basket.of_line(line)) for line in basket.lines)
    possible = _applications(basket, promotion.reward["bundle"], stock)
    most = most_applications(promotion, sum(stock))

    def fill(
        first: int, left: tuple[int, ...], made: tuple[Application, ...]
    ) -> Iterator[tuple[Application, ...]]:
        if made:
            yield made
        if len(made) >= most:
            return
        for number in range(first, len(possible)):
            after = _without(left, possible[number])
            if min(after, default=0) >= 0:
                yield from fill(number, after, (*made, possible[number]))

    for made in fill(0, stock, ()):
        use = _bundle_use(basket, promotion, free, made)
        if use is not None:
            yield use


def _without(stock: Sequence[int], application: Application) -> tuple[int, ...]:
    taken = zip(stock, application.aimed, application.others, strict=True)
    return tuple(has - aimed - others for has, aimed, others in taken)


def _applications(basket: Basket, bundle: Json, stock: Sequence[int]) -> list[Application]:
    """Every different single application that the free pieces of each line can fill."""
    ways = []
    for number, one in enumerate(bundle["sets"]):
        spans = [
            range(has + 1) if may_serve(bundle, number, basket, line) else range(1)
            for line, has in enumerate(stock)
        ]
        ways.append([counts for counts in product(*spans) if sum(counts) == quantity_of(one)])
    found: dict[Application, None] = {}
    for chosen in product(*ways):
        aimed, others = [0] * len(stock), [0] * len(stock)
        for number, counts in enumerate(chosen):
            only_qualifies = "reduce" in bundle and bundle["reduce"]["set"] != number
            target = others if only_qualifies else aimed
            for line, count in enumerate(counts):
                target[line] += count
        application = Application(tuple(aimed), tuple(others))
        if min(_without(stock, application), default=0) >= 0:
            found[application] = None
    return list(found)


def _bundle_use(
    basket: Basket, promotion: Promotion, free: frozenset[int], made: Sequence[Application]
) -> Use | None:
    """The use with concrete pieces, or None where an application saves nothing or comes after the cap."""
    bundle = promotion.reward["bundle"]
    left = [[p for p in basket.of_line(line) if p in free] for line in basket.lines]
    claimed: list[int] = []
    off: dict[int, int] = {}
    saved: list[int] = []
    for application in made:
        aimed = [left[i].pop(0) for i, count in enumerate(application.aimed) for _ in range(count)]
        rest = [left[i].pop(0) for i, count in enumerate(application.others) for _ in range(count)]
        claimed += aimed + rest
        if "price" in bundle or "amount" in bundle:
            saved.append(_together(basket, bundle, aimed))
            continue
        own = _for_each_piece(basket, bundle, aimed)
        off.update(own)
        saved.append(sum(own.values()))
    if not all(saved):
        return None
    if promotion.cap is not None and sum(saved) - max(saved) >= promotion.cap:
        return None
    if "price" in bundle or "amount" in bundle:
        rooms = {p: basket.list[p] - basket.floor[p] for p in claimed}
        off = spread(basket, sum(saved), {p: basket.list[p] for p in claimed}, rooms)
    kept = give_back(off, promotion.cap)
    return Use(promotion, len(made), frozenset(claimed), kept) if sum(kept.values()) else None


def _together(basket: Basket, bundle: Json, pieces: Sequence[int]) -> int:
    """What one application with one price or one amount takes off all its pieces together."""
    whole = sum(basket.list[p] for p in pieces)
    room = whole - sum(basket.floor[p] for p in pieces)
    wanted = int(bundle["amount"]) if "amount" in bundle else max(0, whole - int(bundle["price"]))
    return min(wanted, room)


def _for_each_piece(basket: Basket, bundle: Json, aimed: Sequence[int]) -> dict[int, int]:
    """What one application takes off the pieces that it is aimed at."""
    step: Json = bundle
    pieces = list(aimed)
    if "reduce" in bundle:
        step = bundle["reduce"]
    elif "cheapest" in bundle:
        step = bundle["cheapest"]
        pieces = basket.cheapest_first(aimed)[: aimed_pieces(bundle)]
    return {p: reduction(step, basket.list[p], basket.floor[p]) for p in pieces}
