"""A small chain as head office sees it: people of every role, a day's receipts, trouble, and a browser without one.

`Desk` is somebody at head office: it signs in, follows addresses and sends the forms that pages show.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from central_server.app.composition import compose
from central_server.app.factory import create_app
from central_server.app.schema import prepare
from central_server.backoffice.sessions import open_session
from central_server.features.catalogue.entry import ArticleDraft, VariantDraft, enter_batch
from central_server.features.pricing import service as pricing
from central_server.features.staff import repository as staff_repository
from central_server.features.staff.service import StaffMember, add_staff
from central_server.features.tills.service import Contact, quarantine, record_contact
from central_server.features.tills.service import record_unsent as record_unsent_events
from central_server.gateway.journal.intake import accept
from central_server.gateway.journal.jobs import places
from central_server.gateway.journal.projection import project_pending
from central_server.platform.access import Role
from central_server.platform.database import Database
from central_server.platform.scheduler import JobContext
from central_server.platform.security import hash_secret
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import writing
from shared.identity import FixedClock, StaffId
from shared.pricing import PriceEntry
from tests.support.centre import furnish
from tests.support.journals import START, ImaginedTill

PASSWORD = "wiesel-otter-luchs-42"
_VERIFIER: list[str] = []
DAY = START.date()
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)

# Number, role, stores, language.
PEOPLE = (
    ("1", Role.HEAD_OFFICE, (), "de"),
    ("2", Role.ACCOUNTANT, (), "de"),
    ("3", Role.AUDITOR, (), "en"),
    ("4", Role.REGIONAL_MANAGER, ("DE01", "AT01"), "de"),
    ("5", Role.STORE_MANAGER, ("DE01",), "de"),
    ("6", Role.MERCHANDISER, (), "de"),
    ("7", Role.CASHIER, ("DE01",), "de"),
    ("8", Role.SALESPERSON, ("DE01",), "de"),
    ("9", Role.CUSTOMER_CARE, (), "de"),
    ("10", Role.STORE_MANAGER, ("UK01",), "en"),
)


def hire(database: Database) -> None:
    """Add `PEOPLE`, all with `PASSWORD`; number 11 is there too and has none."""
    if not _VERIFIER:
        _VERIFIER.append(hash_secret(PASSWORD))
    with writing(database) as unit:
        for number, role, stores, language in (*PEOPLE, ("11", Role.HEAD_OFFICE, (), "de")):
            person = StaffMember(
                StaffId(number), f"Person {role.value}", role, frozenset(stores), language
            )
            add_staff(unit, person, START)
            if number != "11":
                values = {"password_verifier": _VERIFIER[0]}
                staff_repository.update_staff(unit, number, values)


def fill_shelves(database: Database) -> None:
    """Add trousers in six variants and a scarf, and prices of which one was lower 20 days ago."""
    with writing(database) as unit:
        enter_batch(
            unit,
            [
                ArticleDraft(
                    "40-2217", {"de": "Chino Größe Falkau", "en": "Chino Falkau"}, "Lenne & Holm",
                    "Herren>Hosen>Chinos", attributes={"Stoff": "Baumwolle"},
                ),
                ArticleDraft("S-1", {"de": "Schal Murg"}, "Murg", "Herren>Schals"),
            ],
            [
                *(
                    VariantDraft(f"F-{colour}-{size}", "40-2217", size, colour)
                    for colour in ("Sand", "Oliv")
                    for size in ("30", "32", "34")
                ),
                VariantDraft("S-1-A", "S-1", "", "rot", ("4006381333931",)),
            ],
            NOW,
        )  # fmt: skip
        for days, amount in ((60, 6995), (20, 5595), (12, 6995)):
            at = NOW - timedelta(days=days)
            for sku in ("F-Sand-30", "F-Oliv-34"):
                pricing.set_price(unit, PriceEntry(sku, "chain", amount, "EUR", at), at)


@dataclass
class Trade:
    """The tills of the chain and what they have sent."""

    tills: dict[str, ImaginedTill] = field(default_factory=dict)

    def till(self, till_id: str) -> ImaginedTill:
        """The till with this id."""
        if till_id not in self.tills:
            store = till_id[:4]
            market, currency = {"DE01": ("DE", "EUR"), "AT01": ("AT", "EUR")}.get(
                store, ("GB", "GBP")
            )
            self.tills[till_id] = ImaginedTill(till_id, store, currency, market)
        return self.tills[till_id]


def trade(database: Database) -> Trade:
    """A day: 76.91 EUR and a return in Hamburg, 36.00 GBP in Bath, an event nobody knows, two journals in Vienna."""
    day = Trade()
    hamburg = day.till("DE01-T1")
    hamburg.sell(("A-1", "1", 1999))
    hamburg.sell(("A-2", "2", 1498))
    hamburg.sell(("B-1", "1", 699), rate="7")
    hamburg.sell(("A-1", "-1", 1999))
    hamburg.journal("mystery.happened", {"what": "nobody knows"})
    day.till("DE01-T2").sell(("A-3", "1", 3996))
    day.till("UK01-T1").sell(("A-1", "1", 1200), rate="20")
    day.till("UK01-T1").sell(("A-2", "2", 1200), rate="20")
    for till in day.tills.values():
        send(database, till)
    first, second = (ImaginedTill("AT01-T1", "AT01", market="AT", seed=seed) for seed in (1, 2))
    for copy in (first, second):
        copy.sell(("A-1", "1", 2500), rate="20")
        send(database, copy)
    with writing(database) as unit:
        quarantine(unit, "AT01-T1", "journal_fork")
        record_contact(unit, "DE01-T1", Contact(START, 1, "0.1.0"))
        record_unsent_events(unit, "DE01-T1", 3)
    project(database)
    return day


def send(database: Database, till: ImaginedTill) -> None:
    """Let the centre accept everything a till has."""
    with writing(database) as unit:
        accept(unit, till.till_id, till.incarnation, till.batch(), START)


def project(database: Database) -> None:
    """Book everything that was accepted."""
    while project_pending(database, places, FixedClock(datetime(2026, 11, 25, 9, 30, tzinfo=UTC))):
        pass


@dataclass
class HeadOffice:
    """The chain with its web application, at a clock that stands until it is moved."""

    context: JobContext
    app: FastAPI
    clock: FixedClock


def found_chain(home: Path, url: str = "") -> None:
    """Make the whole chain once: stores, tills, people, a day's trade."""
    context = _composed(home, url, FixedClock(NOW))
    prepare(context)
    furnish(context.database)
    hire(context.database)
    trade(context.database)
    context.database.dispose()


def open_chain(home: Path, url: str = "") -> HeadOffice:
    """Open a chain that was made."""
    clock = FixedClock(NOW)
    context = _composed(home, url, clock)
    return HeadOffice(context, create_app(context), clock)


def _composed(home: Path, url: str, clock: FixedClock) -> JobContext:
    return compose(Settings(home=home, database_url=url, mode="demo"), clock)


class Desk:
    """Somebody in front of a browser that runs no scripts."""

    def __init__(self, app: FastAPI, base_url: str = "http://localhost") -> None:
        self.client = TestClient(
            app, base_url=base_url, raise_server_exceptions=False, follow_redirects=False
        )
        self.client.headers["Accept"] = "text/html,application/xhtml+xml"

    def get(self, address: str, **options: Any) -> Any:
        """Look at a page."""
        return self.client.get(address, **options)

    def follow(self, address: str) -> Any:
        """Look at a page and go where it leads."""
        return self.client.get(address, follow_redirects=True)

    def form_token(self, address: str = "/settings") -> str:
        """The token in the forms of a page."""
        found = re.search(r'name="form_token" value="([0-9a-f]*)"', self.get(address).text)
        assert found, f"no form at {address}"
        return found[1]

    def send(self, address: str, page: str = "/settings", /, **fields: str) -> Any:
        """Send a form with the token that `page` carries."""
        return self.client.post(address, data={"form_token": self.form_token(page), **fields})

    def sign_in(self, number: str, password: str = PASSWORD, **fields: str) -> Any:
        """Send the sign-in form."""
        data = {"number": number, "password": password, **fields}
        if "form_token" not in data:
            data["form_token"] = self.form_token("/login")
        return self.client.post("/login", data=data)

    def let_in(self, number: str) -> Desk:
        """Open a session without the password, which takes its time on purpose."""
        state = self.client.app.state  # type: ignore[attr-defined]
        with writing(state.database) as unit:
            token = open_session(unit, number, state.system_clock.now(), None)
        self.client.cookies.set("tresen_session", token, domain="localhost.local", path="/")
        return self

    @property
    def cookie(self) -> str | None:
        """The session's token as the browser keeps it."""
        return self.client.cookies.get("tresen_session")


@pytest.fixture(scope="session")
def founded_chain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a chain on SQLite, made once; tests take copies of it."""
    home = tmp_path_factory.mktemp("chain")
    found_chain(home)
    return home


@pytest.fixture
def chain(founded_chain: Path, tmp_path: Path) -> Iterator[HeadOffice]:
    """A chain of its own for the test, on SQLite."""
    home = tmp_path / "home"
    shutil.copytree(founded_chain, home)
    opened = open_chain(home)
    yield opened
    opened.context.database.dispose()


@pytest.fixture(scope="module")
def standing_chain(
    founded_chain: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadOffice]:
    """One chain for all tests of a module that change nothing in it."""
    home = tmp_path_factory.mktemp("standing") / "home"
    shutil.copytree(founded_chain, home)
    opened = open_chain(home)
    yield opened
    opened.context.database.dispose()


@pytest.fixture(scope="module")
def looker(standing_chain: HeadOffice) -> Desk:
    """Somebody of head office who only looks, at the chain that stands."""
    return Desk(standing_chain.app).let_in("1")
