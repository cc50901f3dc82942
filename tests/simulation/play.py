"""A day of a simulated chain, drawn from a seed: what cashiers, networks, disks, clocks and technicians do.

Each step is one thing that happens somewhere. A step may be refused or killed half-way; nothing else may go wrong.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import timedelta

from central_server.features.ledger import jobs as ledger_jobs
from central_server.features.tills.service import TillState, get_till
from central_server.gateway.journal import repository as journal
from central_server.platform.unit_of_work import reading
from pos_client.storage.authorisations import OutstandingAuthorisations
from shared.errors import DomainError, EnvironmentProblem
from shared.journal import ChainedEvent
from shared.vouchers import StandInPolicy
from tests.simulation.cashier import Cashier
from tests.simulation.world import (
    Device,
    KilledError,
    World,
    copy_disk,
    deadly,
    deadly_centre,
)
from tests.support.bridge import CentreDiedError, Faults

STEPS = 24
LONGEST_HOLD = timedelta(minutes=31)
_NETWORKS = (
    Faults(),
    Faults(),
    Faults(lost=20, answer_lost=25, twice=20, late=15),
    Faults(answer_lost=60),
    Faults(late=50),
    Faults(twice=70),
)
_WEIGHTS = {
    "serve": 70,
    "send": 14,
    "fetch": 3,
    "book": 12,
    "book_and_die": 2,
    "change_price": 2,
    "kill": 2,
    "set_clock": 3,
    "do_jobs": 2,
}
REFUSALS = frozenset(
    (
        "tender_short",
        "tender_nothing_due",
        "tender_no_change",
        "payment_begun",
        "stand_in_refused",
        "authorisation_unknown",
        "code_ask_later",
        "return_too_many",
        "receipt_unknown",
        "receipt_not_sold",
        "customer_unknown",
        "customers_withheld",
        "price_missing",
        "refund_too_large",
        "tender_unauthorised",
        "article_unknown",
        "code_kept",
        "code_exhausted",
        "code_needs_centre",
        "code_given_back",
    )
)
"""What a cashier may be told in the course of a day with faults."""
PROBLEMS = frozenset(
    (
        "journal_disk_full",
        "journal_restored",
        "reference_missing",
        "centre_unreachable",
        "centre_failing",
    )
)


class Play:
    """One seed: a world, what happened in it, and what had to be expected of that.

    `risky` says that something may be short at the centre, because a till took without it or a hold was over.
    """

    def __init__(self, seed: int, steps: int = STEPS) -> None:
        self.seed = seed
        self.steps = steps
        self.world = World(seed, tills=2 + seed % 2)
        self.chance = self.world.chance
        self.policy = StandInPolicy()
        if self.chance.random() < 0.25:
            self.policy = StandInPolicy(3_000, 10_000, 15_000)
        self.risky = self.policy != StandInPolicy()
        self.quarantined = False
        self.clock_moved = False
        self.happened: Counter[str] = Counter()
        self.trace: list[str] = []
        # What the centre got of journals that are closed: by till and incarnation.
        self.closed: dict[tuple[str, int], tuple[ChainedEvent, ...]] = {}
        self.cashiers = {
            device.till_id: Cashier(self.world, self.policy) for device in self.world.devices
        }
        self._misfortune = self._draw_misfortune()

    def close(self) -> None:
        """Close every file."""
        self.world.close()

    def all_that_happened(self) -> Counter[str]:
        """How often each thing happened, the cashiers' doings among them."""
        return sum((cashier.did for cashier in self.cashiers.values()), self.happened)

    def run(self) -> None:
        """All steps, and then quiet: everything has arrived, is booked, and what was held for nobody is free."""
        for number in range(self.steps):
            if self._misfortune.get(number):
                self._note(self._misfortune[number])
                getattr(self, f"_{self._misfortune[number]}")()
            self._step()
        self._quiet()

    # --- one step -----------------------------------------------------------------------------

    def _step(self) -> None:
        chance = self.chance
        device = chance.choice(self.world.devices)
        device.bridge.faults = chance.choice(_NETWORKS)
        device.bridge.cut = chance.random() < 0.1
        self.world.clock.at += timedelta(seconds=chance.randrange(20))
        (name,) = chance.choices(tuple(_WEIGHTS), tuple(_WEIGHTS.values()))
        self._note(f"{device.till_id} {name}")
        getattr(self, f"_{name}")(device)
        if chance.random() < 0.2:
            device.bridge.deliver_late()

    def _send(self, device: Device) -> None:
        with self._brittle_centre():
            device.syncing().upload_round()

    def _fetch(self, device: Device) -> None:
        with self._brittle_centre():
            device.syncing().feed_round()

    def _book(self, _device: Device) -> None:
        try:
            with self._brittle_centre():
                self.world.project(self.chance.randrange(1, 20))
        except (CentreDiedError, EnvironmentProblem):
            self._note("centre_died_booking")

    def _book_and_die(self, _device: Device) -> None:
        self.world.project_and_die()

    def _change_price(self, _device: Device) -> None:
        self.world.change_price()

    def _kill(self, device: Device) -> None:
        device.die()

    def _do_jobs(self, _device: Device) -> None:
        ledger_jobs.expire_holds(self.world.context)
        ledger_jobs.seal(self.world.context)

    def _serve(self, device: Device) -> None:
        cashier = self.cashiers[device.till_id]
        try:
            with self._brittle_centre(), deadly(self.chance, 2):
                for _ in range(self.chance.randrange(1, 4)):
                    cashier.act(device)
        except KilledError:
            self._note("killed")
            device.die()
        except DomainError as refusal:
            self._allowed(refusal.code, REFUSALS)
        except EnvironmentProblem as problem:
            self._allowed(problem.code, PROBLEMS)

    def _brittle_centre(self) -> ExitStack:
        stack = ExitStack()
        if self.chance.random() < 0.15:
            stack.enter_context(deadly_centre(self.chance, 10))
        return stack

    def _set_clock(self, device: Device) -> None:
        """Somebody sets the clock of a till, or the day goes on."""
        if self.chance.random() < 0.6:
            hours = self.chance.choice((-26, -1, 0, 0, 1, 50))
            device.clock.off = timedelta(hours=hours, minutes=self.chance.randrange(20))
            return
        self.world.clock.at += self.chance.choice((timedelta(minutes=3), LONGEST_HOLD))
        self.risky = self.clock_moved = True

    def _allowed(self, code: str, codes: Iterable[str]) -> None:
        self._note(code)
        if code not in codes:
            raise AssertionError(f"a cashier was told {code}")

    def _note(self, what: str) -> None:
        self.happened[what.rpartition(" ")[2]] += 1
        self.trace.append(what)

    # --- what happens once in a while ---------------------------------------------------------

    def _draw_misfortune(self) -> dict[int, str]:
        """At most one a seed: it takes a device out of the day."""
        if self.chance.random() < 0.75:
            return {}
        place = self.chance.randrange(self.steps // 3, self.steps)
        return {place: self.chance.choice(("clone", "restore", "restore_and_sell"))}

    def _clone(self) -> None:
        """A disk is copied, and both go on with one identity: the second to send is caught, and both are kept."""
        device = self._whole_network()
        copy_disk(device, self._spare("clone"))
        twin = Device(self.world, device.till_id, self._spare("clone"))
        for each in (device, twin):
            self.cashiers[device.till_id].sell_plainly(each)
        pair = [device, twin]
        self.chance.shuffle(pair)
        for each in pair:
            each.syncing().upload_round()
        if self._state(device) is not TillState.QUARANTINED:
            raise AssertionError("two journals of one till, and nobody noticed")
        with reading(self.world.context.database) as unit:
            forked = journal.forked_events(unit.connection, device.till_id)
        if not forked:
            raise AssertionError("the second journal was not kept")
        self.quarantined = True
        self._closed(device, pair[0].events())
        twin.die()
        self._join_again(device)

    def _restore(self) -> None:
        """A disk breaks and an older image of it is put in: the till must join again before it may sell."""
        device, before, stored = self._broken_disk()
        device.sync()
        if stored <= len(device.events()):
            return  # the centre has nothing that the image has not: it simply goes on
        if device.open().outbox.status().stopped != "journal_restored":
            raise AssertionError("an older journal goes on as if nothing had been lost")
        self._closed(device, before[:stored])
        self._join_again(device)

    def _restore_and_sell(self) -> None:
        """As `_restore`, but somebody sells before the till has spoken to the centre."""
        device, before, stored = self._broken_disk()
        there = len(device.events())
        self.cashiers[device.till_id].sell_plainly(device)
        device.syncing().upload_round()
        if stored <= there:
            return
        stopped = device.open().outbox.status().stopped
        if stopped not in {"journal_restored", "till_quarantined"}:
            raise AssertionError(f"an older journal went on selling: {stopped!r}")
        self.quarantined = self._state(device) is TillState.QUARANTINED
        self._closed(device, before[:stored])
        self._join_again(device)

    def _broken_disk(self) -> tuple[Device, tuple[ChainedEvent, ...], int]:
        """A till whose disk is that of a while ago; what it had journalled, and how much of it the centre has."""
        device = self._whole_network()
        copy_disk(device, self._spare("image"))
        for _ in range(self.chance.randrange(1, 3)):
            self.cashiers[device.till_id].sell_plainly(device)
        if self.chance.random() < 0.7:
            device.syncing().upload_round()
        before = device.events()
        incarnation = device.open().identity.incarnation
        with reading(self.world.context.database) as unit:
            chain = journal.chain(unit.connection, device.till_id, incarnation)
        device.die()
        shutil.rmtree(device.paths.root)
        shutil.copytree(self._spare("image"), device.paths.root)
        return device, before, chain.last_seq if chain is not None else 0

    def _whole_network(self) -> Device:
        device = self.chance.choice(self.world.devices)
        device.bridge.deliver_late()
        device.bridge.faults, device.bridge.cut = Faults(), False
        device.clock.off = timedelta(0)
        return device

    def _spare(self, name: str):
        return self.world.centre.live / name

    def _state(self, device: Device) -> TillState:
        with reading(self.world.context.database) as unit:
            return get_till(unit, device.till_id).state

    def _closed(self, device: Device, events: Iterable[ChainedEvent]) -> None:
        self.closed[device.till_id, device.open().identity.incarnation] = tuple(events)

    def _join_again(self, device: Device) -> None:
        device.die()
        device.join()
        device.sync()

    # --- quiet --------------------------------------------------------------------------------

    def _quiet(self) -> None:
        for device in self.world.devices:
            device.bridge.deliver_late()
            device.clock.off = timedelta(0)
            self.cashiers[device.till_id].close_up(device)
        self.world.settle()
        for device in self.world.devices:
            left = OutstandingAuthorisations(device.open().journal.file).all()
            if left:
                raise AssertionError(f"{device.till_id} still waits for {left[0].state}")
        self.world.clock.at += timedelta(hours=1)
        ledger_jobs.expire_holds(self.world.context)
