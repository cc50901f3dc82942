"""Stage 1: how a set of item promotions claims and reduces pieces at its best, by the written rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, permutations, product

from tests.support.brute_force.claims import Use, every_piece_saves, uses, within_pick
from tests.support.brute_force.model import Basket, Promotion, give_back, reduction


@dataclass(frozen=True)
class Claims:
    """What stage 1 comes to.

    `applications` by promotion, `claimed` the claiming promotion of each piece ("" = none), `off` what
    each promotion takes off each piece, `prices` after the stage. `undecided`: the written rules leave
    more than one way to share the reductions over the lines.
    """

    applications: Mapping[str, int]
    claimed: tuple[str, ...]
    off: Mapping[str, Mapping[int, int]]
    prices: tuple[int, ...]
    undecided: bool = False


@dataclass
class _Best:
    """The best found so far, and every sharing over the lines that the written ties do not part."""

    key: tuple[object, ...] | None = None
    last: tuple[object, ...] = ()
    claims: Claims | None = None
    shares: set[object] = field(default_factory=set)


Takes = tuple[Mapping[int, int], ...]


def no_claims(basket: Basket) -> Claims:
    """Stage 1 without any promotion."""
    return Claims({}, ("",) * len(basket.pieces), {}, basket.list)


def best_claims(
    basket: Basket,
    used: Sequence[Promotion],
    before: Claims | None = None,
) -> Claims | None:
    """The claims of a set of item promotions in which each is used; None if that is impossible.

    With `before` those claims stand, and the promotions share the pieces that are left.
    """
    base = before or no_claims(basket)
    if not used:
        return base
    ones = sorted((one for one in used if one.combine != "stack"), key=lambda one: one.id)
    stacks = sorted((one for one in used if one.combine == "stack"), key=lambda one: one.order)
    best = _Best()
    known: dict[tuple[int, ...], list[tuple[tuple[int, ...], Takes]]] = {}
    free = frozenset(piece for piece in basket.pieces if not base.claimed[piece])
    for chosen in _all_uses(basket, ones, free, {}):
        for claims in _arrangements(basket, _with_uses(base, chosen), stacks):
            if claims.prices not in known:
                known[claims.prices] = list(_stacked(basket, stacks, claims.prices))
            for prices, takes in known[claims.prices]:
                _compare(basket, best, claims, stacks, takes, prices)
    if best.claims is None:
        return None
    return replace(best.claims, undecided=base.undecided or len(best.shares) > 1)


def _all_uses(
    basket: Basket,
    ones: Sequence[Promotion],
    free: frozenset[int],
    known: dict[tuple[str, frozenset[int]], list[Use]],
) -> Iterator[tuple[Use, ...]]:
    """Every way in which all of these promotions claim pieces, none of them twice."""
    if not ones:
        yield ()
        return
    first = ones[0]
    if (first.id, free) not in known:
        known[first.id, free] = list(uses(basket, first, free))
    for use in known[first.id, free]:
        for rest in _all_uses(basket, ones[1:], free - use.claimed, known):
            yield (use, *rest)


def _with_uses(base: Claims, chosen: Sequence[Use]) -> Claims:
    """The claims with further uses of free pieces."""
    claimed, prices = list(base.claimed), list(base.prices)
    applications, off = dict(base.applications), dict(base.off)
    for use in chosen:
        applications[use.promotion.id] = use.applications
        off[use.promotion.id] = {piece: amount for piece, amount in use.off.items() if amount}
        for piece in use.claimed:
            claimed[piece] = use.promotion.id
            prices[piece] -= use.off.get(piece, 0)
    return Claims(applications, tuple(claimed), off, tuple(prices))


def _arrangements(basket: Basket, claims: Claims, stacks: Sequence[Promotion]) -> Iterator[Claims]:
    """The claims with the pieces of each line in every order, where the order can matter.

    It matters only where a cap gives back from the last piece of the row.
    """
    if all(one.cap is None for one in stacks):
        yield claims
        return
    orders = []
    for begin in sorted({basket.of_line(line)[0] for line in basket.lines}):
        different: dict[tuple[object, ...], tuple[int, ...]] = {}
        for order in permutations(basket.of_line(basket.row[begin])):
            alike = tuple(
                (
                    claims.claimed[piece],
                    claims.prices[piece],
                    *(by_piece.get(piece, 0) for by_piece in claims.off.values()),
                )
                for piece in order
            )
            different.setdefault(alike, order)
        orders.append(list(different.values()))
    for chosen in product(*orders):
        yield _reordered(claims, [piece for order in chosen for piece in order])


def _reordered(claims: Claims, order: Sequence[int]) -> Claims:
    """The claims with what was at `order[i]` in the row now at `i`."""
    place = {piece: at for at, piece in enumerate(order)}
    return Claims(
        claims.applications,
        tuple(claims.claimed[piece] for piece in order),
        {
            name: {place[piece]: amount for piece, amount in by_piece.items()}
            for name, by_piece in claims.off.items()
        },
        tuple(claims.prices[piece] for piece in order),
    )


# --- stacks -----------------------------------------------------------------------------------------


def _stacked(
    basket: Basket, stacks: Sequence[Promotion], prices: tuple[int, ...]
) -> Iterator[tuple[tuple[int, ...], Takes]]:
    """Every way to apply all of these stacks in turn: the prices after them, and what each takes off."""
    if not stacks:
        yield prices, ()
        return
    for take in _stack_takes(basket, stacks[0], prices):
        after = tuple(price - take.get(piece, 0) for piece, price in enumerate(prices))
        for last, takes in _stacked(basket, stacks[1:], after):
            yield last, (take, *takes)


def _stack_takes(
    basket: Basket, stack: Promotion, prices: Sequence[int]
) -> Iterator[Mapping[int, int]]:
    """Every way for one stack to take something off at its turn."""
    among = [
        piece
        for piece in basket.reducible(stack.take)
        if not (stack.only_unreduced and prices[piece] < basket.list[piece])
    ]
    off = {p: reduction(stack.reward, prices[p], basket.floor[p]) for p in among}
    able = [piece for piece in among if off[piece]]
    if "pieces" not in stack.limit:
        kept = give_back({piece: off[piece] for piece in able}, stack.cap)
        if any(kept.values()):
            yield {piece: amount for piece, amount in kept.items() if amount}
        return
    for count in range(1, min(stack.limit["pieces"], len(able)) + 1):
        for chosen in combinations(able, count):
            if within_pick(basket, stack, chosen, among):
                take = every_piece_saves({piece: off[piece] for piece in chosen}, stack.cap)
                if take is not None:
                    yield take


# --- the written order ------------------------------------------------------------------------------


def _compare(
    basket: Basket,
    best: _Best,
    claims: Claims,
    stacks: Sequence[Promotion],
    takes: Takes,
    prices: tuple[int, ...],
) -> None:
    """Keep this way if it comes before the best one.

    Lowest total; fewer applications; fewer claimed pieces; then along the row claimed before unclaimed,
    the lower price, the smaller id. The pieces of one line are interchangeable, so those of a line
    stand in the order that is best by the same three rules. What these leave open is decided by the
    larger reduction along the row, of the promotions applied first.
    """
    total = sum(prices)
    if best.key is not None and (total,) > best.key[:1]:
        return
    facts = [
        (
            0 if claims.claimed[piece] else 1,
            prices[piece],
            claims.claimed[piece],
            (claims.prices[piece], *(-take.get(piece, 0) for take in takes)),
        )
        for piece in basket.pieces
    ]
    row: list[tuple[int, int, str, tuple[int, ...]]] = []
    while len(row) < len(facts):
        end = len(row) + basket.row[len(row)].count
        row += sorted(facts[len(row) : end])
    claimed, after, owners, last = (tuple(part) for part in zip(*row, strict=True))
    used = sum(claims.applications.values()) + len(stacks)
    key = (total, used, claimed.count(0), claimed, after, owners)
    if best.key is not None and key > best.key:
        return
    better = best.key is None or key < best.key
    if better:
        best.shares.clear()
    off = {**claims.off, **{one.id: take for one, take in zip(stacks, takes, strict=True)}}
    best.shares.add(_by_line(basket, off))
    if better or last < best.last:
        applications = {**claims.applications, **{one.id: 1 for one in stacks}}
        best.claims = Claims(applications, claims.claimed, off, prices)
        best.last = last
    best.key = key


def _by_line(basket: Basket, off: Mapping[str, Mapping[int, int]]) -> object:
    shares: dict[tuple[str, int], int] = {}
    for name, by_piece in off.items():
        for piece, amount in by_piece.items():
            at = (name, basket.row[piece].index)
            shares[at] = shares.get(at, 0) + amount
    return frozenset(shares.items())
