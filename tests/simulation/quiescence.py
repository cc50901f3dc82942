"""What must hold of a simulated chain once everything is quiet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from types import SimpleNamespace
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from central_server.features.coupons import service as codes
from central_server.features.exceptions import service as exceptions
from central_server.features.instruments import service as instruments
from central_server.features.ledger import balances
from central_server.features.ledger import service as ledger
from central_server.features.ledger.verification import verify
from central_server.features.loyalty import service as loyalty
from central_server.features.reporting import repository as figures
from central_server.features.sales.tables import sale
from central_server.features.stock.service import check_levels
from central_server.features.stores.service import get_store
from central_server.gateway.feeds import feed_digest
from central_server.gateway.journal import checks
from central_server.gateway.journal import repository as journal
from central_server.platform.database import Database
from central_server.platform.unit_of_work import ReadUnit, reading
from pos_client.storage.feed_applier import FeedApplier
from pos_client.storage.reference_files import ReferenceFiles
from pos_client.sync.follower import FEED_ORDER
from shared.basket import value_of
from shared.journal import ChainedEvent, parse_body, receipt_from_body
from shared.ledger import AccountKey, AccountKind, money_unit
from shared.quantity import to_thousandths
from shared.receipt import Receipt
from tests.simulation.centre import CODES, START, STORES
from tests.simulation.model import CURRENCY, Model, taken_in_other_currencies, worth_after
from tests.simulation.play import Play
from tests.simulation.world import Device, World

Journals = Mapping[tuple[str, int], tuple[ChainedEvent, ...]]
_RECEIPTS = ("sale.completed", "return.completed")
_ALL_EVENTS = 100_000
SHORT = frozenset(("giftcard_shortfall", "purse_shortfall"))
BLIND = frozenset(("return_too_many", "return_refunded_otherwise"))
"""What a till does that could not ask, or that asked before another one had sent what it took back."""
LATE_SALE = "return_origin_unknown"
OVERSHOT = "code_overshot"


def check(play: Play) -> None:
    """Everything; `AssertionError` says what does not hold."""
    world = play.world
    receipts = receipts_in(_everything_arrived_once(play))
    totals = {each.event_id: each.total for each in receipts}
    check_books(world.context.database, totals, value_sold_in(receipts))
    with reading(world.context.database) as unit:
        _nothing_unexpected_waits(unit, play)
        _no_piece_comes_back_twice_unseen(unit, receipts)
        _worth_as_told(unit, play, receipts)
        # A clock that was moved ends what was kept; an older disk uses again what its lost receipts had used.
        codes_used_as_told(unit, receipts, forgetful=bool(play.clock_moved or play.closed))
    for device in world.devices:
        numbers = [receipt.receipt_id.number for receipt in device.receipts()]
        assert numbers == list(range(1, len(numbers) + 1)), f"{device.till_id}: {numbers}"
        assert device.open().outbox.status().unsent == 0, device.till_id
        _same_reference(world, device)


class ValueSold(NamedTuple):
    """What of the totals is gift cards and vouchers, which is no turnover; and receipts that sell nothing else."""

    amount: int = 0
    receipts: int = 0


NONE_SOLD = ValueSold()


def check_books(
    database: Database, expected: Mapping[UUID, int], value: ValueSold = NONE_SOLD
) -> None:
    """Receipts by event and total are booked once each, and every sum is theirs: figures, stock, ledger, chains."""
    with reading(database) as unit:
        booked = {row.event_id: row.total for row in unit.connection.execute(select(sale))}
        assert booked == expected
        rows = figures.sales_by(
            unit.connection,
            START.date().replace(year=2020),
            START.date().replace(year=2030),
            STORES,
            (),
        )
        assert sum(r["receipts"] for r in rows) == len(expected) - value.receipts
        assert sum(r["gross"] for r in rows) == sum(expected.values()) - value.amount
        assert check_levels(unit) == []
    assert [(found.code, dict(found.params)) for found in verify(database)] == []
    assert checks.nightly(database), "the nightly checks found something"


def _everything_arrived_once(play: Play) -> Journals:
    """As `check_journals`, with those that were closed on the way."""
    expected = dict(play.closed)
    for device in play.world.devices:
        expected[device.till_id, device.open().identity.incarnation] = device.events()
    check_journals(play.world.context.database, expected)
    return expected


def check_journals(database: Database, expected: Journals) -> None:
    """What the centre holds is what the tills journalled, and booked: every event, once, in order."""
    with reading(database) as unit:
        chains = {
            (chain.till_id, chain.incarnation): chain for chain in journal.chains(unit.connection)
        }
        there = {
            key: [
                (event.seq, event.hash)
                for event in journal.event_page(unit.connection, *key, 0, _ALL_EVENTS)
            ]
            for key in chains
        }
    told = {
        key: [(event.seq, event.hash) for event in events]
        for key, events in expected.items()
        if events
    }
    assert {key: rows for key, rows in there.items() if rows} == told
    for key, chain in chains.items():
        assert chain.projected_seq == chain.last_seq, f"{key}: not everything is booked"


def receipts_in(journals: Journals) -> list[Receipt]:
    """The receipts among these events."""
    return [
        receipt_from_body(event.event_id, parse_body(event.body))
        for events in journals.values()
        for event in events
        if event.type in _RECEIPTS
    ]


def value_sold_in(receipts: Sequence[Receipt]) -> ValueSold:
    """What of these receipts is no turnover."""
    without_goods = [each for each in receipts if not any(line.is_goods for line in each.lines)]
    return ValueSold(sum(value_of(each.lines) for each in receipts), len(without_goods))


def _nothing_unexpected_waits(unit: ReadUnit, play: Play) -> None:
    for row in exceptions.listed(unit):
        allowed = {LATE_SALE, OVERSHOT} | BLIND
        if play.risky:
            allowed |= SHORT
        if play.quarantined:
            allowed |= {"journal_forked"}
        code, said = row["code"], f"{row['kind']} {row['code']} {row['params']}"
        assert row["kind"] == "notice", said
        assert code in allowed, said


def _no_piece_comes_back_twice_unseen(unit: ReadUnit, receipts: list[Receipt]) -> None:
    """Tills that could not ask may take back what came back elsewhere: then the centre has found it."""
    sold: Counter[tuple[str, int]] = Counter()
    back: Counter[tuple[str, int]] = Counter()
    for receipt in receipts:
        for line in receipt.lines:
            if line.origin is not None and line.is_return:
                back[line.origin.receipt, line.origin.line] -= to_thousandths(line.quantity)
            elif not line.is_return:
                sold[str(receipt.receipt_id), line.number] += to_thousandths(line.quantity)
    found = {
        row["params"]["receipt"]
        for row in exceptions.listed(unit)
        if row["code"] in {"return_too_many", LATE_SALE}
    }
    for (number, line), quantity in back.items():
        if quantity > sold[number, line]:
            assert number in found, f"line {line} of {number} came back twice, and nobody said so"


def codes_used_as_told(unit: ReadUnit, receipts: list[Receipt], *, forgetful: bool = False) -> None:
    """Every use is counted once; asked for in time no code is used more often than it may, and each use beyond that is
    an exception. `forgetful`: what was kept for a receipt may be forgotten before it.
    """
    used = Counter(use.code for receipt in receipts for use in receipt.codes)
    for place in range(CODES.size):
        code = CODES.code(place)
        assert codes.look_up(unit, code).state.used == used[code], code
    beyond = sum(max(0, times - CODES.uses) for times in used.values())
    waiting = [row["code"] for row in exceptions.listed(unit)]
    assert waiting.count(OVERSHOT) == beyond, f"{used}: {waiting}"
    if not forgetful:
        asked = Counter(u.code for receipt in receipts for u in receipt.codes if not u.alone)
        assert all(times <= CODES.uses for times in asked.values()), asked


def _worth_as_told(unit: ReadUnit, play: Play, receipts: list[Receipt]) -> None:
    """Cards and purses are worth what the receipts say; what was short is booked as a loss, and nothing is below 0."""
    told = worth_after(receipts, play.world.centre.gift_cards)
    there = worth_there(unit, told, play.world.clock.now().date())
    lost = _losses(unit, CURRENCY)
    assert _losses(unit, "GBP") == taken_in_other_currencies(receipts)
    assert lost == 0 or play.risky, f"{lost} lost, and nobody took a risk"
    if not lost:
        assert there == told
        return
    assert there.total == told.total + lost
    assert all(there.cards[number] >= max(0, cents) for number, cents in told.cards.items())
    assert all(there.purses[key] >= left for key, left in told.purses.items())


def worth_there(unit: ReadUnit, told: Model, on: date) -> Model:
    """What the cards and purses of a model are worth at the centre."""
    cards = {
        number: instruments.balance_of(unit, instruments.find_card(unit, number))
        for number in told.cards
    }
    purses = {}
    for purse, customer in told.purses:
        found = loyalty.purse_balance(unit, purse, customer, CURRENCY, on)
        assert found.held == 0, f"{customer} still has {found.held} held"
        purses[purse, customer] = found.balance - found.debt
    return Model(cards, purses)


def _losses(unit: ReadUnit, currency: str) -> int:
    lost = 0
    for store in STORES:
        key = AccountKey(AccountKind.STAND_IN_LOSS, money_unit(currency), store_id=store)
        account = ledger.find_account(unit, key)
        if account is not None:
            sums = balances.balance(unit, account.id)
            lost += sums.debits - sums.credits
    return lost


def _same_reference(world: World, device: Device) -> None:
    """The till has the rows that the centre has for it, feed by feed."""
    path = ReferenceFiles(device.paths.reference).current()
    assert path is not None, f"{device.till_id} has no reference data"
    with reading(world.context.database) as unit:
        store = get_store(unit, device.open().identity.store.store_id)
    request = SimpleNamespace(app=world.app)
    identity = SimpleNamespace(store=store, till_id=device.till_id)
    applier = FeedApplier(path)
    try:
        for feed in FEED_ORDER:
            theirs, ours = feed_digest(feed, request, identity), applier.digest(feed)
            told = (applier.applied_cursor(feed), ours.count, ours.sum64)
            assert (theirs.cursor, theirs.count, theirs.sum64) == told, feed
    finally:
        applier.close()
