"""The headless till with a printer: what it sells comes out of the simulator, and what is wrong is one line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pos_client.devices.printer.simulator.server import TcpSimulator
from tests.integration.till_world import PIN, World

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def simulator():
    simulator = TcpSimulator()
    simulator.start()
    yield simulator
    simulator.close()


def run(data, *words, intents=()):
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pos_client.app.cli",
            "till",
            "--data",
            str(data),
            "--headless",
            "--no-sync",
            *words,
        ],
        cwd=ROOT,
        env={**os.environ, "LANG": "en_GB.UTF-8"},
        input="".join(json.dumps(intent) + "\n" for intent in intents),
        capture_output=True,
        text=True,
        timeout=120,
    )


SALE = (
    {"do": "login", "staff": "101", "pin": PIN},
    {"do": "add", "code": "S3", "quantity": "2"},
    {"do": "tender", "amount": "10"},
    {"do": "finish"},
)


def test_a_sale_comes_out_of_the_printer(tmp_path, simulator):
    World(tmp_path).close()
    done = run(tmp_path, "--printer", simulator.address, intents=(*SALE, {"do": "wait_printed"}))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert answers[-2]["event"] == "printed"
    assert answers[-2]["held"] == 0
    (piece,) = simulator.pieces()
    assert "2 x 3,00" in piece.text()
    assert "-4,00" in piece.text()
    assert simulator.pulses() == 1


def test_the_printer_of_the_settings_prints_too(tmp_path, simulator):
    world = World(tmp_path)
    world.paths.settings.write_text(json.dumps({"printer": simulator.address}), encoding="utf-8")
    world.close()
    run(tmp_path, intents=(*SALE, {"do": "wait_printed"}))
    assert len(simulator.pieces()) == 1


def test_waiting_for_a_printer_that_is_not_there_ends(tmp_path, simulator):
    World(tmp_path).close()
    simulator.change(paper_out=True)
    done = run(
        tmp_path,
        "--printer",
        simulator.address,
        intents=(*SALE, {"do": "wait_printed", "timeout_s": 1}),
    )
    answer = json.loads(done.stdout.splitlines()[-2])
    assert (answer["code"], answer["params"]) == ("print_timeout", {"count": 1})
    assert done.returncode == 0
    simulator.change(paper_out=False)
    run(tmp_path, "--printer", simulator.address, intents=[{"do": "wait_printed"}])
    assert len(simulator.pieces()) == 1


def test_a_wrong_address_is_one_line(tmp_path):
    World(tmp_path).close()
    done = run(tmp_path, "--printer", "lpt1")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "printer_address_invalid" in done.stderr
