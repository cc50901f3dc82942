"""A till that is killed while it prints loses no receipt and prints none twice by itself, wherever it is killed."""

import contextlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pos_client.devices.printer.simulator.server import TcpSimulator
from tests.integration.printer_rig import eventually
from tests.integration.till_world import World

ROOT = Path(__file__).resolve().parents[2]
NUMBER = re.compile(r"^Beleg +(1-\d+)$", re.MULTILINE)
SALES = 6


@pytest.fixture
def simulator():
    simulator = TcpSimulator()
    simulator.start()
    yield simulator
    simulator.close()


@contextlib.contextmanager
def child(data, simulator, sales):
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.e2e.printing_child",
            str(data),
            simulator.address,
            str(sales),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def numbers(pieces):
    return [NUMBER.search(piece.text())[1] for piece in pieces]


# Bytes that the printer has when the till dies: before the first, within one, between two, at the last.
@pytest.mark.parametrize("at", [0, 1, 300, 3_800, 4_300, 9_000, 17_000])
def test_a_killed_till_loses_no_receipt_and_doubles_none(tmp_path, simulator, at):
    World(tmp_path / "till").close()
    sold = set()
    with child(tmp_path / "till", simulator, SALES) as process:
        if at:
            assert eventually(lambda: len(simulator.received()) >= at)
        else:
            sold.add(process.stdout.readline().strip())
        process.kill()
        sold |= {line.strip() for line in process.stdout if line.startswith("1-")}
    time.sleep(0.1)
    before = numbers(simulator.pieces())
    with child(tmp_path / "till", simulator, 0) as process:
        answer = process.stdout.read().split()
    held = {f"1-{job}" for job in answer[1:]}  # one job a receipt, so they have the same numbers
    printed = numbers(simulator.pieces())
    assert printed or held or not sold
    assert len(printed) == len(set(printed)), "printed twice"
    assert sold <= set(printed) | held, "lost"
    assert len(held) <= 1
    assert printed[: len(before)] == before
    assert printed == sorted(printed, key=lambda number: int(number[2:]))


def test_a_receipt_that_was_under_way_is_held_not_repeated(tmp_path, simulator):
    """The paper ends in the middle, so that the till surely dies within the job."""
    World(tmp_path / "till").close()
    simulator.change(rows_left=8)
    with child(tmp_path / "till", simulator, 1) as process:
        assert eventually(simulator.torn)
        process.kill()
        process.wait()
    simulator.change(paper_out=False)
    assert eventually(lambda: len(simulator.pieces()) == 1)
    with child(tmp_path / "till", simulator, 0) as process:
        assert process.stdout.read().split() == ["held", "1"]
    assert numbers(simulator.pieces()) == ["1-1"]
    assert simulator.pulses() == 1
