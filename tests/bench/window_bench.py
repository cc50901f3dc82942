"""The till's window with very many articles: start, scan to paint, tender to queue, memory, a day without growth."""

from __future__ import annotations

import json
import subprocess
import sys
import time

from pos_client.app.composition import open_till
from pos_client.ports import Operator
from tests.bench.big_chain import barcode_of, big_chain
from tests.bench.figures import Figure, percentile

# One sale a minute for eight hours.
SALES = 480


def run(articles: int) -> list[Figure]:
    """All figures of one till's window, beside the same till without one."""
    chain = big_chain(articles)
    words = ["--data", str(chain.till.root), "--articles", str(articles), "--sales", str(SALES)]
    answer = json.loads(
        subprocess.check_output([sys.executable, "-m", "tests.bench.window_child", *words])
    )
    bare_scans, bare_tenders = _without_window(chain.till.root, articles)
    weights = answer["weights"]
    return [
        Figure("window visible after start", answer["visible_ms"], "ms", aim="500 ms"),
        Figure("ready to sell after start", answer["ready_ms"], "ms", aim="1,500 ms"),
        *_both("scan's end key to paint", answer["scans"], bare_scans, "16 ms"),
        *_both("tender to receipt in the print queue", answer["tenders"], bare_tenders, "50 ms"),
        Figure("till process at log-in", answer["first_mb"], "MB", aim="250 MB"),
        Figure(
            f"till process after {SALES} sales",
            weights[-1],
            "MB",
            f"after {SALES // 4}",
            weights[len(weights) // 4],
            "250 MB, no growth",
        ),
    ]


def _both(name: str, own: list[float], bare: list[float], aim: str) -> list[Figure]:
    against = "without a window"
    return [
        Figure(
            f"{name}, {label}", percentile(own, share), "ms", against, percentile(bare, share), aim
        )
        for label, share in (("median", 0.5), ("p99", 0.99))
    ]


def _without_window(root, articles: int) -> tuple[list[float], list[float]]:
    """The same sales through the presenters, in one thread."""
    till = open_till(root)
    till.recorder.sign_on(Operator("101", "Bench", "cashier", "de"))
    scans, tenders = [], []
    for number in range(SALES // 4):
        for line in range(3):
            code = barcode_of((number * 7919 + line * 104_729) % articles)
            began = time.perf_counter()
            till.basket.on_scan(code)
            scans.append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        till.payment.on_cash()
        till.payment.on_finish()
        tenders.append((time.perf_counter() - began) * 1000)
    till.close()
    return scans, tenders
