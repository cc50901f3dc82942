"""`tresen demo`: the chain is loaded, centre and sync run, a till opens its window; with no display it plays a day."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import subprocess
import sys
import webbrowser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from pos_client.app.demo.headless_till import HeadlessTill
from pos_client.app.joining import join
from pos_client.app.local_centre import LocalCentre, home_and_port
from pos_client.storage.paths import DataPaths
from shared.errors import EnvironmentProblem

STORE, TILL, CASHIER, PIN = "DE01", "DE01-T1", "102", "493817"
HEAD_OFFICE = ("1", "kranich-und-kater")
_ROOT = Path(__file__).resolve().parents[3]
_ZONE = "Europe/Berlin"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `demo`."""
    parser.add_argument(
        "--headless",
        action="store_true",
        help="no window: the same till runs offscreen, and pictures of it go to --out",
    )
    parser.add_argument("--days", type=int, default=90, help="days of past receipts (90)")
    parser.add_argument(
        "--out", type=Path, default=Path("demo-out"), help="folder for pictures (demo-out)"
    )


def run(options: argparse.Namespace) -> int:
    """Run the demo: with a display until the till's window is closed, without one until a day is played."""
    home, port = home_and_port()
    centre = LocalCentre(home, port)
    _say("loading the chain Kranich & Kater (first time: about half a minute) …")
    print(centre.command("demo", "load", "--days", str(options.days), show_progress=True).strip())
    _say("starting the centre …")
    centre.start()
    try:
        paths = DataPaths(home / "tills" / TILL)
        join(centre, paths, STORE, TILL)
        if options.headless or not _has_display():
            return _play(centre, home, paths.root, options.out)
        _show(centre.url, home, paths.root)
    finally:
        centre.stop()
    return 0


def _has_display() -> bool:
    shown = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return sys.platform != "linux" or bool(shown)


# --- with a window -------------------------------------------------------------------------------


def _show(url: str, home: Path, data: Path) -> None:
    """The till's window until it is closed, with head office in a browser beside it."""
    out = home / "receipts"
    with _printer(out, home) as printer:
        _say_where(url, home)
        print(f"Receipts:     {out} (printed by a simulated printer)\n", flush=True)
        webbrowser.open(url)
        command = [sys.executable, "-m", "pos_client.app.cli", "till", "--data", str(data)]
        with (home / "till.log").open("ab") as log:
            size = ["--window", "1366x768"]
            subprocess.call([*command, "--printer", printer, *size], cwd=_ROOT, stderr=log)


@contextlib.contextmanager
def _printer(out: Path, home: Path) -> Iterator[str]:
    """A simulated printer as a process; its address. Receipts go to `out` as PNG and text."""
    command = [sys.executable, "-m", "pos_client.app.cli", "printer", "--port", "0"]
    with (
        (home / "printer.log").open("ab") as log,
        subprocess.Popen(
            [*command, "--out", str(out)],
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            encoding="utf-8",
        ) as process,
    ):
        line = process.stdout.readline() if process.stdout else ""
        found = re.search(r"tcp://\S+?:\d+", line)
        if found is None:
            process.kill()
            raise EnvironmentProblem("demo_printer_missing")
        try:
            yield found[0]
        finally:
            process.kill()


# --- without one ---------------------------------------------------------------------------------


def _play(centre: LocalCentre, home: Path, data: Path, out: Path) -> int:
    """A day at the till, with a power cut in the middle; pictures, receipts and figures go to `out`."""
    out.mkdir(parents=True, exist_ok=True)
    for old in (*out.glob("*.png"), *(out / "receipts").glob("receipt-*")):
        old.unlink()
    with _printer(out / "receipts", home) as printer, (home / "till.log").open("ab") as log:
        _say("a cashier opens the shift, sells, deletes a line, parks a receipt …")
        morning = _robot(data, out, "morning", printer, log)
        word = morning.stdout.readline().strip() if morning.stdout else ""
        morning.kill()
        morning.wait()
        if word != "open":
            raise EnvironmentProblem("till_ended")
        _say("… the till was killed in the middle of a receipt; it starts again …")
        evening = _robot(data, out, "evening", printer, log)
        if evening.wait():
            raise EnvironmentProblem("till_ended")
    till = HeadlessTill(data, (home / "till.log").open("ab"))
    try:
        till.do("wait_synced", timeout_s=60, booked=True)
        status = till.do("status")
    finally:
        till.close()
    day = datetime.fromisoformat(str(status["at"])).astimezone(ZoneInfo(_ZONE)).date().isoformat()
    figures = centre.command("figures", "--day", day).rstrip()
    (out / "figures.txt").write_text(figures + "\n", encoding="utf-8")
    receipts = sorted((out / "receipts").glob("*.txt"))
    print(receipts[0].read_text(encoding="utf-8") if receipts else "")
    print(f"Figures of {day} at the centre\n\n{figures}")
    print(f"\nPictures of the till, receipts and figures: {out}")
    _say_where(centre.url, home)
    return 0


def _robot(data: Path, out: Path, part: str, printer: str, log: IO[bytes]) -> subprocess.Popen[str]:
    words = ["--data", str(data), "--out", str(out), "--part", part, "--printer", printer]
    return subprocess.Popen(
        [sys.executable, "-m", "pos_client.app.demo.robot", *words],
        cwd=_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
        encoding="utf-8",
    )


def _say_where(url: str, home: Path) -> None:
    number, password = HEAD_OFFICE
    print(f"\nHead office:  {url}  number {number}, password {password}")
    print(
        f"Till:         python3 run.py till --till {TILL} --window 1366x768"
        f"  (Kim Igel, {CASHIER}, PIN {PIN})"
    )
    print(f"Data:         {home}")


def _say(text: str) -> None:
    print(f"demo: {text}", file=sys.stderr, flush=True)
