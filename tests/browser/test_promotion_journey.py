"""A promotion's whole way: built in the browser, released by somebody else, deducted by a till, seen in the figures."""

import re
import shutil
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from central_server.app.composition import compose
from central_server.app.schema import prepare
from central_server.backoffice.sessions import open_session
from central_server.features.catalogue.entry import ArticleDraft, VariantDraft, enter_batch
from central_server.features.customers.service import CustomerDraft
from central_server.features.customers.service import enter_batch as enter_customers
from central_server.features.pricing import service as pricing
from central_server.features.releases.service import ReleaseKind, set_rule
from central_server.features.staff.service import PinRules, StaffMember, add_staff, set_pin
from central_server.features.stock.service import add_branch
from central_server.features.stores.service import Store, add_store
from central_server.features.tills.service import add_till, issue_code
from central_server.platform.access import Role
from central_server.platform.clock import move_business_clock, new_id
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import run_writing
from shared.identity import StaffId, StoreId
from shared.pricing import PriceEntry
from tests.e2e.test_till_headless import STARTED, Headless, serve, wait_for
from tests.integration.till_world import gtin
from tests.support.processes import TILL, environment, free_port, nothing_left, run

pytestmark = pytest.mark.browser

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
SATURDAY, SUNDAY = (WEDNESDAY + timedelta(days=days) for days in (3, 4))
PIN = "482913"
STORES = (
    ("B001", "Berlin Mitte", ("Torstraße 900", "10119 Berlin")),
    ("B002", "Berlin Wedding", ("Müllerstraße 900", "13353 Berlin")),
)


@pytest.fixture
def trade(bare_sqlite, tmp_path):
    """A chain with two stores in Berlin at a running centre, and a way to move its clock."""
    home = tmp_path / "home"
    settings = Settings(home=home, mode="demo")
    settings.central_dir.mkdir(parents=True)
    shutil.copy(bare_sqlite, settings.central_dir / "tresen.db")
    with nothing_left(home):
        port = free_port()
        env = environment(home, port)
        env["TRESEN_SERVER"] = f"http://127.0.0.1:{port}"
        context = compose(settings)
        prepare(context)

        def move(to):
            offset = to - context.system_clock.now()
            run_writing(context.database, lambda unit: move_business_clock(unit, "demo", offset))

        move(WEDNESDAY)
        code = run_writing(context.database, lambda unit: furnish(unit, context))
        serve(env)
        yield SimpleNamespace(context=context, env=env, move=move, code=code, home=home)
        context.database.dispose()
    for process in STARTED:
        process.wait()
    STARTED.clear()


def furnish(unit, context):
    """Stores, people, goods and a customer; the code with which a till joins."""
    at = context.system_clock.now()
    for number, name, address in STORES:
        store = Store(StoreId(number), name, "DE", "EUR", "Europe/Berlin", address)
        add_branch(unit, add_store(unit, store, at), at)
    for number, name, role, stores in (
        ("1", "Ada Zander", Role.HEAD_OFFICE, ()),
        ("6", "Mia Otter", Role.MERCHANDISER, ()),
        ("101", "Jo Wiesel", Role.CASHIER, ("B001",)),
    ):
        add_staff(unit, StaffMember(StaffId(number), name, role, frozenset(stores), "de"), at)
    set_pin(unit, "101", PIN, at, PinRules(context.pin_key, context.settings.pin_digits))
    goods = [
        ArticleDraft("H-1", {"de": "Hose Murg"}, "Murg", "Herren>Hosen"),
        ArticleDraft("S-1", {"de": "Schal Murg"}, "Murg", "Herren>Schals"),
    ]
    variants = [
        VariantDraft(f"{one.article_no}-A", one.article_no, "", "", (gtin(place),))
        for place, one in enumerate(goods, 1)
    ]
    enter_batch(unit, goods, variants, at)
    since = WEDNESDAY - timedelta(days=90)
    for one, amount in (("H-1-A", 10_000), ("S-1-A", 2_000)):
        pricing.set_price(unit, PriceEntry(one, "chain", amount, "EUR", since), since)
    enter_customers(
        unit, [CustomerDraft("K-1", {"name": "Ulla Beispiel"}, {"groups": ("vip",)})], at
    )
    set_rule(unit, ReleaseKind.PROMOTION, on=True)
    till = add_till(unit, "B001-T1", "B001", at, mode="training")
    return issue_code(unit, till.till_id, new_id(context.system_clock), at)


@pytest.fixture
def open_desk(trade, new_page):
    """A browser of somebody at head office who is signed in."""

    def opened(number):
        now = trade.context.system_clock.now()
        token = run_writing(
            trade.context.database, lambda unit: open_session(unit, number, now, None)
        )
        page = new_page(base_url=trade.env["TRESEN_SERVER"])
        cookie = {"name": "tresen_session", "value": token, "url": trade.env["TRESEN_SERVER"]}
        page.context.add_cookies([cookie])
        return page

    return opened


def sell_trousers(till, total, code=""):
    """Two pairs and a scarf for the customer, who pays `total`, perhaps with a code."""
    till.do("customer", number="K-1")
    if code:
        wait_for(lambda: till.do("code", code=code)["event"] == "code_set")
    for place in (1, 1, 2):
        till.do("scan", code=gtin(place))
    wait_for(lambda: till.do("basket")["total"] == total, seconds=20)
    till.do("tender")
    assert till.do("finish")["event"] == "finished"
    assert till.do("wait_synced", timeout_s=60, booked=True)["event"] == "synced"


def build(page):
    """Say it in the builder, and watch the sentence follow."""
    page.goto("/promotions/new")
    page.get_by_role("link", name="Prozent Nachlass", exact=True).click()
    page.get_by_label("Name", exact=True).fill("20 % auf Hosen")
    page.get_by_label("Nummer", exact=True).fill("HOSEN-20")
    sentence = page.locator("#sentence")
    sentence.get_by_role("link", name="…").click()
    page.get_by_label("Wie viel", exact=True).fill("20")
    page.get_by_label("Wie viele Stück", exact=True).fill("2")
    sentence.get_by_role("link", name="alles").click()
    page.get_by_label("Warengruppen", exact=True).fill("Herren>Hosen")
    sentence.get_by_role("link", name="alle Kunden").click()
    page.get_by_label("Kundengruppen").fill("vip")
    sentence.get_by_role("link", name="allen Filialen").click()
    page.get_by_label("alle in Berlin").check()
    sentence.get_by_role("link", name="jederzeit").click()
    page.get_by_label("Von", exact=True).fill("2026-11-28T00:00")
    page.get_by_label("Bis", exact=True).fill("2026-11-30T00:00")
    sentence.get_by_role("link", name="29.11.2026").wait_for()
    page.evaluate("location.hash = 'pick-conditions'")
    page.get_by_label("Ein Code aus ihren Serien").check()
    sentence.get_by_role("link", name="aus ihren Serien").wait_for()
    said = re.sub(r"\s+", " ", sentence.inner_text())
    assert "Für vip 1 in Berlin 2 von 28.11.2026 bis 29.11.2026" in said
    assert "20 % auf Hosen 1, ab 2 Stück" in said
    # The receipt that was sold stands beside it before anything is saved.
    tried = page.locator("#tried")
    tried.get_by_role("heading", name="Trifft 1").wait_for()
    assert "−40,00\xa0€" in tried.inner_text()
    page.get_by_role("button", name="Speichern und ausprobieren").click()
    page.wait_for_url("**/promotions/drafts/*")


def make_codes(page):
    """A batch of codes that work once; two of them out of its file."""
    page.goto("/promotions/codes?id=HOSEN-20")
    page.get_by_label("Name", exact=True).fill("Brief")
    page.get_by_label("Alle beginnen mit", exact=True).fill("HB")
    page.get_by_label("Wie viele Codes", exact=True).fill("20")
    page.get_by_role("button", name="Serie anlegen").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV Brief").click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    assert len(lines) == 21
    return lines[1].partition(";")[0], lines[2].partition(";")[0]


def look_at_codes(page, used, other):
    """One is used up, by the receipt of this till; the other one is blocked."""
    page.get_by_label("Aktionscode", exact=True).fill(used)
    page.get_by_role("button", name="Nachsehen").click()
    page.get_by_text("Aufgebraucht").wait_for()
    assert "B001-T1" in page.get_by_role("group", name="Was wurde aus einem Code?").inner_text()
    page.get_by_label("Aktionscode", exact=True).fill(other)
    page.get_by_role("button", name="Nachsehen").click()
    page.get_by_text("Kann eingelöst werden").wait_for()
    page.get_by_role("button", name="Diesen Code sperren").click()
    page.get_by_role("button", name="Diesen Code wieder gelten lassen").wait_for()


@pytest.fixture
def till(trade):
    """A headless till in Berlin that somebody is logged in at."""
    data = trade.home / "tills" / "B001-T1"
    words = ("--data", str(data), "--server", trade.env["TRESEN_SERVER"], "--code", trade.code)
    run(TILL, "provision", *words, env=trade.env)
    till = Headless(data, env=trade.env)
    wait_for(lambda: till.do("login", staff="101", pin=PIN)["event"] == "logged_in")
    wait_for(lambda: till.do("search", text="hose").get("articles"))
    yield till
    till.end()


def test_from_the_sentence_to_its_effect_the_next_day(trade, till, open_desk):
    sell_trousers(till, 22_000)

    merchandiser, chief = open_desk("6"), open_desk("1")
    build(merchandiser)
    trial = merchandiser.locator("#trial")
    merchandiser.locator("#trial:not([data-poll])").wait_for()
    assert re.search(r"Bons getroffen\s*1\s*von 1", trial.inner_text())
    assert "40,00" in trial.inner_text()
    merchandiser.get_by_role("button", name="Zur Freigabe geben").click()
    merchandiser.get_by_text("Wartet auf eine zweite Person").wait_for()

    chief.goto("/releases")
    chief.get_by_role("link", name="20 % auf Hosen").click()
    chief.get_by_role("link", name="Zu den Freigaben").click()
    chief.get_by_role("button", name="Freigeben").click()
    chief.get_by_text("Nichts wartet").wait_for()
    merchandiser.goto("/promotions/show?id=HOSEN-20")
    # The till follows its feeds and then says how far it is: on a busy machine that takes a while.
    merchandiser.get_by_text("1 von 1 haben sie").wait_for(timeout=60_000)
    sell_trousers(till, 22_000)  # it begins on Saturday

    trade.move(SATURDAY)
    wait_for(lambda: till.do("clock", run=True)["shows"] > "2026-11-28")
    code, other = make_codes(merchandiser)
    sell_trousers(till, 18_000, code)
    assert till.do("code", code=code)["code"] == "code_exhausted"
    look_at_codes(merchandiser, code, other)
    assert till.do("code", code=other)["code"] == "code_blocked"

    chief.goto("/live")
    row = chief.get_by_role("region", name="Aktionen").get_by_role("row", name="20 % auf Hosen")
    assert re.search(r"\s1\s.*40,00", row.inner_text())

    trade.move(SUNDAY)
    chief.goto("/figures?period=day&at=2026-11-28&by=promotion")
    row = chief.get_by_role("row", name="20 % auf Hosen")
    assert "40,00" in row.inner_text()
    row.get_by_role("link").first.click()
    chief.goto("/promotions/show?id=HOSEN-20")
    assert re.search(r"Nachlass\s*40,00", chief.locator("dl").first.inner_text())
