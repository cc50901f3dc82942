"""The promotion engine on the seeded market: time of a pricing by promotions published, proof, hints, many pieces.

Time is processor time of this process, so that other work on the machine does not count.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from shared.promotions import FRAME_STEPS, PROOF_STEPS, Book, Memory, price, read_request, result
from shared.promotions.terms import Request
from tests.bench.figures import Figure, percentile
from tests.bench.promotion_market import LINES, Market

BASKETS = 60
PUBLISHED = (100, 1_000, 10_000)
SEED = 7
_NOW = datetime(2026, 11, 21, 10, 15, tzinfo=UTC)
_MILLI = 1000.0


@dataclass(slots=True)
class Samples:
    """Milliseconds of each basket, and how many were proven."""

    took: list[float] = field(default_factory=list)
    proven: int = 0

    def at(self, share: float) -> float:
        """The time that `share` of the baskets do not exceed."""
        return percentile(self.took, share)

    @property
    def open_share(self) -> float:
        """Per cent of the baskets that are not proven."""
        return 100 * (1 - self.proven / len(self.took))


def request(lines: list[dict[str, Any]], promotions: list[dict[str, Any]], explain: str) -> Request:
    """A request as the command reads it."""
    document = {"context": {"explain": explain}, "lines": lines, "promotions": promotions}
    return read_request(document, _NOW)


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing is collected while it is measured: the till collects between customers."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def measured(asked: list[tuple[Book, Request]], steps: int, *, explained: bool = False) -> Samples:
    """Price each basket once."""
    samples = Samples()
    with quiet():
        for book, one in asked:
            started = time.process_time()
            priced = price(book, one.context, one.lines, steps)
            if explained:
                result(priced)
            samples.took.append((time.process_time() - started) * _MILLI)
            samples.proven += priced.optimal
    return samples


def run(_articles: int) -> list[Figure]:
    """Figures of the promotion engine."""
    market = Market(SEED)
    baskets = [(lines, market.around(lines)) for lines in (market.basket() for _ in range(BASKETS))]
    elsewhere = market.elsewhere(max(PUBLISHED))
    figures = _index(elsewhere)
    first: Samples | None = None
    for published in PUBLISHED:
        asked = market_requests(baskets, elsewhere, published, "none")
        samples = measured(asked, FRAME_STEPS)
        first = first or samples
        name = f"{LINES} lines, {published:,} published, in the frame"
        aims = ("2 ms", "10 ms", "16 ms") if published == max(PUBLISHED) else ("", "", "")
        figures += [
            Figure(f"{name}, p50", samples.at(0.5), "ms", "100 published", first.at(0.5), aims[0]),
            Figure(
                f"{name}, p95", samples.at(0.95), "ms", "100 published", first.at(0.95), aims[1]
            ),
            Figure(f"{name}, longest", max(samples.took), "ms", "", None, aims[2]),
            Figure(
                f"{name}, not proven", samples.open_share, "%", "", None, "2 %" if aims[0] else ""
            ),
        ]
    asked = market_requests(baskets, elsewhere, PUBLISHED[0], "none")
    proof = measured(asked, PROOF_STEPS)
    figures += [
        Figure("off the frame, p95", proof.at(0.95), "ms", "in the frame", first.at(0.95), "300 ms"),
        Figure("off the frame, not proven", proof.open_share, "%", "in the frame", first.open_share, "1 %"),
    ]  # fmt: skip
    hints = measured(
        market_requests(baskets, elsewhere, max(PUBLISHED), "near"), FRAME_STEPS, explained=True
    )
    figures.append(
        Figure(
            "with explanations (near), p99",
            hints.at(0.99),
            "ms",
            "without",
            first.at(0.99),
            "100 ms",
        )
    )
    return figures + _one_more(baskets) + _many(market)


def _one_more(
    baskets: list[tuple[list[dict[str, Any]], list[dict[str, Any]]]],
) -> list[Figure]:
    """The last five scans of each basket, with what the scans before have solved and from scratch."""
    fresh, remembered = Samples(), Samples()
    for lines, around in baskets:
        one = request(lines, around, "none")
        book, memory = Book(one.promotions), Memory()
        price(book, one.context, one.lines[:-5], FRAME_STEPS, memory)
        with quiet():
            for number in range(len(one.lines) - 4, len(one.lines) + 1):
                for samples, known in ((fresh, None), (remembered, memory)):
                    started = time.process_time()
                    price(book, one.context, one.lines[:number], FRAME_STEPS, known)
                    samples.took.append((time.process_time() - started) * _MILLI)
    return [
        Figure(
            f"one more scan, {name}", remembered.at(share), "ms", "from scratch", fresh.at(share)
        )
        for name, share in (("p50", 0.5), ("p95", 0.95))
    ]


def market_requests(
    baskets: list[tuple[list[dict[str, Any]], list[dict[str, Any]]]],
    elsewhere: list[dict[str, Any]],
    published: int,
    explain: str,
) -> list[tuple[Book, Request]]:
    found = []
    for lines, around in baskets:
        promotions = around + elsewhere[: max(published - len(around), 0)]
        one = request(lines, promotions, explain)
        found.append((Book(one.promotions), Request(one.context, one.lines)))
    return found


def _index(elsewhere: list[dict[str, Any]]) -> list[Figure]:
    promotions = request([], elsewhere, "none").promotions
    with quiet():
        started = time.process_time()
        Book(promotions)
        took = (time.process_time() - started) * _MILLI
        started = time.process_time()
        Book(promotions[:100])
        small = (time.process_time() - started) * _MILLI
    return [
        Figure(f"index of {len(promotions):,} promotions", took, "ms", "of 100", small, "1,000 ms")
    ]


def _many(market: Market) -> list[Figure]:
    """6,000 pieces on 30 lines: the pieces of a line are one class with a count."""
    lines = market.basket(LINES, 6_000)
    few = [{**line, "quantity": "2"} for line in lines]
    half = {"skus": [line["sku"] for line in lines[:15]]}
    three = {
        "id": "A",
        "reward": {"bundle": {"sets": [{"of": {}, "quantity": 3}], "cheapest": {"percent": "100"}}},
    }
    steps = [{"from": 2, "percent": "10"}, {"from": 3, "percent": "20"}]
    kinds = {
        "3 for 2": [three],
        "20 % and 10 %": [{"id": "A", "reward": {"percent": "20"}}, {"id": "B", "take": half, "reward": {"percent": "10"}}],  # noqa: E501
        "3 for 2 against 40 %": [three, {"id": "B", "take": half, "reward": {"percent": "40"}}],
        "tiers against 15 %": [
            {"id": "A", "reward": {"tiers": {"by": "quantity", "steps": steps}}},
            {"id": "B", "take": half, "reward": {"percent": "15"}},
        ],
    }  # fmt: skip
    figures = []
    for name, promotions in kinds.items():
        took = []
        for these in (lines, few):
            one = request(these, promotions, "none")
            asked = [(Book(one.promotions), Request(one.context, one.lines))] * 5
            took.append(min(measured(asked, PROOF_STEPS).took))
        figures.append(
            Figure(f"6,000 pieces, {name}", took[0], "ms", "60 pieces", took[1], "50 ms")
        )
    return figures
