"""A till that is killed while it takes card payments counts each that the terminal took once, wherever it is killed."""

import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from pos_client.app.card_payments import CardPayments
from pos_client.storage.authorisations import OutstandingAuthorisations
from pos_client.storage.journal_file import JournalFile
from shared.errors import EnvironmentProblem
from shared.identity import FixedClock
from tests.integration.printer_rig import eventually
from tests.integration.terminal_rig import Connected

ROOT = Path(__file__).resolve().parents[2]
KILLS = 6


def test_a_killed_till_finds_out_what_it_took(tmp_path):
    chance = random.Random(20_261_127)
    found = Connected("tcp", used=True)
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.card_child", str(tmp_path), found.address],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.12))
        process.kill()
        process.wait()
        process.stdout.close()
    file = JournalFile(tmp_path / "journal.db", "DE01-T1", 1)
    payments = CardPayments(
        found.terminal,
        OutstandingAuthorisations(file),
        FixedClock(datetime(2026, 11, 27, tzinfo=UTC)),
        chance.randbytes,
        "EUR",
    )
    assert eventually(lambda: _resolved(payments))
    counted = [each.attempt.counted for each in payments.pending()]
    file.close()
    found.close()
    assert sum(counted) == found.money()
    assert len(counted) >= KILLS - 1


def _resolved(payments):
    try:
        return payments.resolve()
    except EnvironmentProblem:
        return False
