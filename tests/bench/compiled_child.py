"""Prices the baskets of the seeded market with the engine that its path gives it; prints what each took."""

from __future__ import annotations

import json
import sys

from tests.bench.promotion_market import Market
from tests.bench.promotions_bench import SEED, market_requests, measured

BASKETS = 200
PUBLISHED = 200


def main() -> None:
    """One measurement; the limit of steps is the argument."""
    market = Market(SEED)
    elsewhere = market.elsewhere(PUBLISHED)
    baskets = [(lines, market.around(lines)) for lines in (market.basket() for _ in range(BASKETS))]
    found = measured(market_requests(baskets, elsewhere, PUBLISHED, "none"), int(sys.argv[1]))
    sys.stdout.write(json.dumps({"took": found.took, "proven": found.proven}))


if __name__ == "__main__":
    main()
