"""The promotion engine beside django-oscar and @medusajs/promotion, on the same baskets and promotions in one run.

Each rival is given the promotions that it can express, and the engine gets the same ones. Times are of the pure
computation after a turn to warm up, the fastest of three a basket. The optimum is what the engine proves.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from shared.promotions import FRAME_STEPS, PROOF_STEPS, Book, Priced, price
from shared.promotions.terms import Request
from tests.bench.figures import Figure, percentile
from tests.bench.promotion_market import Market
from tests.bench.promotions_bench import quiet, request
from tests.bench.rivals.scratch import MEDUSA, OSCAR, NotThereError, Rival
from tests.bench.rivals.terms import (
    adding_up,
    kind,
    medusa_lines,
    medusa_promotions,
    oscar_lines,
    oscar_offers,
    pieces_only,
)

BASKETS, SEED, TURNS = 60, 7, 3
PUBLISHED = (50, 200, 500)

MOST_STACKS = 8
"""Stacks on one basket where everything adds up: the engine looks at every set of them, so that many take it long."""

Json = dict[str, Any]
Terms = Callable[[Json], list[Json] | None]
Case = tuple[list[Json], list[Json]]
"""The lines of a basket and the promotions published for it."""


def as_published(promotions: list[Json], _lines: list[Json], terms: Terms) -> list[Json]:
    """Those that the rival has words for."""
    return [each for each in promotions if terms(each) is not None]


def best_first(promotions: list[Json], lines: list[Json], terms: Terms) -> list[Json]:
    """The same, those first that alone save most on this basket, which no priority given beforehand can know."""
    ranked = []
    for each in as_published(promotions, lines, terms):
        book, one = asked_for(lines, [each])
        ranked.append({**each, "priority": discount(price(book, one.context, one.lines))})
    return ranked


def all_added(promotions: list[Json], lines: list[Json], _terms: Terms) -> list[Json]:
    """Promotions that all add up, for both sides."""
    return adding_up(lines, promotions, MOST_STACKS)


@dataclass(frozen=True, slots=True)
class Side:
    """One comparison: which promotions both sides get of those published, and how the rival is told."""

    name: str
    rival: Rival
    lines: Callable[[list[Json]], list[Json]]
    terms: Terms
    choose: Callable[[list[Json], list[Json], Terms], list[Json]] = as_published

    def told(self, lines: list[Json], promotions: list[Json]) -> Json:
        """A case in the rival's words."""
        alone = ({**each, "combine": "one"} for each in promotions)
        said = [one for each in alone for one in self.terms(each) or ()]
        return {"lines": self.lines(lines), "promotions": said}

    def cents(self, answer: Json) -> Decimal:
        """What the rival has taken off."""
        return Decimal(answer["discount"]) * (100 if self.rival is OSCAR else 1)


SIDES = (
    Side("django-oscar", OSCAR, oscar_lines, oscar_offers),
    Side("django-oscar, best first", OSCAR, oscar_lines, oscar_offers, best_first),
    Side("@medusajs/promotion", MEDUSA, medusa_lines, medusa_promotions),
    Side("@medusajs/promotion, all add up", MEDUSA, medusa_lines, medusa_promotions, all_added),
)


@dataclass(slots=True)
class Sums:
    """How the prices of one side compare to the optimum; amounts are cents, times milliseconds."""

    took: list[float] = field(default_factory=list)
    given: float = 0
    best: float = 0
    worse: int = 0
    against_the_rules: int = 0

    def add(self, took: float, discount: Decimal, optimum: int, rounding: int) -> None:
        """Count a basket; a difference of up to `rounding` cents is one of rounding."""
        self.took.append(took)
        if discount > optimum + rounding:
            self.against_the_rules += 1
            return
        self.worse += discount < optimum - rounding
        self.given += min(int(discount), optimum)
        self.best += optimum

    def share(self, number: int) -> float:
        """Per cent of the baskets."""
        return 100 * number / len(self.took)

    @property
    def distance(self) -> float:
        """Per cent of the best discount that customers do not get, over the baskets priced by the rules."""
        return 100 * (1 - self.given / self.best) if self.best else 0


def run() -> list[Figure]:
    """Figures of the comparison; a rival that cannot be installed is left out, and said so."""
    market = Market(SEED)
    baskets = [pieces_only(market.basket()) for _ in range(BASKETS)]
    around = list(zip(baskets, (market.around(lines) for lines in baskets), strict=True))
    elsewhere = market.elsewhere(max(PUBLISHED))
    figures = []
    for side in SIDES:
        try:
            for number in PUBLISHED:
                cases = [(lines, (near + elsewhere)[:number]) for lines, near in around]
                figures += _compared(side, number, cases)
            if side.choose is as_published:
                figures += _expressed(side, around)
        except NotThereError as missing:
            print(f"{side.name} is left out: {missing}", file=sys.stderr)
    return figures


def _compared(side: Side, number: int, published: list[Case]) -> list[Figure]:
    cases = [(lines, side.choose(promotions, lines, side.terms)) for lines, promotions in published]
    answers = side.rival.run([side.told(lines, promotions) for lines, promotions in cases], TURNS)
    asked = [asked_for(lines, promotions) for lines, promotions in cases]
    ours, theirs = Sums(), Sums()
    for took, (book, one), answer in zip(_times(asked), asked, answers, strict=True):
        best = price(book, one.context, one.lines, PROOF_STEPS)
        if best.optimal:
            found = discount(price(book, one.context, one.lines, FRAME_STEPS))
            ours.add(took, Decimal(found), discount(best), 0)
            theirs.add(answer["ms"], side.cents(answer), discount(best), _cents_of_rounding(one))
    mean = sum(len(promotions) for _, promotions in cases) / len(cases)
    figures = _figures(side, f"{number} published, {mean:.0f} compared", ours, theirs)
    if lookups := sum(answer["lookups"] for answer in answers):
        count = lookups / len(cases)
        figures.append(Figure(f"{side.name}: its database asked", count, "times a basket"))
    return figures


def asked_for(lines: list[Json], promotions: list[Json]) -> tuple[Book, Request]:
    """A basket as the engine gets it: the book is built beforehand."""
    one = request(lines, promotions, "none")
    return Book(one.promotions), Request(one.context, one.lines)


def discount(priced: Priced) -> int:
    """What is taken off in all, in cents."""
    return priced.basket.list_total - priced.chosen.total


def _cents_of_rounding(one: Request) -> int:
    """A cent a piece: the rivals round sums where the engine rounds pieces, or not at all."""
    return sum(line.quantity for line in one.lines) // 1000


def _times(asked: list[tuple[Book, Request]]) -> list[float]:
    fastest = [float("inf")] * len(asked)
    for turn in range(TURNS + 1):
        with quiet():
            for place, (book, one) in enumerate(asked):
                started = time.process_time()
                price(book, one.context, one.lines, FRAME_STEPS)
                took = (time.process_time() - started) * 1000
                if turn:
                    fastest[place] = min(fastest[place], took)
    return fastest


def _figures(side: Side, name: str, ours: Sums, theirs: Sums) -> list[Figure]:
    """Ours, and beside it the rival's."""
    broken = theirs.share(theirs.against_the_rules)
    rows = [
        ("p50", percentile(ours.took, 0.5), percentile(theirs.took, 0.5), "ms"),
        ("p95", percentile(ours.took, 0.95), percentile(theirs.took, 0.95), "ms"),
        ("against the rules", ours.share(ours.against_the_rules), broken, "% of the baskets"),
        ("dearer than the best", ours.share(ours.worse), theirs.share(theirs.worse), "% of the baskets"),
        ("discount missed of the best", ours.distance, theirs.distance, "%"),
    ]  # fmt: skip
    figures = [
        Figure(f"{side.name}: {name}, {what}", mine, unit, "theirs", its)
        for what, mine, its, unit in rows
    ]
    if len(ours.took) < BASKETS:
        proven = 100 * len(ours.took) / BASKETS
        figures.append(
            Figure(f"{side.name}: {name}, with a proven best", proven, "% of the baskets")
        )
    return figures


def _expressed(side: Side, around: list[Case]) -> list[Figure]:
    """How many promotions of each kind the rival has words for, and how many it prices as well when they are alone."""
    all_of = Counter(kind(each) for _, near in around for each in near)
    cases = [
        (lines, [each])
        for lines, near in around
        for each in as_published(near, lines, side.terms)
    ]  # fmt: skip
    answers = side.rival.run([side.told(lines, alone) for lines, alone in cases], 1)
    said: Counter[str] = Counter()
    alike: Counter[str] = Counter()
    for (lines, alone), answer in zip(cases, answers, strict=True):
        book, one = asked_for(lines, alone)
        off = side.cents(answer) - discount(price(book, one.context, one.lines))
        said[kind(alone[0])] += 1
        alike[kind(alone[0])] += abs(off) <= _cents_of_rounding(one)
    figures = []
    for name, number in sorted(all_of.items()):
        title = f"{side.name} can express: {name}"
        figures.append(Figure(title, said[name], "promotions", "published", number))
        if said[name]:
            title = f"{side.name} prices as well if it is alone: {name}"
            figures.append(Figure(title, alike[name], "promotions", "expressed", said[name]))
    return figures
