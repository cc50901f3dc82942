"""A headless till that sells as fast as it may, and speaks to its centre: the process that `test_processes` kills.

It begins where its files say that it was. A line on stdin ends the day: what is open is given up, everything is sent.
"""

import random
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

from pos_client.app.composition import open_till
from pos_client.runtime.clock import SystemClock, sleep
from pos_client.storage.authorisations import OutstandingAuthorisations
from pos_client.storage.paths import DataPaths
from shared.errors import DomainError, EnvironmentProblem
from shared.vouchers import StandInPolicy
from tests.simulation.cashier import Cashier
from tests.simulation.centre import SELLER, open_sync, open_transport
from tests.simulation.quiescence import receipts_in
from tests.simulation.seeds import be_quiet

PAUSE = 0.05
_MOST_TRIES = 200


class LoneTill:
    """What a cashier needs of the till it stands at."""

    def __init__(self, paths: DataPaths, chance: random.Random) -> None:
        clock = SystemClock()
        self._till = open_till(paths.root)
        self._till.recorder.sign_on(SELLER)
        self.till_id = self._till.identity.till_id
        self._transport = open_transport(paths, clock, None)
        self.sync = open_sync(paths, clock, None, chance)

    def open(self):
        """The running till."""
        return self._till

    def transport(self):
        """The connection for authorisations."""
        return self._transport

    def receipts(self):
        """Every receipt so far."""
        events = tuple(self._till.journal.events_after(0))
        return receipts_in({(self.till_id, 1): events})


def main(folder: str, *gift_cards: str) -> None:
    be_quiet()
    chance = random.Random()
    till = LoneTill(DataPaths(Path(folder)), chance)
    world = SimpleNamespace(
        chance=chance,
        devices=[till],
        centre=SimpleNamespace(gift_cards=gift_cards),
        # What the centre has booked, only the centre knows.
        booked=set,
    )
    cashier = Cashier(world, StandInPolicy())
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), ended.set()), daemon=True).start()
    while not ended.is_set():
        try:
            cashier.act(till)
        except (DomainError, EnvironmentProblem):
            sleep(PAUSE)
        if chance.random() < 0.2:
            till.sync.upload_round()
        if chance.random() < 0.02:
            till.sync.feed_round()
        sleep(PAUSE)
    cashier.close_up(till)
    for _ in range(_MOST_TRIES):
        till.sync.upload_round()
        waiting = OutstandingAuthorisations(till.open().journal.file).all()
        if not waiting and not till.open().outbox.status().unsent:
            sys.stdout.write("done\n")
            return
        sleep(PAUSE)
    raise SystemExit("something could not be sent")


if __name__ == "__main__":
    main(*sys.argv[1:])
