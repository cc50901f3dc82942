"""Gift cards at tills whose network loses, repeats and delays, and which are killed: no cent taken twice, none lost."""

import itertools
import random
from datetime import timedelta
from uuid import UUID

import pytest

from central_server.features.instruments import service
from central_server.features.instruments.sources import Asked
from central_server.features.ledger import balances, jobs
from central_server.features.ledger import service as ledger
from central_server.features.ledger.verification import verify
from central_server.platform.unit_of_work import reading
from pos_client.app.gift_cards import CardPhase, GiftCards, open_gift_cards
from pos_client.storage.authorisations import OutstandingAuthorisations
from pos_client.sync.keys import TillKey
from pos_client.sync.ports import CentreRefusedError
from pos_client.sync.transport import HttpTransport
from shared.errors import DomainError, EnvironmentProblem
from shared.journal import parse_body
from shared.ledger import AccountKey, AccountKind, money_unit
from shared.tender import Tender, TenderKind
from shared.vouchers import NumberRange, StandInPolicy
from tests.conftest import LONG
from tests.simulation.centre import SELLER, SKUS, START, URL
from tests.simulation.world import Device, KilledError, World, deadly
from tests.support.bridge import Faults

EUR = money_unit("EUR")
WORTH = 30_000
STORES = ("DE01", "AT01")
# Beside these, test_seeds.py has gift cards on every day it plays.
SEEDS = range(200 if LONG else 2)


class CardWorld(World):
    """Two tills in two stores, and a gift card that both may take."""

    def __init__(self, seed, policy=None):
        super().__init__(seed, tills=2)
        self.policy = policy or StandInPolicy()
        numbers = NumberRange("2950", 8, 6)
        drawn = itertools.count(100_001, 13)
        self.before = self.house(AccountKind.INSTRUMENTS)
        self.write(lambda unit: service.add_range(unit, numbers, "EUR", 500, 50_000, START))
        (self.card,) = self.write(
            lambda unit: service.print_cards(unit, "2950", 1, lambda: next(drawn), START)
        )
        sold = Asked(UUID(int=5), self.card, "DE01", START.date(), "101", WORTH, "EUR")
        assert self.write(lambda unit: service.sell(unit, sold, START)).approved

    def cards(self, device: Device) -> GiftCards:
        till = device.open()
        transport = HttpTransport(
            URL,
            till.identity.key_id,
            TillKey.load(till.paths.key),
            self.clock,
            build="sim",
            via=device.bridge,
        )
        cards = open_gift_cards(till, transport)
        cards._policy = lambda: self.policy
        return cards

    def free(self):
        with reading(self.context.database) as unit:
            return service.balance_of(unit, service.find_card(unit, self.card))

    def house(self, kind):
        """What the stores' accounts have together: debits less credits."""
        total = 0
        with reading(self.context.database) as unit:
            for store in STORES:
                found = ledger.find_account(unit, AccountKey(kind, EUR, store_id=store))
                if found is not None:
                    sums = balances.balance(unit, found.id)
                    total += sums.debits - sums.credits
        return total

    def paid_by_card(self):
        """What all receipts say was paid with the card."""
        return sum(
            tender.amount
            for device in self.devices
            for receipt in device.receipts()
            for tender in receipt.tenders
            if tender.kind is TenderKind.GIFT_CARD
        )

    def stood_in(self):
        """What all tills took without the centre."""
        return sum(
            parse_body(event.body)["amount"]
            for device in self.devices
            for event in device.open().journal.events_after(0)
            if event.type == "auth.stood_in"
        )

    def quiet(self):
        """Open receipts are given up, everything arrives, and what was held is over."""
        for device in self.devices:
            device.bridge.faults = Faults()
            device.bridge.cut = False
            device.bridge.deliver_late()
            if device.open().sale.basket is not None:
                device.open().sale.cancel("end of the day")
        self.settle()
        for device in self.devices:
            assert OutstandingAuthorisations(device.open().journal.file).all() == ()
        held_by_nobody = self.free()
        self.clock.at += timedelta(hours=1)
        jobs.expire_holds(self.context)
        return held_by_nobody

    def check(self):
        """The card gave what receipts got, but for what is booked as a loss."""
        self.quiet()
        lost = self.house(AccountKind.STAND_IN_LOSS)
        assert WORTH - self.free() + lost == self.paid_by_card()
        assert self.free() >= 0
        # The other side of the sale by hand, and nothing else.
        assert self.house(AccountKind.INSTRUMENTS) - self.before == WORTH
        assert [finding.code for finding in verify(self.context.database)] == []
        return lost


@pytest.fixture
def world():
    made = CardWorld(1)
    yield made
    made.close()


def ring_up(device, pieces=1):
    till = device.open()
    for _ in range(pieces):
        till.basket.on_add(SKUS[0])
    return till.sale.basket.basket_id, till.sale.payment.due


def finish(device):
    sale = device.open().sale
    if sale.payment.due:
        sale.tender(Tender(TenderKind.CASH, sale.payment.due))
    return sale.finish()


def test_a_sale_paid_with_a_card(world):
    device = world.devices[0]
    basket, due = ring_up(device)
    cards = world.cards(device)
    assert cards.balance(world.card).balance == WORTH
    payment = cards.ask(basket, world.card, due)
    assert (payment.phase, payment.amount, payment.balance) == ("approved", due, WORTH - due)
    device.open().sale.tender(payment.tender())
    receipt = finish(device)
    assert receipt.tenders[0].authorisation == payment.auth_id
    assert world.check() == 0
    assert world.free() == WORTH - due


def test_more_than_the_card_has_is_declined_with_what_it_has(world):
    basket, _ = ring_up(world.devices[0])
    payment = world.cards(world.devices[0]).ask(basket, world.card, WORTH + 1)
    assert (payment.phase, payment.code, payment.balance) == ("declined", "giftcard_short", WORTH)
    with pytest.raises(DomainError, match="tender_unauthorised"):
        payment.tender()
    part = world.cards(world.devices[0]).ask(basket, world.card, WORTH + 1, part_ok=True)
    assert (part.phase, part.amount) == ("approved", WORTH)


@pytest.mark.parametrize("fault", ["lost", "answer_lost", "late"])
def test_no_answer_is_not_known_and_the_same_question_finds_out(world, fault):
    device = world.devices[0]
    basket, due = ring_up(device)
    device.bridge.faults = Faults(**{fault: 100})
    payment = world.cards(device).ask(basket, world.card, due)
    assert (payment.phase, payment.code) == (CardPhase.UNKNOWN, "centre_unreachable")
    with pytest.raises(DomainError, match="tender_unauthorised"):
        payment.tender()
    device.die()  # as by kill -9: what was asked for is on the disk
    device.bridge.faults = Faults()
    cards = world.cards(device)
    (found,) = cards.pending(basket)
    assert (found.auth_id, found.phase) == (payment.auth_id, CardPhase.UNKNOWN)
    again = cards.ask_again(found.auth_id)
    assert (again.phase, again.amount) == (CardPhase.APPROVED, due)
    assert world.free() == WORTH - due
    device.bridge.deliver_late()
    assert world.free() == WORTH - due
    device.open().sale.tender(again.tender())
    finish(device)
    assert world.check() == 0


def test_what_is_given_back_before_it_arrives_never_holds(world):
    device = world.devices[0]
    basket, due = ring_up(device)
    device.bridge.faults = Faults(late=100)
    payment = world.cards(device).ask(basket, world.card, due)
    device.bridge.faults = Faults()
    world.cards(device).give_back(payment.auth_id)
    device.bridge.deliver_late()
    assert world.free() == WORTH
    assert world.cards(device).pending(basket) == ()


def test_what_cannot_be_given_back_now_is_given_back_by_the_sync(world):
    device = world.devices[0]
    basket, due = ring_up(device)
    payment = world.cards(device).ask(basket, world.card, due)
    device.bridge.cut = True
    world.cards(device).give_back(payment.auth_id)
    with pytest.raises(DomainError, match="authorisation_unknown"):
        world.cards(device).ask_again(payment.auth_id)
    assert world.free() == WORTH - due
    device.bridge.cut = False
    device.sync()
    assert world.free() == WORTH


@pytest.mark.parametrize("end", ["cancel", "cash"])
def test_a_receipt_that_does_not_take_it_gives_it_back(world, end):
    device = world.devices[0]
    basket, due = ring_up(device)
    world.cards(device).ask(basket, world.card, due)
    if end == "cancel":
        device.open().sale.cancel("changed their mind")
    else:
        finish(device)
    assert world.quiet() == WORTH
    assert world.check() == 0


def test_the_card_on_a_receipt_outlives_a_kill(world):
    device = world.devices[0]
    basket, due = ring_up(device)
    payment = world.cards(device).ask(basket, world.card, due)
    device.open().sale.tender(payment.tender())
    device.die()
    assert device.open().sale.payment.tenders == (payment.tender(),)
    with pytest.raises(DomainError, match="tender_nothing_due"):
        device.open().sale.tender(payment.tender())
    device.open().recorder.sign_on(SELLER)
    finish(device)
    assert world.check() == 0


def test_nothing_is_taken_in_practice(world):
    till = world.devices[0].open()
    till.sale.set_training(True)
    basket, due = ring_up(world.devices[0])
    payment = world.cards(world.devices[0]).ask(basket, world.card, due)
    with pytest.raises(DomainError, match="authorisation_training"):
        till.sale.tender(payment.tender())


def test_a_till_that_is_refused_holds_nothing(world):
    device = world.devices[0]
    basket, due = ring_up(device)
    cards = world.cards(device)
    limiter = world.app.state.authorisation_limiter
    while limiter.allow(device.till_id):
        pass
    assert cards.ask(basket, world.card, due).code == "centre_failing"
    with pytest.raises(EnvironmentProblem, match="centre_failing"):
        cards.balance(world.card)
    world.clock.at += timedelta(minutes=1)
    with pytest.raises(CentreRefusedError, match="giftcard_unknown"):
        cards.balance("2950000000000006")


def test_without_a_policy_nothing_is_taken_without_the_centre(world):
    device = world.devices[0]
    basket, due = ring_up(device)
    device.bridge.cut = True
    payment = world.cards(device).ask(basket, world.card, due)
    with pytest.raises(DomainError, match="stand_in_refused"):
        world.cards(device).stand_in(payment.auth_id)


def test_a_stand_in_is_bounded_booked_and_free_again_afterwards(world):
    world.policy = StandInPolicy(per_receipt=2_000, per_card=3_000, per_till=5_000)
    device = world.devices[0]
    device.bridge.cut = True

    def stand_in(amount):
        basket, _ = ring_up(device, 3)
        cards = world.cards(device)
        payment = cards.ask(basket, world.card, amount)
        device.open().sale.tender(cards.stand_in(payment.auth_id).tender())
        finish(device)

    stand_in(2_000)
    with pytest.raises(DomainError, match="stand_in_refused") as refused:
        stand_in(1_001)
    assert refused.value.params == {"stand_in_most": 1_000}
    device.open().sale.cancel("too much")
    stand_in(1_000)
    world.settle()
    device.bridge.cut = True
    stand_in(2_000)
    assert world.check() == 0
    assert world.free() == WORTH - 5_000


def _act(world, device):
    """Something that happens at a till; faults and kills come from outside."""
    chance, till = world.chance, device.open()
    cards = world.cards(device)
    if till.sale.basket is None:
        ring_up(device, chance.randrange(1, 4))
        return
    basket, due = till.sale.basket.basket_id, till.sale.payment.due
    counted = {tender.authorisation for tender in till.sale.payment.tenders}
    open_ones = [each for each in cards.pending(basket) if each.auth_id not in counted]
    what = chance.randrange(10)
    if what < 4 and due:
        wanted = chance.choice((due, due, max(1, due // 2), due + 500))
        open_ones = [cards.ask(basket, world.card, wanted, part_ok=chance.random() < 0.3)]
    elif what == 4 and open_ones:
        cards.give_back(open_ones[0].auth_id)
        return
    elif what == 5 and open_ones:
        open_ones = [cards.ask_again(open_ones[0].auth_id)]
    elif what == 6 and open_ones and open_ones[0].phase is CardPhase.UNKNOWN:
        open_ones = [cards.stand_in(open_ones[0].auth_id)]
    elif what == 7:
        till.sale.cancel("why")
        return
    elif what > 7:
        finish(device)
        return
    for each in open_ones:
        if each.phase in (CardPhase.APPROVED, CardPhase.STOOD_IN) and each.amount <= due:
            till.sale.tender(each.tender())
            return


def _day(world, steps=50):
    chance = world.chance
    for _ in range(steps):
        device = chance.choice(world.devices)
        faults = chance.choice((Faults(), Faults(20, 25, 20, 15), Faults(answer_lost=60)))
        device.bridge.faults = faults
        device.bridge.cut = chance.random() < 0.1
        try:
            with deadly(chance, 2):
                _act(world, device)
        except KilledError:
            device.die()
        except (DomainError, EnvironmentProblem):
            pass
        if chance.random() < 0.3:
            device.sync()
        if chance.random() < 0.3:
            device.bridge.deliver_late()
        if chance.random() < 0.3:
            chance.choice((world.project, world.project_and_die))()
        world.clock.at += timedelta(seconds=chance.randrange(20))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_cent_is_taken_twice_and_none_is_lost(seed):
    world = CardWorld(seed)
    try:
        _day(world)
        # Nothing was taken without the centre, and no hold was over before its receipt came.
        assert world.check() == 0
    finally:
        world.close()


@pytest.mark.parametrize("seed", list(SEEDS)[:2])
def test_what_tills_take_without_the_centre_is_a_loss_within_what_is_allowed(seed):
    policy = StandInPolicy(3_000, 10_000, 15_000)
    world = CardWorld(random.Random(seed).randrange(10**6), policy)
    try:
        _day(world, 80)
        assert world.check() <= world.stood_in()
    finally:
        world.close()
