"""The primary dies in the middle of the upload: what was accepted stays, or is asked for again and listed as lost."""

import contextlib
import json
import time
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace

import httpx
import pytest

from central_server.features.instruments import service as instruments
from central_server.features.instruments.sources import Asked
from central_server.features.tills.service import issue_code
from central_server.gateway.journal.tables import till_event
from central_server.platform import database as database_module
from central_server.platform.clock import SystemClock, new_id
from central_server.platform.database import open_database
from central_server.platform.unit_of_work import reading, reporting, run_writing
from shared.vouchers import NumberRange
from tests.support.centre import furnish
from tests.support.journals import ImaginedTill
from tests.support.processes import CENTRE, environment, free_port, nothing_left, run, start
from tests.support.replication import replicated
from tests.support.web_centre import SignedTill

AUTH = "/api/v1/till/authorisations"
CLOCK = SystemClock()
PATIENCE = 60


@dataclass
class Shop:
    """A till that sells, sends to whichever server answers, and asks it to hold money of a card."""

    addresses: list[str]
    till_id: str = "DE01-T1"
    acked: int = 0
    held: list[str] = field(default_factory=list)
    turn: int = 0

    def __post_init__(self):
        self.journal = ImaginedTill(self.till_id)
        self.signed = SignedTill(SimpleNamespace(client=None, clock=CLOCK))

    def ask(self, method, *words):
        """An answer that is one; each try goes to the next server, as behind a balancer."""
        deadline = time.monotonic() + PATIENCE
        while True:
            self.turn += 1
            address = self.addresses[self.turn % len(self.addresses)]
            with (
                contextlib.suppress(httpx.TransportError),
                httpx.Client(base_url=address, timeout=15) as client,
            ):
                self.signed.centre.client = client
                answer = getattr(self.signed, method)(*words)
                if answer.status_code < 500 and answer.status_code != 429:
                    return answer
            assert time.monotonic() < deadline, "no server answers"
            time.sleep(0.1)

    def sell(self):
        """One receipt, sent from where the centre goes on."""
        self.journal.sell(("A-1", "1", 1999))
        self.send()

    def send(self):
        first = min(self.acked + 1, len(self.journal.events))
        answer = self.ask("post", "/api/v1/till/journal", self.batch(first))
        if answer.status_code == 409:
            first = answer.json()["params"]["expected_seq"]
            answer = self.ask("post", "/api/v1/till/journal", self.batch(first))
        assert answer.status_code == 200, answer.text
        self.acked = answer.json()["acked_seq"]

    def batch(self, first):
        return json.loads(self.journal.batch(first).model_dump_json())

    def hold(self, card, amount=100):
        """Hold a euro of the card; the id is the same at every try."""
        name = str(self.journal.new_id())
        body = {
            "auth_id": name,
            "kind": "gift_card",
            "instrument": card,
            "amount": amount,
            "currency": "EUR",
            "basket_id": str(self.journal.new_id()),
        }
        answer = self.ask("post", AUTH, body)
        assert answer.json()["state"] == "approved", answer.text
        self.held.append(name)

    def lost(self):
        """The holds that the centre does not know any more."""
        answers = {name: self.ask("get", f"{AUTH}/{name}") for name in self.held}
        return [name for name, answer in answers.items() if answer.status_code == 404]


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    with nothing_left(home):
        yield home


@contextlib.contextmanager
def chain(home, pair):
    """A centre on the pair behind two server processes, a till that has joined, and a card with 100.00 on it."""
    env = environment(home, 8400, TRESEN_DATABASE_URL=pair.url, TRESEN_REPLICA_URL=pair.replica_url)
    run(CENTRE, "migrate", env=env)
    database = open_database(pair.url, pair.replica_url)
    furnish(database)
    now = CLOCK.now()
    card = run_writing(database, lambda unit: _sold_card(unit, now))
    code = run_writing(database, lambda unit: issue_code(unit, "DE01-T1", new_id(CLOCK), now))
    ports = [free_port(), free_port()]
    servers = [
        start(CENTRE, "server", "--web-only", env={**env, "TRESEN_PORT": str(port)})
        for port in ports
    ]
    shop = Shop([f"http://127.0.0.1:{port}" for port in ports])
    assert shop.ask("provision", code).status_code == 200
    shop.journal.incarnation = shop.signed.incarnation
    try:
        yield shop, database, card
    finally:
        database.dispose()
        for server in servers:
            server.kill()
            server.communicate()


def _sold_card(unit, now):
    instruments.add_range(unit, NumberRange("2950", 8, 6), "EUR", 500, 50_000, now)
    card = instruments.print_cards(unit, "2950", 1, lambda: 123_457, now)[0]
    asked = Asked(new_id(CLOCK), card, "DE01", now.date(), "101", 10_000, "EUR")
    assert instruments.sell(unit, asked, now).approved
    return card


def count(database, table, unit_of=reading):
    from sqlalchemy import func, select

    with unit_of(database) as unit:
        return unit.connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_with_a_synchronous_standby_nothing_is_lost(home, monkeypatch):
    with replicated(synchronous=True) as pair, chain(home, pair) as (shop, database, card):
        for _ in range(5):
            shop.sell()
            shop.hold(card)
        # What was told to the till stands on the replica, where reports are read.
        with reporting(database) as unit:
            assert unit.connection.engine.url == database.report_engine.url
        assert count(database, till_event, reporting) == 5
        # One that is too far behind is not asked; here any replica is.
        with monkeypatch.context() as strict, reporting(database) as unit:
            strict.setattr(database_module, "MOST_BEHIND", timedelta(seconds=-1))
            assert unit.connection.engine.url == database.read_engine.url
        pair.kill_primary()
        pair.promote()

        assert shop.lost() == []
        state = shop.ask("get", "/api/v1/till/state").json()
        assert state["expected_seq"] == shop.acked + 1
        for _ in range(5):
            shop.sell()
            shop.hold(card)

        assert shop.lost() == []
        assert count(database, till_event) == shop.acked == 10


@pytest.mark.long
def test_with_an_asynchronous_standby_tills_send_again_and_what_was_held_is_listed(home):
    with replicated(synchronous=False) as pair, chain(home, pair) as (shop, database, card):
        for _ in range(3):
            shop.sell()
            shop.hold(card)
        pair.caught_up()
        pair.cut()
        late = []
        for _ in range(3):
            shop.sell()
            shop.hold(card)
            late.append(shop.held[-1])
        pair.kill_primary()
        pair.promote()

        # The centre has forgotten the last three: it says where it goes on, and the till sends from its journal.
        assert shop.ask("get", "/api/v1/till/state").json()["expected_seq"] == 4
        assert shop.lost() == late
        shop.sell()
        assert count(database, till_event) == shop.acked == 7
