"""`tresen simulate` as a process: a till pays at the simulated terminal, over a port and over a serial line."""

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from pos_client.devices.display.device import LineDisplay, parse_display_address
from pos_client.devices.lines import SerialForm, SerialLine
from pos_client.devices.reader.device import SerialReader
from pos_client.devices.reader.port import Source
from pos_client.devices.scale.opening import scale_at
from pos_client.devices.terminal.address import parse_terminal_address
from pos_client.devices.terminal.device import ZvtTerminal
from pos_client.devices.terminal.port import Ending

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "pos_client.app.cli", "simulate")
ENGLISH = {**os.environ, "LANG": "en_GB.UTF-8"}


@pytest.fixture
def started():
    processes = []

    def start(*words):
        process = subprocess.Popen(
            [*COMMAND, *words],
            cwd=ROOT,
            env=ENGLISH,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process, process.stdout.readline()

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def said(process, words):
    process.stdin.write(f"{words}\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


@pytest.mark.parametrize("line", [("--port", "0"), ("--pty",)])
def test_the_terminal_takes_payments_and_words(started, line):
    process, first = started("terminal", *line, "--script", "decline 51")
    assert first.startswith("simulated payment terminal at ")
    address = first.split()[4].rstrip(";")
    terminal = ZvtTerminal(parse_terminal_address(address), "EUR")
    assert terminal.pay(995, "EUR", lambda _: None).result == 0x51
    assert terminal.pay(995, "EUR", lambda _: None).ending is Ending.APPROVED
    assert said(process, "money") == "booked: 995 in 1 payments"
    assert said(process, "cancel") == "next: cancel"
    assert said(process, "fly") == "not understood: fly"
    assert terminal.pay(995, "EUR", lambda _: None).ending is Ending.CANCELLED


def test_what_is_wrong_is_said_in_a_line():
    for words, shown in (
        (("terminal", "--port", "0", "--script", "fly"), "[script_unknown]"),
        (("toaster",), "invalid choice"),
        ((), "required"),
    ):
        done = subprocess.run(
            [*COMMAND, *words], cwd=ROOT, env=ENGLISH, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert shown in done.stderr
        assert done.stderr.count("\n") == 1


def test_the_printer_is_there_too(started, tmp_path):
    _, first = started("printer", "--port", "0", "--out", str(tmp_path))
    assert first.startswith("simulated printer at ")


def serial_path(first):
    return first.split()[-1].removeprefix("serial:")


def test_a_scanner_scans_what_is_typed(started):
    process, first = started("scanner")
    line = SerialLine(serial_path(first), SerialForm(9600), 1)
    process.stdin.write("4006381333931\n")
    process.stdin.flush()
    assert SerialReader(line, Source.SCANNER).read(10).text == "4006381333931"
    line.close()


def test_a_scale_weighs_what_is_typed(started):
    process, first = started("scale")
    assert said(process, "0.750") == "on the scale: 0.750 kg"
    assert said(process, "much") == "not understood: much"
    scale = scale_at(first.split()[-1])
    assert scale.weigh().weight == Decimal("0.750")


def test_a_display_says_what_it_shows(started):
    process, first = started("display", "--mode", "epson")
    display = LineDisplay(parse_display_address(f"serial:{serial_path(first)}?mode=epson"))
    display.show("Guten Tag", "")
    assert process.stdout.readline().startswith("|Guten Tag ")
    display.close()
