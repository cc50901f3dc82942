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
from shared.errors import EnvironmentProblem

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


def test_what_is_wrong_is_said_in_a_line(tmp_path):
    for words, shown in (
        (("terminal", "--port", "0", "--script", "fly"), "[script_unknown]"),
        (("terminal", "--port", "99999"), "[simulator_port_taken]"),
        (("printer", "--port", "99999"), "[simulator_port_taken]"),
        (("toaster",), "invalid choice"),
        ((), "required"),
    ):
        done = subprocess.run(
            [*COMMAND, *words],
            cwd=tmp_path,
            env={**ENGLISH, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2
        assert shown in done.stderr
        assert done.stderr.count("\n") == 1


def test_the_printer_is_there_too(started, tmp_path):
    _, first = started("printer", "--port", "0", "--out", str(tmp_path))
    assert first.startswith("simulated printer at ")


def test_readers_read_what_is_typed(started):
    for name, code, wrong in (
        ("scanner", "4006381333931", None),
        ("stripe", "98700001", "Grüße €"),
        ("tag", "04A2245A", "04A"),
    ):
        process, first = started(name)
        line = SerialLine(first.split()[-1].removeprefix("serial:"), SerialForm(9600), 1)
        if wrong:
            assert said(process, wrong) == f"not understood: {wrong}"
        assert said(process, code) == f"read: {code}"
        assert SerialReader(line, Source(name)).read(10).text == code
        line.close()


@pytest.mark.parametrize("protocol", ["toledo", "dialog06"])
def test_a_scale_weighs_what_is_typed(started, protocol):
    process, first = started("scale", "--protocol", protocol)
    scale = scale_at(first.split()[-1])

    def weigh():
        return scale.weigh() if protocol == "toledo" else scale.weigh_at(1_000)

    assert said(process, "0.750") == "on the scale: 0.750 kg"
    for nothing in ("much", "-1", "100"):
        assert said(process, nothing) == f"not understood: {nothing}"
    assert weigh().weight == Decimal("0.750")
    for words, code in (
        ("moving", "scale_moving"),
        ("below zero", "scale_below_zero"),
        ("nonsense", "scale_unreadable"),
        ("silent", "scale_silent"),
    ):
        assert said(process, words) == f"now: {words}"
        with pytest.raises(EnvironmentProblem, match=code):
            weigh()
    assert said(process, "answers") == "now: answers"
    assert said(process, "0.5") == "on the scale: 0.5 kg"
    assert weigh().weight == Decimal("0.5")


def test_a_display_says_what_it_shows(started):
    process, first = started("display", "--mode", "epson")
    display = LineDisplay(parse_display_address(first.split()[-1]))
    display.show("12,34 €", "")
    assert process.stdout.readline().startswith("|12,34 € ")
    display.close()
