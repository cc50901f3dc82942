"""`python3 run.py bench [NAME ...]`: runs the benches and prints their figures as a table."""

from __future__ import annotations

import argparse
import importlib
import platform
import sys
import time

from tests.bench.figures import Figure, table

BENCHES = {
    "intake": "journal intake and projection, SQLite and PostgreSQL, against plain bulk inserts",
    "authorisations": "gift cards held over HTTP for 32 tills, at 20/s and as fast as it goes, on PostgreSQL",
    "ledger": "posting, spends one by one, balances of past moments, verify, on PostgreSQL",
    "article_search": "finding articles among 1,000,000 by words, brand, category or number",
    "customers": "finding one of 1,000,000 customers by name, telephone number, mail address or card",
    "figures": "figures of a period over 1,000,000 receipt lines and more, and how that grows",
    "till": "scan, search and completed sale on a till with 1,000,000 articles",
    "window": "the till's window: start, scan to paint, tender, memory over a day of sales",
    "devices": "messages of a card terminal, and receipts as bytes for the printer",
    "snapshot": "reference file of 1,000,000 articles: import, build, install; price change to a till",
    "server": "memory of the server process",
    "promotions": "the promotion engine: time of a pricing, proof, explanations, many pieces",
    "compiled": "the promotion engine as the packages have it, compiled, against its files as they are",
    "backtest": "a draft promotion tried on stored receipts",
}


def main() -> int:
    """Run the named benches, or all."""
    listed = "\n".join(f"  {name:10} {text}" for name, text in BENCHES.items())
    parser = argparse.ArgumentParser(
        prog="run.py bench", epilog=listed, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument(
        "--articles", type=int, default=1_000_000, help="articles in the catalogue (1,000,000)"
    )
    parser.add_argument(
        "--compare",
        action="store_true",
        help="promotions: django-oscar and @medusajs/promotion on the same baskets, installed by pip and npm into the"
        " user's cache at the first time",
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument(
        "--small",
        dest="size",
        action="store_const",
        const="small",
        help="articles, customers and figures: a hundredth, to see that the benches work",
    )
    for name, text in (("long", "10,000,000"), ("full", "100,000,000")):
        size.add_argument(
            f"--{name}",
            dest="size",
            action="store_const",
            const=name,
            help=f"figures: {text} lines",
        )
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in BENCHES]:
        print(
            f"unknown bench: {', '.join(unknown)}; there are {', '.join(BENCHES)}", file=sys.stderr
        )
        return 2
    figures: list[Figure] = []
    for name in options.names or BENCHES:
        print(f"bench {name}: {BENCHES[name]} …", file=sys.stderr, flush=True)
        started = time.perf_counter()
        bench = importlib.import_module(f"tests.bench.{name}_bench")
        articles = options.articles // 100 if options.size == "small" else options.articles
        count = bench.SIZES[options.size or ""] if name == "figures" else articles
        figures += bench.run(count)
        if options.compare and name == "promotions":
            figures += importlib.import_module("tests.bench.rivals.compared").run()
        print(f"bench {name}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    print(f"{platform.machine()}, Python {platform.python_version()}\n\n{table(figures)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
