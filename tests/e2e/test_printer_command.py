"""`tresen printer` as a process: takes a job over TCP and leaves text and picture; says in a line what is wrong."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from pos_client.app.translations import TillTexts
from pos_client.devices.printer.address import parse_address
from pos_client.devices.printer.device import EscPosPrinter
from pos_client.devices.printer.escpos import encode
from pos_client.devices.printer.profiles import PROFILES
from shared.errors import EnvironmentProblem
from shared.receipt.layout import Sheet, receipt_paper
from shared.receipt.paper import Cut, Paper, Text
from tests.integration.printer_rig import eventually
from tests.support import receipts

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "pos_client.app.cli", "printer")
PAPER = receipt_paper(
    receipts.german_sale(),
    "sale.completed",
    Sheet(receipts.SELLERS["DE"], TillTexts("de", "DE", "EUR")),
    drawer=True,
)
ENGLISH = {**os.environ, "LANG": "en_GB.UTF-8"}


@pytest.fixture
def started(tmp_path):
    processes = []

    def start(*words):
        process = subprocess.Popen(
            [*COMMAND, *words, "--out", str(tmp_path / "out")],
            cwd=ROOT,
            env=ENGLISH,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        first = process.stdout.readline()
        return process, EscPosPrinter(parse_address(first.split()[3].rstrip(";"))), first

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("line", [("--port", "0"), ("--pty",)])
def test_a_receipt_becomes_text_and_picture(started, tmp_path, line):
    process, printer, first = started(*line)
    assert first.startswith("simulated printer at ")
    printer.print(encode(PAPER))
    assert process.stdout.readline() == "printed receipt-0001, drawer opened 1x\n"
    text = (tmp_path / "out/receipt-0001.txt").read_text(encoding="utf-8")
    assert "Leinenhemd Ahoi, M, marine" in text
    assert "136,80" in text
    with Image.open(tmp_path / "out/receipt-0001.png") as picture:
        assert picture.width == 42 * 12 + 48


def test_paper_without_a_cutter_is_torn_off(started, tmp_path):
    process, printer, _ = started("--port", "0", "--columns", "32")
    process.stdin.write("tear\n")
    process.stdin.flush()
    assert process.stdout.readline() == "nothing hangs out\n"
    printer.print(encode(Paper(32, (Text("12,34 €"), Cut())), profile=PROFILES["generic-58"]))
    process.stdin.write("tear\n")
    process.stdin.flush()
    assert process.stdout.readline() == "printed receipt-0001\n"
    assert (tmp_path / "out/receipt-0001.txt").read_text(encoding="utf-8") == "12,34 €\n"
    assert printer.state().problem() is None


def test_without_a_folder_receipts_go_beside_where_one_stands(tmp_path):
    file = tmp_path / "paper.bin"
    file.write_bytes(encode(PAPER))
    command = [*COMMAND, "--decode", "paper.bin"]
    path = {**ENGLISH, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=tmp_path, env=path, capture_output=True, check=True)
    assert (tmp_path / "receipts/receipt-0001.png").exists()


def test_words_on_stdin_change_what_is_wrong(started):
    process, printer, _ = started("--port", "0", "--fault", "cover open")

    def say(word):
        process.stdin.write(f"{word}\n")
        process.stdin.flush()
        return process.stdout.readline().strip()

    def problem():
        found = printer.state().problem()
        return found.code if found else ""

    assert problem() == "printer_cover_open"
    assert say("cover shut") == "now: cover shut"
    assert problem() == ""
    assert say("paper out") == "now: paper out"
    assert problem() == "printer_paper_out"
    say("paper in")
    assert say("sing") == "not understood: sing"
    assert say("die 500") == "now: die 500"
    with pytest.raises(EnvironmentProblem, match="printer_interrupted"):
        printer.print(encode(PAPER))
    say("on")
    assert eventually(lambda: _well(printer))


def _well(printer):
    try:
        return printer.state().problem() is None
    except EnvironmentProblem:
        return False


def test_the_receipts_in_a_file_are_drawn(tmp_path):
    file = tmp_path / "paper.bin"
    file.write_bytes(encode(PAPER) * 2)
    done = subprocess.run(
        [*COMMAND, "--decode", str(file), "--out", str(tmp_path / "out")],
        cwd=ROOT,
        env=ENGLISH,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert len(list((tmp_path / "out").glob("*.png"))) == 2


@pytest.mark.parametrize("wrong", ["port", "out", "file", "empty"])
def test_what_is_wrong_is_one_line(tmp_path, wrong):
    (tmp_path / "empty").touch()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        words, code = {
            "port": (["--port", str(taken.getsockname()[1])], "simulator_port_taken"),
            "out": (["--port", "0", "--out", str(tmp_path / "empty")], "printer_out_unwritable"),
            "file": (["--decode", str(tmp_path / "none")], "printer_out_unwritable"),
            "empty": (["--decode", str(tmp_path / "empty")], "printer_file_empty"),
        }[wrong]
        done = subprocess.run(
            [*COMMAND, "--out", str(tmp_path / "out"), *words],
            cwd=ROOT,
            env=ENGLISH,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert code in done.stderr
