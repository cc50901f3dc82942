"""A shop whose till stands behind a window: gift cards, vouchers and a customer with purses at a centre in the process.

What is the same for every test is made once and copied, because joining a till and fetching everything takes seconds.
"""

import functools
import itertools
import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import Qt

from central_server.app.composition import compose
from central_server.app.factory import create_app
from central_server.features.customers import cards
from central_server.features.customers.cards import CardChange
from central_server.features.customers.service import CustomerDraft, enter_batch
from central_server.features.instruments import vouchers
from central_server.features.instruments.voucher_repository import VoucherType
from central_server.features.instruments.vouchers import Issue
from central_server.features.loyalty import credit
from central_server.features.loyalty import service as loyalty
from central_server.features.loyalty.service import Grant
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import reading
from pos_client.features.login.state import LoginState
from pos_client.runtime.gui_thread import forget_gui_thread
from pos_client.storage.feed_applier import FeedApplier
from pos_client.storage.reference_files import ReferenceFiles
from pos_client.sync.keys import TillKey
from pos_client.sync.transport import HttpTransport
from shared.identity import FixedClock
from shared.loyalty import Purse
from shared.tender import TenderKind
from shared.vouchers import StandInPolicy, VoucherClass
from shared.wire.authorisations import STAND_IN_KEY
from shared.wire.models import FeedRow
from tests.gui.pay_rig import PayingCashier, plain
from tests.integration.till_world import page as feed_page
from tests.simulation.centre import SELLER, SKUS, START, URL
from tests.simulation.test_gift_cards import WORTH, CardWorld
from tests.simulation.world import Device

DUE = 1_000
ON_CARD = WORTH - DUE
ADA, BO, KD = "C1", "C2", "KD-1000"
HAS = 2_000
MULTI = VoucherType("SHOP", "Gutschein", "EUR", VoucherClass.MULTI, True, None, None, None)


class Shop(CardWorld):
    """The chain, with a window at its first till. Ada has 20.00 in each purse and as much credit, and a card."""

    def __init__(self, folder):
        made, self.card, self.before, _ = _made()
        shutil.copytree(made, folder, dirs_exist_ok=True)
        self.folder, self.chance, self.clock = folder, random.Random(1), FixedClock(START)
        self.policy = StandInPolicy()
        self.context = compose(_settings(folder), self.clock)
        self.app = create_app(self.context)
        self.devices = [Device(self, name, folder / name) for name in ("DE01-T1", "AT01-T1")]
        self.device = self.devices[0]
        self.earlier = len(self.device.receipts())
        self._issued = itertools.count(500)

    def transport(self):
        device = self.device
        identity = device.open().identity
        device.die()
        key = TillKey.load(device.paths.key)
        return HttpTransport(URL, identity.key_id, key, self.clock, build="gui", via=device.bridge)

    def allow_stand_in(self, amount):
        applier = FeedApplier(ReferenceFiles(self.device.paths.reference).current())
        limits = {"per_receipt": amount, "per_card": amount, "per_till": amount}
        row = FeedRow(kind="config", key=STAND_IN_KEY, scope="chain", seq=1, op="put", d=limits)
        applier.take("config", feed_page([row], "e.9.9"))
        applier.close()

    def issue(self, amount, **holder):
        """A voucher of head office; its printed code."""
        asked = Issue(UUID(int=next(self._issued)), "SHOP", "DE01", amount, START.date(), **holder)
        sign = self.context.signing_key.sign
        made = self.write(lambda unit: vouchers.issue(unit, asked, sign, START))
        return made.facts.token(made.signature)

    def sold(self):
        """The receipts of the till behind the window but for those that the chain began with."""
        return self.device.receipts()[self.earlier :]

    def voucher_has(self, number):
        with reading(self.context.database) as unit:
            return vouchers.balance_of(unit, vouchers.find(unit, number))

    def purse(self, kind):
        """What Ada can spend of a purse."""
        with reading(self.context.database) as unit:
            if kind is TenderKind.INVOICE:
                return credit.credit_of(unit, ADA, "EUR").free
            today = self.clock.now().date()
            held = loyalty.purse_balance(unit, Purse(kind.value), ADA, "EUR", today)
            return held.free


def _settings(folder):
    return Settings(home=folder / "home", mode="test", database_url="", long_poll_seats=0)


@functools.cache
def _made():
    """The folder of a shop that nobody has used, its gift card, and what removes the folder in the end."""
    kept = tempfile.TemporaryDirectory(prefix="tresen-shop-")
    world = CardWorld(1)
    change = CardChange("9001", START)

    def enter(unit):
        lists = {"groups": ("VIP",)}
        drafts = [
            CustomerDraft(ADA, {"name": "Ada Löwe"}, lists),
            CustomerDraft(BO, {"name": "Bo"}),
        ]
        enter_batch(unit, drafts, START)
        cards.issue(unit, ADA, KD, change)
        vouchers.add_type(unit, MULTI, START)

    def give(unit):
        for at, purse in enumerate(Purse):
            asked = Grant(UUID(int=100 + at), purse, ADA, "DE01", HAS, START.date(), at_once=True)
            loyalty.grant(unit, asked, START)
        credit.set_limit(unit, UUID(int=99), ADA, "EUR", HAS, START)

    world.write(enter)
    world.write(give)
    world.settle()
    world.close()
    folder = shutil.copytree(world.centre.live, Path(kept.name) / "shop")
    world.centre.restore()
    return folder, world.card, world.before, kept


class CardCashier(PayingCashier):
    """Logged in, with one article on the receipt."""

    def sign_on(self):
        till = self.till.opened.till
        self.till.tasks.command(
            lambda: till.recorder.sign_on(SELLER),
            lambda _none: self.space.login.entered.emit(
                LoginState(name="Kim", staff_id="101", greeting="Moin", initials="K")
            ),
            owner=self.till,
        )
        self.until(lambda: self.shell.page in {"sale", "pay"})

    def lane(self, op: Callable[[], object]):
        """Something of the till's lane, done and over."""
        done = []
        self.till.tasks.command(op, done.append, owner=self.till, failed=done.append)
        self.until(lambda: bool(done))
        return done[0]

    def ring_up(self, *skus, customer=""):
        till = self.till.opened.till
        for sku in skus or (SKUS[0],):
            self.lane(lambda sku=sku: till.basket.on_add(sku))
        if customer:
            self.lane(lambda: till.basket.on_customer(customer))
        self.space.go("pay")
        self.until(lambda: bool(self.page.chosen) and self.page.state.total != plain("0,00 €"))
        self.qtbot.wait(50)

    def choose(self, kind):
        """A way to pay by the key that its button shows; the last of many have none."""
        self.until(lambda: kind in self.page.ways.buttons and kind in self.offered())
        button = self.page.ways.buttons[kind]
        if button.key:
            self.key(Qt.Key[f"Key_{button.key}"])
        else:
            button.click()

    def offered(self):
        return {row.kind: plain(row.detail) for row in self.page.state.means}

    def gift(self, number):
        self.means(Qt.Key.Key_F7)
        self.until(lambda: self.page.asks_number)
        self.type(f"{number}\r")

    def gift_known(self, number):
        self.gift(number)
        self.until(lambda: not self.page.asks_number and not self.page.shows_step)
        self.qtbot.wait(50)

    def asked_for(self, kind):
        self.choose(kind)
        self.until(lambda: self.page.chosen == kind and self.page.asks_number)
        self.qtbot.wait(50)

    def known(self, kind):
        self.until(
            lambda: (
                self.page.chosen == kind and not self.page.asks_number and not self.page.shows_step
            )
        )
        self.qtbot.wait(50)

    def caption(self):
        return plain(self.page.state.amount_caption)

    def complaint(self):
        return self.page.entry.field.message.accessibleName()


def paid(cashier, shop):
    """The receipt's tenders, and nothing lost at the centre."""
    cashier.stop()
    forget_gui_thread()
    return shop.sold()[0].tenders
