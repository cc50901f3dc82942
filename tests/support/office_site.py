"""Head office behind a real server, with something on every page, for tests that look at the pages in a browser."""

from __future__ import annotations

import io
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import uvicorn
from fastapi import FastAPI
from PIL import Image
from playwright.sync_api import Browser, Page

from central_server.app.jobs import JOBS
from central_server.features.catalogue import costs, media
from central_server.features.reporting.plans import set_plan
from central_server.features.rollouts import service as rollouts
from central_server.features.webhooks import service as webhooks
from central_server.platform.scheduler import make_known
from central_server.platform.unit_of_work import writing
from tests.support.chromium import NewPage, Tabs
from tests.support.head_office import NOW, Desk, HeadOffice, fill_shelves, open_chain
from tests.support.journals import START
from tests.support.value_shop import owe, stock_values, write_something_off

PAGES = {
    "day": "/day/2026-11-25",
    "store": "/day/2026-11-25?store=DE01",
    "empty day": "/day/2026-11-24",
    "receipts": "/receipts?date=2026-11-25&hour=9&tender=cash",
    "no receipt": "/receipts?number=DE01-T1-1-99",
    "receipt": "/receipts?number=DE01-T1-1-2",
    "tills": "/tills",
    "till": "/tills/AT01-T1",
    "copies": "/tills/AT01-T1/copies/1/1",
    "exceptions": "/exceptions",
    "no exceptions": "/exceptions?till=UK01-T1",
    "exception": "/exceptions/1",
    "figures": "/figures?period=month&at=2026-11-25&by=article",
    "figures of a year": "/figures?period=year&at=2026-11-25&by=store",
    "figures of a key": "/figures?period=month&at=2026-11-25&of=article&key=A-1",
    "no figures": "/figures?period=day&at=2025-01-01",
    "live": "/live",
    "plan": "/plan?year=2026",
    "cash": "/cash",
    "stock": "/stock?place=DE01",
    "movements": "/stock/movements?place=DE01&sku=A-1",
    "values": "/values",
    "batches": "/values/batches",
    "write-offs": "/values/write-offs?customer=K-1001",
    "gift cards": "/values/cards",
    "gift card": "/values/cards/2950000000001234560",
    "customers": "/customers?q=erika",
    "customer": "/customers/K-1001",
    "jobs": "/jobs",
    "reports": "/reports",
    "store form": "/stores/DE01",
    "settings": "/settings",
    "menu": "/menu",
    "search": "/search?q=DE01",
    "people": "/people",
    "person": "/people/5",
    "new person": "/people/new",
    "keys": "/keys",
    "audit": "/audit",
    "articles": "/articles",
    "no articles": "/articles?q=nichts",
    "article": "/articles/40-2217?sku=F-Sand-30",
    "article form": "/articles/40-2217/edit",
    "import": "/imports",
    "prices": "/prices?article=F-Sand-30",
    "price form": "/prices/new?q=chino",
    "price change": "/prices/changes/1",
    "offers": "/offers",
    "offer": "/offers/STORE",
    "promotions": "/promotions",
    "promotion calendar": "/promotions/calendar",
    "no promotions": "/promotions?q=nichts",
    "promotion kinds": "/promotions/new",
    "new promotion": "/promotions/new?kind=steps",
    "promotion draft": "/promotions/drafts/1",
    "promotion in JSON": "/promotions/drafts/1?form=json",
    "promotion": "/promotions/show?id=SCHAL-10",
    "codes of a promotion": "/promotions/codes?id=SCHAL-10",
    "releases": "/releases",
    "rules": "/rules",
    "rollouts": "/rollouts",
    "rollout": "/rollouts/1",
    "webhooks": "/webhooks",
    "webhook": "/webhooks/shop",
    "error": "/nowhere",
}


@dataclass(frozen=True)
class Site:
    """The chain's application and the address at which it answers."""

    app: FastAPI
    address: str


@pytest.fixture(scope="session")
def head_office(founded_chain: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The chain behind a real server."""
    home = tmp_path_factory.mktemp("site") / "home"
    shutil.copytree(founded_chain, home)
    chain = open_chain(home)
    fill_shelves(chain.context.database)
    wait_for_release(chain)
    plan_promotions(chain)
    roll_out(chain)
    tell_a_shop(chain)
    picture_trousers(chain)
    stock_values(chain.context.database, chain.context.signing_key.sign, NOW)
    owe(chain.context.database, 9_000, NOW)
    write_something_off(Desk(chain.app).let_in("2"))
    make_known(chain.context, JOBS)
    with writing(chain.context.database) as unit:
        set_plan(unit, "DE01", NOW.date(), 300_000, "1", NOW)
    config = uvicorn.Config(
        chain.app, host="127.0.0.1", port=0, log_level="warning", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Site(chain.app, f"http://127.0.0.1:{port}")
    server.should_exit = True
    thread.join(10)
    chain.context.database.dispose()


def wait_for_release(chain: HeadOffice) -> None:
    """A change of prices that waits for a second person, for the pages that show one."""
    Desk(chain.app).let_in("1").send("/rules", four_eyes="price_change")
    desk = Desk(chain.app).let_in("6")
    plan = {"articles": "40-2217", "step": "percent", "value": "-20", "ending": "95"}
    address = desk.send("/prices/new", **plan).headers["location"]
    desk.send(f"{address}/apply")


def plan_promotions(chain: HeadOffice) -> None:
    """A promotion in the making that takes from what was sold, and one that counts."""
    desk = Desk(chain.app).let_in("6")
    page, fields = "/promotions/new?kind=percent", {"kind": "percent", "value": "10"}
    desk.send("/promotions/new", page, id="ALLES-10", name="Zehn auf alles", **fields)
    scarf = {"id": "SCHAL-10", "name": "Zehn auf Schals", "categories": "Herren>Schals"}
    scarf["budget"] = "500"
    address = desk.send("/promotions/new", page, **scarf, **fields).headers["location"]
    desk.send(f"{address}/publish")
    codes = {"kind": "drawn", "prefix": "S", "signs": "12", "wanted": "500", "uses": "1"}
    page = "/promotions/codes?id=SCHAL-10"
    desk.send("/promotions/codes", page, id="SCHAL-10", name="Brief", **codes)


def roll_out(chain: HeadOffice) -> None:
    """A setting that one till has first."""
    with writing(chain.context.database) as unit:
        at = START - timedelta(days=1)
        tills = frozenset(("DE01-T1", "UK01-T1"))
        wish = rollouts.Wish(rollouts.Setting.CUSTOMER_DATA, "3", tills, 24)
        rollouts.begin(unit, rollouts.ask(unit, wish, "1", at).rollout_id, at)
        rollouts.stop(unit, 1, "exceptions")


def tell_a_shop(chain: HeadOffice) -> None:
    """A webhook whose address does not answer."""
    fields = {"name": "Netzladen", "url": "https://shop.example.org/in", "topic": "receipt.booked"}
    Desk(chain.app).let_in("1").send("/webhooks", "/webhooks", **fields)
    with writing(chain.context.database) as unit:
        unit.connection.exec_driver_sql("UPDATE webhook SET webhook_id = 'shop'")
        webhooks.send_test(unit, "shop", UUID(int=5), NOW)
        (told,) = webhooks.deliveries(unit, "shop")
        last = replace(told, tries=webhooks.MOST_TRIES - 1)
        webhooks.keep_try(unit, last, "webhook_unreachable", NOW)


def picture_trousers(chain: HeadOffice) -> None:
    """Two pictures and a purchase price, for the page of an article."""
    with writing(chain.context.database) as unit:
        for colour in ("peru", "olive"):
            media.add_picture(unit, "40-2217", _picture(colour), colour, NOW)
        costs.set_cost(unit, "40-2217", "EUR", 2939, NOW)


def _picture(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (300, 400), colour).save(file, "PNG")
    return file.getvalue()


def signed_in(site: Site, new_page: NewPage, number: str = "1", **options: Any) -> Page:
    """A page of somebody who is signed in; cookies choose language and theme."""
    cookies = {
        "tresen_session": Desk(site.app).let_in(number).cookie,
        **options.pop("cookies", {}),
    }
    state = {
        "origins": [],
        "cookies": [
            {
                "name": name, "value": value, "domain": "127.0.0.1", "path": "/", "expires": -1,
                "httpOnly": True, "secure": False, "sameSite": "Lax",
            }
            for name, value in cookies.items()
        ],
    }  # fmt: skip
    return new_page(base_url=site.address, storage_state=state, **options)


@pytest.fixture
def open_page(head_office: Site, new_page: NewPage) -> Callable[..., Page]:
    """A fresh page of somebody who is signed in; cookies choose language and theme."""
    return partial(signed_in, head_office, new_page)


# What follows the size of the window by script has done so in the second frame.
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Visits:
    """One page of a browser for each language, which goes from address to address."""

    def __init__(self, site: Site, tabs: Tabs) -> None:
        self._site = site
        self.tabs = tabs
        self._pages: dict[str, Page] = {}
        self._there: dict[str, str] = {}

    def show(self, name: str, language: str, width: int, height: int) -> Page:
        """The page of this name, loaded only if it is not the one that stands there."""
        if language not in self._pages:
            cookies = {"tresen_language": language}
            self._pages[language] = signed_in(self._site, self.tabs.open, cookies=cookies)
        page = self._pages[language]
        if self._there.get(language) != name:
            self._there.pop(language, None)
            page.goto(PAGES[name])
            self._there[language] = name
        page.emulate_media(color_scheme="light")
        if page.viewport_size != {"width": width, "height": height}:
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate(DRAWN)
        return page


@pytest.fixture(scope="session")
def visits(head_office: Site, chromium: Browser) -> Iterator[Visits]:
    """What all `visit`s of a process share."""
    tabs = Tabs(chromium)
    yield Visits(head_office, tabs)
    tabs.close()


@pytest.fixture(scope="session", params=PAGES)
def page_name(request: pytest.FixtureRequest) -> str:
    """Each of `PAGES`; pytest puts the tests of one page beside each other."""
    name: str = request.param
    return name


@dataclass
class Visit:
    """A page that was loaded once for all tests that look at it: they press and type nothing that would stay."""

    name: str
    visits: Visits

    def __call__(self, language: str = "de", *, width: int = 1280, height: int = 800) -> Page:
        """The page by day, at this size."""
        return self.visits.show(self.name, language, width, height)


@pytest.fixture
def visit(page_name: str, visits: Visits) -> Iterator[Visit]:
    """Every page in turn, and the test fails if a script of it raised."""
    yield Visit(page_name, visits)
    visits.tabs.check()
