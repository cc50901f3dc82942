"""Authorisations over HTTP on PostgreSQL: 32 tills ask two web processes as customers come, then as fast as they can.

The load comes from this process, on the same machine. In the open loop a question is due at its own time whether or not
the one before was answered, and waiting for its turn counts: a slow answer cannot slow the questions down.
"""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from central_server.app.composition import compose
from central_server.app.factory import create_app
from central_server.app.schema import prepare
from central_server.features.instruments import service as instruments
from central_server.features.instruments.sources import Asked
from central_server.features.tills.service import add_till
from central_server.platform.scheduler import JobContext
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import UnitOfWork, run_writing
from pos_client.runtime.clock import SystemClock
from pos_client.storage.paths import DataPaths
from pos_client.sync.transport import HttpTransport, centre_is_alive
from shared.vouchers import NumberRange
from shared.wire.authorisations import AuthorisationRequest, AuthorisationState
from tests.bench.figures import Figure, percentile, timed
from tests.simulation.centre import join, open_transport
from tests.simulation.seeds import be_quiet
from tests.support.bridge import Bridge
from tests.support.centre import furnish
from tests.support.postgres import empty_database, running_server
from tests.support.processes import CENTRE, ROOT, environment, free_port

TILLS = 32
SERVERS = 2
CARDS = 64
A_SECOND = 20
SECONDS = 30
WARM_SECONDS = 5
AT_ONCE = (8, 16)
PRESSED_SECONDS = 10
_READY_SECONDS = 60.0


def run(_articles: int) -> list[Figure]:
    """The open loop, and then two closed ones."""
    be_quiet()
    with running_server(durable=True) as server, empty_database(server) as url, _chain(url) as made:
        tills, cards = made
        ask = _asker(cards)
        _open_loop(tills, ask, WARM_SECONDS)
        waited = _open_loop(tills, ask, SECONDS)
        figures = [
            Figure(f"authorisation, {A_SECOND}/s of {TILLS} tills, p50", _ms(waited, 0.5), "ms"),
            Figure(
                f"authorisation, {A_SECOND}/s of {TILLS} tills, p99",
                _ms(waited, 0.99),
                "ms",
                aim="25 ms",
            ),
        ]
        for at_once in AT_ONCE:
            took = _closed_loop(tills, ask, at_once)
            rate = len(took) / PRESSED_SECONDS
            name = f"authorisations, {at_once} at once"
            figures += [
                Figure(name, rate, "/s"),
                Figure(f"{name}, p50", _ms(took, 0.5), "ms"),
                Figure(f"{name}, p99", _ms(took, 0.99), "ms"),
            ]
    return figures


def _ms(samples: list[float], share: float) -> float:
    return 1000 * percentile(samples, share)


def _asker(cards: list[str]) -> Callable[[HttpTransport], None]:
    turn = itertools.cycle(cards)

    def ask(till: HttpTransport) -> None:
        request = AuthorisationRequest(
            auth_id=uuid4(),
            kind="gift_card",
            instrument=next(turn),
            amount=1,
            currency="EUR",
            basket_id=uuid4(),
        )
        if till.authorise(request).state is not AuthorisationState.APPROVED:
            raise SystemExit("authorisations bench: a card was refused")

    return ask


def _open_loop(
    tills: list[HttpTransport], ask: Callable[[HttpTransport], None], seconds: int
) -> list[float]:
    """Seconds from when each question was due until its answer; arrivals are those of a Poisson process."""
    chance = random.Random(7)
    due = list(
        itertools.accumulate(chance.expovariate(A_SECOND) for _ in range(A_SECOND * seconds))
    )
    began = time.perf_counter()

    def one(place: int) -> float:
        ask(tills[place % TILLS])
        return time.perf_counter() - began - due[place]

    with ThreadPoolExecutor(TILLS) as pool:
        waiting = []
        for place, moment in enumerate(due):
            time.sleep(max(0.0, began + moment - time.perf_counter()))
            waiting.append(pool.submit(one, place))
        return [each.result() for each in waiting]


def _closed_loop(
    tills: list[HttpTransport], ask: Callable[[HttpTransport], None], at_once: int
) -> list[float]:
    """Seconds of each question where so many tills ask again as soon as they are answered."""
    until = time.perf_counter() + PRESSED_SECONDS
    took: list[float] = []
    guard = threading.Lock()

    def work(till: HttpTransport) -> None:
        own = []
        while time.perf_counter() < until:
            own.append(timed(lambda: ask(till)))
        with guard:
            took.extend(own)

    with ThreadPoolExecutor(at_once) as pool:
        for each in [pool.submit(work, till) for till in tills[:at_once]]:
            each.result()
    return took


@contextmanager
def _chain(url: str) -> Iterator[tuple[list[HttpTransport], list[str]]]:
    """32 tills that may ask, and the numbers of gift cards; behind them the web processes, to each of which half of the
    tills speak, as they would behind one address.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        context = compose(
            Settings(
                home=folder / "home",
                database_url=url,
                mode="test",
                provisioning_attempts_per_minute=1_000,
            )
        )
        prepare(context)
        furnish(context.database)
        numbers = run_writing(context.database, _sell_cards)
        ports = [free_port() for _ in range(SERVERS)]
        addresses = [f"http://127.0.0.1:{port}" for port in ports]
        tills = _join(context, folder, addresses)
        more = {
            "TRESEN_DATABASE_URL": url,
            "TRESEN_MODE": "test",
            "TRESEN_AUTHORISATIONS_PER_MINUTE": "1000000",
            "TRESEN_LOG_LEVEL": "error",
        }
        command = [sys.executable, "-m", CENTRE, "server", "--web-only"]
        with ExitStack() as running:
            running.callback(context.database.dispose)
            for port in ports:
                surroundings = environment(folder / "home", port, **more)
                web = subprocess.Popen(
                    command, cwd=ROOT, env=surroundings, stdout=subprocess.DEVNULL
                )
                running.callback(web.wait)
                running.callback(web.terminate)
            deadline = time.monotonic() + _READY_SECONDS
            while not all(centre_is_alive(address) for address in addresses):
                if time.monotonic() > deadline:
                    raise SystemExit("authorisations bench: a web process does not answer")
                time.sleep(0.2)
            yield tills, numbers


def _sell_cards(unit: UnitOfWork) -> list[str]:
    at = datetime.now(UTC)
    for number in range(3, TILLS + 1):
        add_till(unit, f"DE01-T{number}", "DE01", at, mode="training")
    drawn = itertools.count(100_003, 13)
    instruments.add_range(unit, NumberRange("2952", 8, 6), "EUR", 500, 50_000, at)
    printed = instruments.print_cards(unit, "2952", CARDS, lambda: next(drawn), at)
    for number in printed:
        instruments.sell(unit, Asked(uuid4(), number, "DE01", at.date(), "101", 50_000, "EUR"), at)
    return printed


def _join(context: JobContext, folder: Path, addresses: list[str]) -> list[HttpTransport]:
    app, tills = create_app(context), []
    for number in range(1, TILLS + 1):
        till_id = f"DE01-T{number}"
        paths = DataPaths(folder / till_id)
        join(context, paths, till_id, Bridge(app, random.Random(0)), addresses[number % SERVERS])
        tills.append(open_transport(paths, SystemClock(), None))
    return tills
