"""`tresen demo`: the chain is loaded, centre and sync run, a till sells, and the day's figures say so."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pos_client.app.demo.headless_till import HeadlessTill
from pos_client.app.joining import join
from pos_client.app.local_centre import LocalCentre, home_and_port
from pos_client.runtime.clock import sleep
from pos_client.storage.paths import DataPaths
from shared.errors import DomainError, EnvironmentProblem
from shared.money import Money

STORE, TILL, CASHIER, PIN = "DE01", "DE01-T1", "102", "493817"
HEAD_OFFICE = ("1", "kranich-und-kater")
_FLOAT = 20_000
_WORD = "Hemd"
_REFERENCE_STEP = 0.5
_REFERENCE_SECONDS = 60.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `demo`."""
    parser.add_argument(
        "--headless",
        action="store_true",
        help="end when the figures are printed, as without a terminal",
    )
    parser.add_argument("--days", type=int, default=90, help="days of past receipts (90)")


def run(options: argparse.Namespace) -> int:
    """Run the demo; on a terminal the centre stays up until Ctrl+C."""
    home, port = home_and_port()
    centre = LocalCentre(home, port)
    _say("loading the chain Kranich & Kater (first time: about half a minute) …")
    print(centre.command("demo", "load", "--days", str(options.days), show_progress=True).strip())
    _say("starting the centre …")
    centre.start()
    try:
        paths = DataPaths(home / "tills" / TILL)
        join(centre, paths, STORE, TILL)
        with (home / "till.log").open("ab") as log:
            day = _sell(HeadlessTill(paths.root, log))
        print(f"\nFigures of {day} at the centre\n")
        print(centre.command("figures", "--day", day).rstrip())
        _say_where(centre.url, home)
        if not options.headless and sys.stdin.isatty():
            _keep_serving()
    finally:
        centre.stop()
    return 0


def _sell(till: HeadlessTill) -> str:
    """A few sales at one till; the business date they belong to."""
    try:
        skus = _goods(till)
        till.do("login", staff=CASHIER, pin=PIN)
        _open_shift(till)
        cash = _cash_sale(till, skus[:2])
        cash += _parked_sale(till, skus[2:4])
        cash += _return(till, skus[0])
        finished = _last_sale(till, skus[4:6])
        cash += finished["total"]
        print("\n" + str(till.do("receipt", number=finished["number"])["text"]))
        till.do("close_shift", counted=Money(_FLOAT + cash, "EUR").plain(), unsent_ok=True)
        till.do("wait_synced", timeout_s=60, booked=True)
    finally:
        till.close()
    return str(finished["business_date"])


def _goods(till: HeadlessTill) -> list[str]:
    """Six articles, once the reference data has arrived."""
    waited = 0.0
    while True:
        try:
            found = till.do("search", text=_WORD)["articles"]
        except EnvironmentProblem:
            found = []
        if len(found) >= 6:
            return [str(row["sku"]) for row in found[:6]]
        if waited > _REFERENCE_SECONDS:
            raise EnvironmentProblem("demo_reference_missing")
        sleep(_REFERENCE_STEP)
        waited += _REFERENCE_STEP


def _open_shift(till: HeadlessTill) -> None:
    try:
        till.do("open_shift", float=Money(_FLOAT, "EUR").plain())
    except DomainError as refusal:
        if refusal.code != "shift_already_open":  # left open by a demo that was interrupted
            raise


def _cash_sale(till: HeadlessTill, skus: Sequence[str]) -> int:
    for sku in skus:
        till.do("add", code=sku)
    till.do("add", code=skus[0])
    till.do("void", line=3)
    till.do("tender", amount="1000")
    return _finish(till)


def _parked_sale(till: HeadlessTill, skus: Sequence[str]) -> int:
    till.do("add", code=skus[0])
    till.do("park", label="Kundin holt die Karte")
    till.do("add", code=skus[1], quantity="2")
    till.do("tender")
    total = _finish(till)
    till.do("recall")
    till.do("tender")
    return total + _finish(till)


def _return(till: HeadlessTill, sku: str) -> int:
    till.do("return", code=sku, reason="passt nicht")
    till.do("tender")
    return _finish(till)


def _last_sale(till: HeadlessTill, skus: Sequence[str]) -> dict[str, Any]:
    for sku in skus:
        till.do("add", code=sku)
    till.do("tender", amount="500")
    return dict(till.do("finish")["receipt"])


def _finish(till: HeadlessTill) -> int:
    return int(till.do("finish")["receipt"]["total"])


def _say_where(url: str, home: Path) -> None:
    number, password = HEAD_OFFICE
    print(f"\nHead office:  {url}  number {number}, password {password}")
    print(
        f"Till:         python3 run.py till --headless --till {TILL}  (staff {CASHIER}, PIN {PIN})"
    )
    print(f"Data:         {home}")


def _keep_serving() -> None:
    print("\nThe centre runs until Ctrl+C.")
    try:
        while True:
            sleep(1)
    except KeyboardInterrupt:
        print()


def _say(text: str) -> None:
    print(f"demo: {text}", file=sys.stderr, flush=True)
