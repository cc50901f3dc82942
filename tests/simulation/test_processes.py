"""The simulation with real processes: eight tills on real journal files, two web processes and a scheduler on
PostgreSQL, a bad network between them, and `kill -9` for any of them at any time.
"""

import random
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from central_server.app.composition import compose
from central_server.app.factory import create_app
from central_server.app.schema import prepare
from central_server.features.exceptions import service as exceptions
from central_server.features.tills.service import add_till
from central_server.gateway.journal import repository as journal
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import reading, writing
from pos_client.storage.identity import IdentityFile
from pos_client.storage.opening import open_journal
from pos_client.storage.paths import DataPaths
from tests.conftest import LONG
from tests.simulation.centre import fill, join, open_sync
from tests.simulation.model import worth_after
from tests.simulation.quiescence import (
    OVERSHOT,
    check_books,
    check_journals,
    codes_used_as_told,
    receipts_in,
    value_sold_in,
    worth_there,
)
from tests.support.bad_network import bad_network
from tests.support.bridge import Bridge, Faults
from tests.support.centre import furnish
from tests.support.processes import CENTRE, ROOT, environment, free_port, without_display

SECONDS = 180 if LONG else 5
TILLS = ("DE01-T1", "DE01-T2", "DE01-T3", "AT01-T1", "AT01-T2", "AT01-T3", "UK01-T1", "UK01-T2")
BAD = Faults(lost=8, answer_lost=8, twice=10, late=20)
_READY_SECONDS = 120


class Chain:
    """The processes of a chain in one folder."""

    def __init__(self, folder, url, seed):
        self.folder, self.chance = folder, random.Random(seed)
        now = datetime.now(UTC)
        self.settings = Settings(home=folder / "home", database_url=url, mode="test")
        self.context = compose(self.settings)
        prepare(self.context)
        furnish(self.context.database)
        with writing(self.context.database) as unit:
            for store in ("DE01", "AT01"):
                add_till(unit, f"{store}-T3", store, now, mode="training")
        self.gift_cards = fill(self.context.database, now)
        self.ports = (free_port(), free_port())
        self.tills, self.centre = {}, {}

    def join_all(self, url):
        """Every till has its identity and the reference data."""
        app = create_app(self.context)
        for till_id in TILLS:
            paths, bridge = DataPaths(self.folder / till_id), Bridge(app, self.chance)
            join(self.context, paths, till_id, bridge, url)
            sync = open_sync(paths, self.context.system_clock, bridge, self.chance)
            sync.step()
            sync.close()

    def start_centre(self, name):
        """A web process, by its port, or the scheduler."""
        words = ["scheduler"] if name == "scheduler" else ["server", "--web-only", "--port", name]
        more = {
            "TRESEN_DATABASE_URL": self.settings.database_url,
            "TRESEN_MODE": "test",
            "TRESEN_AUTHORISATIONS_PER_MINUTE": "100000",
            "TRESEN_LOG_LEVEL": "error",
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            self.centre[name] = subprocess.Popen(
                [sys.executable, "-m", CENTRE, *words],
                cwd=ROOT,
                env=environment(self.folder / "home", self.ports[0], **more),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def start_till(self, till_id):
        """A till, where its files say that it was."""
        folder = self.folder / till_id
        words = ["-m", "tests.simulation.till_process", str(folder), *self.gift_cards]
        with (self.folder / f"{till_id}.log").open("ab") as log:
            self.tills[till_id] = subprocess.Popen(
                [sys.executable, *words],
                cwd=ROOT,
                env={**without_display(), "PYTHONPATH": str(ROOT)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def misfortune(self):
        """Somebody pulls a plug."""
        if self.chance.random() < 0.25:
            name = self.chance.choice(list(self.centre))
            _kill(self.centre[name])
            self.start_centre(name)
        else:
            till_id = self.chance.choice(TILLS)
            _kill(self.tills[till_id])
            self.start_till(till_id)

    def events(self):
        """What every till has journalled, by till and incarnation."""
        found = {}
        for till_id in TILLS:
            paths = DataPaths(self.folder / till_id)
            identity = IdentityFile(paths).require()
            own = open_journal(paths, identity)
            found[till_id, identity.incarnation] = tuple(own.events_after(0))
            own.file.close()
        return found

    def end(self):
        """Nothing of it is left."""
        for process in (*self.tills.values(), *self.centre.values()):
            _kill(process)
        self.context.database.dispose()


def _kill(process):
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def wait_for(what, holds):
    deadline = time.monotonic() + _READY_SECONDS
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@pytest.mark.postgres
def test_kills_and_a_bad_network_lose_nothing_and_double_nothing(tmp_path, postgres_database_url):
    chain = Chain(tmp_path, postgres_database_url, seed=8)
    with ExitStack() as stack:
        stack.callback(chain.end)
        network = stack.enter_context(bad_network(chain.ports, chain.chance))
        for name in (*map(str, chain.ports), "scheduler"):
            chain.start_centre(name)
        chain.join_all(network.url)
        for till_id in TILLS:
            chain.start_till(till_id)
        wait_for("the first event of each till", lambda: _stored(chain) >= len(TILLS))
        network.faults = BAD
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            time.sleep(chain.chance.uniform(0.5, 1.5))
            chain.misfortune()
        network.faults = Faults()
        for process in chain.tills.values():
            process.stdin.write("the day is over\n")
            process.stdin.flush()
        for till_id, process in chain.tills.items():
            said, _ = process.communicate(timeout=_READY_SECONDS)
            assert (process.returncode, said) == (0, "done\n"), till_id
        _check(chain)
        assert all(network.happened[fault] for fault in ("lost", "answer_lost", "twice", "late"))


def _stored(chain):
    with reading(chain.context.database) as unit:
        return journal.counts(unit.connection)[0]


def _all_booked(chain):
    with reading(chain.context.database) as unit:
        accepted, booked = journal.counts(unit.connection)
    return accepted == booked


def _check(chain):
    wait_for("everything is booked", lambda: _all_booked(chain))
    database, events = chain.context.database, chain.events()
    check_journals(database, events)
    receipts = receipts_in(events)
    assert any(tender.authorisation for each in receipts for tender in each.tenders)
    totals = {each.event_id: each.total for each in receipts}
    check_books(database, totals, value_sold_in(receipts))
    told = worth_after(receipts, chain.gift_cards)
    with reading(database) as unit:
        # A till that could not ask takes a code that another one has taken, and the centre says so.
        assert {row["code"] for row in exceptions.listed(unit)} <= {OVERSHOT}
        codes_used_as_told(unit, receipts)
        assert worth_there(unit, told, datetime.now(UTC).date()) == told
