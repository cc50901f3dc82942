"""N tills, one centre, seeded faults: at the end every receipt is booked once and every cent is where it belongs."""

import os

import pytest

from central_server.features.exceptions import service as exceptions
from central_server.features.tills.service import TillState, get_till
from central_server.gateway.journal.repository import forked_events
from central_server.gateway.snapshots import build_all
from central_server.platform.unit_of_work import reading
from pos_client.storage.reference_files import ReferenceFiles
from shared.errors import DomainError, EnvironmentProblem
from shared.identity import FixedClock
from tests.simulation.centre import SKUS, START
from tests.simulation.quiescence import check_books
from tests.simulation.world import Device, KilledError, World, copy_disk, deadly
from tests.support.bridge import Faults

LONG = os.environ.get("TRESEN_LONG") == "1"
SEEDS = range(1, 3)
LONG_SEEDS = range(1000, 1020 if LONG else 1001)
STEPS = 120
STORES = ("DE01", "AT01", "UK01")


@pytest.fixture
def world_of(tmp_path):
    made = []

    def make(seed, tills=2):
        made.append(World(seed, tills))
        return made[-1]

    yield make
    for world in made:
        world.close()


def sell(device):
    """A customer: some lines, sometimes a change of mind, cash."""
    till, chance = device.open(), device.world.chance
    if till.sale.basket is None:
        for _ in range(chance.randrange(1, 5)):
            till.basket.on_add(chance.choice(SKUS), str(chance.randrange(1, 4)))
        if chance.randrange(10) == 0:
            till.basket.on_return(chance.choice(SKUS), "1", reason="passt nicht")
        mind = chance.randrange(8)
        if mind == 0:
            till.basket.on_void(max(till.sale.basket.lines))
            if chance.randrange(2):
                till.basket.on_undo()
        elif mind == 1:
            till.basket.on_park("später")
            return
        elif mind == 2:
            till.basket.on_cancel("Kundin ging")
            return
    if till.sale.basket.is_empty:
        till.basket.on_cancel("leer")
        return
    if till.sale.payment.due:
        till.payment.on_cash("500" if till.sale.payment.total > 0 and chance.randrange(2) else None)
    till.payment.on_finish()


def expect(code, *allowed):
    """A refusal that the faults explain."""
    assert code in allowed


def step(world):
    """One thing happens somewhere."""
    chance = world.chance
    device = chance.choice(world.devices)
    dice = chance.randrange(100)
    if dice < 50:
        try:
            with deadly(chance, 2):
                sell(device)
        except KilledError:
            device.die()
        except EnvironmentProblem as problem:
            expect(problem.code, "journal_disk_full")
        except DomainError as refusal:
            expect(refusal.code, "tender_short", "payment_begun")
            if device.open().sale.payment.tenders:
                device.open().payment.on_take_back()
    elif dice < 75:
        device.bridge.faults = Faults(lost=20, answer_lost=20, twice=20)
        device.bridge.cut = chance.randrange(6) == 0
        device.sync()
    elif dice < 82:
        world.project(chance.randrange(1, 20))
    elif dice < 85:
        world.project_and_die()
    elif dice < 90:
        world.change_price()
    elif dice < 93:
        device.die()
    elif dice < 96:
        till = device.open()
        if till.sale.basket is None and till.sale.parked():
            till.basket.on_recall()
    else:
        minutes = chance.choice((-3, 1, 7, 30, 600))
        world.clock.at = max(START, FixedClock(world.clock.at).now()) + (
            minutes * (START.replace(minute=1) - START)
        )


def receipts_everywhere(world):
    """What the tills' own journals say."""
    return totals_of(*world.devices)


def totals_of(*devices):
    """Totals by event id."""
    return {receipt.event_id: receipt.total for device in devices for receipt in device.receipts()}


def check(world, expected):
    """What must hold once everything is quiet."""
    check_books(world.context.database, expected)
    with reading(world.context.database) as unit:
        assert [e["code"] for e in exceptions.listed(unit)] == []


def numbers(device):
    """The receipt numbers of a till's journal, in order."""
    return [receipt.receipt_id.number for receipt in device.receipts()]


def run_world(world):
    for _ in range(STEPS):
        step(world)
    world.settle()
    expected = receipts_everywhere(world)
    assert expected, "nothing was sold: the simulation tests nothing"
    check(world, expected)
    for device in world.devices:
        assert numbers(device) == list(range(1, len(numbers(device)) + 1))
        assert device.open().outbox.status().unsent == 0
        for sku in SKUS:
            assert device.open().reference.find(sku).sku == sku


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_and_nothing_doubled(world_of, seed):
    run_world(world_of(seed))


@pytest.mark.long
@pytest.mark.parametrize("seed", LONG_SEEDS)
def test_nothing_is_lost_and_nothing_doubled_at_length(world_of, seed):
    run_world(world_of(seed, tills=4))


def test_the_faults_do_happen(world_of):
    world = world_of(4711)
    for _ in range(STEPS):
        step(world)
    for fault in ("lost", "answer_lost", "twice"):
        assert sum(device.bridge.happened[fault] for device in world.devices) > 0


def test_two_devices_with_one_identity_are_caught_and_both_copies_kept(world_of, tmp_path):
    world = world_of(1)
    first = world.devices[0]
    sell(first)
    copy_disk(first, tmp_path / "clone")
    clone = Device(world, first.till_id, tmp_path / "clone")
    world.devices.append(clone)
    sell_one(first)
    sell_one(clone)
    first.sync()
    clone.sync()
    with reading(world.context.database) as unit:
        assert get_till(unit, first.till_id).state is TillState.QUARANTINED
        assert forked_events(unit.connection, first.till_id)
    assert clone.open().outbox.status().stopped == "till_quarantined"
    sell_one(clone)  # selling goes on; a person decides


def test_a_restored_disk_must_join_again_and_nothing_of_the_first_life_is_lost(world_of, tmp_path):
    world = world_of(2)
    device = world.devices[0]
    sell_one(device)
    copy_disk(device, tmp_path / "image")
    sell_one(device)
    world.settle()
    before = receipts_everywhere(world)
    device.die()
    restored = Device(world, device.till_id, tmp_path / "image")
    world.devices[0] = restored
    restored.sync()
    assert restored.open().outbox.status().stopped == "journal_restored"
    with pytest.raises(EnvironmentProblem) as refused:
        sell_one(restored)
    assert refused.value.code == "journal_restored"
    restored.die()
    restored.join()
    world.settle()
    sell_one(restored)
    world.settle()
    assert restored.open().identity.incarnation == 2
    check(world, {**before, **totals_of(restored)})


def test_a_new_device_starts_from_a_reference_file_and_a_broken_one_is_fetched_again(world_of):
    world = world_of(5)
    build_all(world.context)
    device = world.devices[0]
    device.die()
    device.join()
    device.sync()
    files = ReferenceFiles(device.paths.reference)
    assert device.open().reference.find(SKUS[0]).sku == SKUS[0]
    assert device.open().reference.version
    device.die()
    current = files.current()
    with current.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 65_536)
    assert not all(known(device, sku) for sku in SKUS)
    device.sync()
    device.sync()
    assert device.open().reference.find(SKUS[0]).sku == SKUS[0]
    sell_one(device)
    world.settle()


def test_a_day_without_a_network_arrives_whole(world_of):
    world = world_of(3, tills=3)
    before = len(receipts_everywhere(world))
    for device in world.devices:
        device.bridge.cut = True
        for _ in range(15):
            sell_one(device)
            device.sync()
        assert device.open().outbox.status().unsent > 0
    world.settle()
    expected = receipts_everywhere(world)
    assert len(expected) == before + 45
    check(world, expected)


def known(device, sku):
    """Whether the till can look an article up."""
    try:
        return device.open().reference.find(sku).sku == sku
    except EnvironmentProblem:
        return False


def sell_one(device):
    """A plain sale."""
    till = device.open()
    till.basket.on_add(device.world.chance.choice(SKUS))
    till.payment.on_cash()
    till.payment.on_finish()
