"""Pays by card for as long as it is let: the process that `test_cards_killed` kills."""

import itertools
import os
import sys
from pathlib import Path
from uuid import UUID

from pos_client.app.card_payments import CardPayments
from pos_client.devices.terminal.address import parse_terminal_address
from pos_client.devices.terminal.device import ZvtTerminal
from pos_client.runtime.clock import SystemClock
from pos_client.storage.authorisations import OutstandingAuthorisations
from pos_client.storage.journal_file import JournalFile


def main(folder: str, address: str) -> None:
    file = JournalFile(Path(folder) / "journal.db", "DE01-T1", 1)
    terminal = ZvtTerminal(parse_terminal_address(address), "EUR")
    payments = CardPayments(
        terminal, OutstandingAuthorisations(file), SystemClock(), os.urandom, "EUR"
    )
    for number in itertools.count(1):
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        payments.pay(UUID(int=number), 100, lambda _: None)


if __name__ == "__main__":
    main(*sys.argv[1:])
