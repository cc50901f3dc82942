"""What every line to a printer promises, held against the simulator; and what those promise that carry answers."""

import socket
import threading
from pathlib import Path

import pytest

from pos_client.app.translations import TillTexts
from pos_client.devices.printer.address import parse_address
from pos_client.devices.printer.device import EscPosPrinter
from pos_client.devices.printer.escpos import drawer_job, encode
from pos_client.devices.printer.port import PrinterStatus, drawer_is_open
from pos_client.devices.printer.simulator.server import TcpSimulator
from pos_client.runtime.gui_thread import forget_gui_thread, mark_gui_thread
from shared.errors import EnvironmentProblem
from shared.receipt.layout import Sheet, receipt_paper
from tests.integration.printer_rig import QUICK, connect, eventually
from tests.support import receipts

ANSWERING = ("tcp", "serial", "usb", "libusb")
EVERY = (*ANSWERING, "cups", "file")
JOB = encode(
    receipt_paper(
        receipts.german_sale(),
        "sale.completed",
        Sheet(receipts.SELLERS["DE"], TillTexts("de", "DE", "EUR")),
        drawer=True,
    )
)


@pytest.fixture(params=EVERY)
def every(request, tmp_path):
    found = connect(request.param, tmp_path)
    yield found
    found.close()


@pytest.fixture(params=ANSWERING)
def answering(request, tmp_path):
    found = connect(request.param, tmp_path)
    yield found
    found.close()


@pytest.fixture
def tcp(tmp_path):
    found = connect("tcp", tmp_path)
    yield found
    found.close()


def refused(code, act, *arguments):
    with pytest.raises(EnvironmentProblem) as caught:
        act(*arguments)
    assert caught.value.code == code
    return caught.value


# --- every line -------------------------------------------------------------------------------


def test_a_job_is_on_paper(every):
    every.printer.print(JOB)
    (piece,) = eventually(every.pieces)
    text = piece.text()
    for shown in ("Große Bleichen 21", "Leinenhemd Ahoi, M, marine", "59,90 A", "136,80", "1-42"):
        assert shown in text
    assert piece.whole
    assert piece.unknown == ()
    assert every.pulses() == 1


def test_jobs_come_one_behind_the_other(every):
    for _ in range(3):
        every.printer.print(JOB)
    assert eventually(lambda: len(every.pieces()) == 3)
    assert every.pulses() == 3


def test_the_drawer_opens_without_paper(every):
    every.printer.print(drawer_job())
    assert eventually(every.pulses) == 1
    assert every.printer.state().problem() is None


def test_a_well_printer_says_so(every):
    assert every.printer.state().problem() is None


def test_a_long_job_goes_through_whole(every):
    """Longer than any buffer on the way: 400 lines."""
    goods = [receipts.line("DE", f"Artikel {n}", 100 + n) for n in range(400)]
    paper = receipt_paper(
        receipts.receipt("DE", goods),
        "sale.completed",
        Sheet(receipts.SELLERS["DE"], TillTexts("de", "DE", "EUR")),
    )
    every.printer.print(encode(paper))
    (piece,) = eventually(every.pieces)
    assert "Artikel 399" in piece.text()


def test_no_line_works_in_the_gui_thread(every):
    mark_gui_thread()
    try:
        with pytest.raises(RuntimeError, match="GUI thread"):
            every.printer.print(JOB)
        with pytest.raises(RuntimeError, match="GUI thread"):
            every.printer.state()
    finally:
        forget_gui_thread()


# --- lines that carry answers -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        ({"paper_out": True}, "printer_paper_out"),
        ({"cover_open": True}, "printer_cover_open"),
        ({"nonsense": True}, "printer_answer_unreadable"),
        ({"silent": True}, "printer_silent"),
    ],
)
def test_a_job_is_not_begun_where_something_is_wrong(answering, faults, code):
    answering.simulator.change(**faults)
    refused(code, answering.printer.print, JOB)
    assert answering.pieces() == []
    assert answering.simulator.torn() is None
    answering.simulator.change(**dict.fromkeys(faults, False))
    answering.printer.print(JOB)
    assert len(answering.pieces()) == 1
    assert answering.pulses() == 1


def test_states_are_told_apart(answering):
    change, state = answering.simulator.change, answering.printer.state
    assert state() == PrinterStatus()
    change(paper_low=True)
    assert state() == PrinterStatus(paper_low=True)
    change(paper_out=True)
    assert state().paper_out
    change(paper_out=False, cover_open=True)
    assert state().problem().code == "printer_cover_open"


def test_the_drawer_says_whether_it_is_open(answering):
    answering.simulator.change(sensor=True)
    assert drawer_is_open(answering.printer.state(), "high") is False
    answering.printer.print(drawer_job())
    assert drawer_is_open(answering.printer.state(), "high") is True
    assert drawer_is_open(answering.printer.state(), "low") is False
    answering.simulator.change(drawer_open=False)
    assert drawer_is_open(answering.printer.state(), "high") is False
    assert drawer_is_open(answering.printer.state(), "") is None
    assert drawer_is_open(PrinterStatus(asked=False), "high") is None


def test_low_paper_prints(answering):
    answering.simulator.change(paper_low=True)
    answering.printer.print(JOB)
    assert len(answering.pieces()) == 1


def test_a_job_is_confirmed_when_it_is_on_paper(answering):
    """No waiting in the test: `print` returned, so the piece is cut."""
    answering.printer.print(JOB)
    assert len(answering.pieces()) == 1


def test_paper_that_ends_in_the_middle_interrupts(answering):
    answering.simulator.change(rows_left=5)
    refused("printer_interrupted", answering.printer.print, JOB)
    assert answering.pieces() == []
    assert "Große Bleichen" in answering.simulator.torn().text()


def test_paper_that_is_put_in_in_time_completes_the_job(answering):
    answering.simulator.change(rows_left=5)
    helper = threading.Timer(0.3, lambda: answering.simulator.change(paper_out=False))
    helper.start()
    answering.printer.print(JOB)
    helper.join()
    assert len(answering.pieces()) == 1


@pytest.mark.parametrize("after", [1, 100, len(JOB) - 1])
def test_a_printer_that_dies_in_the_middle_interrupts(answering, after):
    questions = 12  # 4 of 3 bytes before the job
    answering.simulator.change(dies_after=questions + after)
    refused("printer_interrupted", answering.printer.print, JOB)
    assert answering.pieces() == []


def test_an_old_printer_that_knows_no_completion_is_believed(answering):
    answering.simulator.change(old=True)
    answering.printer.print(JOB)
    assert len(answering.pieces()) == 1


# --- a queue of CUPS ----------------------------------------------------------------------------


@pytest.fixture
def cups(tmp_path):
    found = connect("cups", tmp_path)
    yield found
    found.close()


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        ({"paper_out": True}, "printer_paper_out"),
        ({"cover_open": True}, "printer_cover_open"),
        ({"power": False}, "printer_offline"),
        ({"nonsense": True}, "printer_answer_unreadable"),
        ({"silent": True}, "printer_unreachable"),
    ],
)
def test_a_queue_says_what_ails_its_printer(cups, faults, code):
    cups.simulator.change(**faults)
    refused(code, cups.printer.print, JOB)
    assert cups.pieces() == []
    cups.simulator.change(**{name: not value for name, value in faults.items()})
    cups.printer.print(JOB)
    assert len(cups.pieces()) == 1


def test_a_queue_that_cannot_finish_is_interrupted_and_keeps_nothing_back(cups):
    cups.simulator.change(rows_left=5)
    refused("printer_interrupted", cups.printer.print, JOB)
    assert cups.pieces() == []
    assert cups.simulator._jobs == {1: 8}


def test_a_queue_waits_for_paper(cups):
    cups.simulator.change(rows_left=5)
    helper = threading.Timer(0.3, lambda: cups.simulator.change(paper_out=False))
    helper.start()
    cups.printer.print(JOB)
    helper.join()
    assert len(cups.pieces()) == 1


def test_low_paper_is_said_by_a_queue(cups):
    cups.simulator.change(paper_low=True)
    assert cups.printer.state() == PrinterStatus(paper_low=True)


# --- kinds of lines -----------------------------------------------------------------------------


def test_nobody_there_is_unreachable(tcp, tmp_path):
    tcp.simulator.change(power=False)
    assert eventually(lambda: _refuses(tcp.simulator.port))
    problem = refused("printer_unreachable", tcp.printer.print, JOB)
    assert problem.params["address"] == tcp.address
    for address in (
        f"serial:{tmp_path}/none",
        f"usb:{tmp_path}/none",
        f"file:{tmp_path}/none/none",
        "winraw:Kasse 1",
        "usb:ffff:ffff",
    ):
        away = EscPosPrinter(parse_address(address), QUICK)
        refused("printer_unreachable", away.print, JOB)
        refused("printer_unreachable", away.state)


def _refuses(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_serial_printer_without_power_is_silent(tmp_path):
    found = connect("serial", tmp_path)
    found.simulator.change(power=False)
    refused("printer_silent", found.printer.state)
    found.simulator.change(power=True)
    assert found.printer.state() == PrinterStatus()
    found.close()


def test_a_printer_that_answers_nothing_can_be_told_so(tcp):
    tcp.simulator.change(silent=True)
    mute = EscPosPrinter(parse_address(f"{tcp.address}?status=no"), QUICK)
    assert mute.state() == PrinterStatus(asked=False)
    mute.print(JOB)
    assert eventually(tcp.pieces)


def test_a_printer_that_takes_no_bytes_interrupts(tmp_path):
    """A listener that never reads: the job stands still when the buffers are full."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        address = f"tcp://127.0.0.1:{listener.getsockname()[1]}?status=no"
        stuck = EscPosPrinter(parse_address(address), QUICK)
        refused("printer_interrupted", stuck.print, b"x" * 20_000_000)


def test_a_full_disk_interrupts_or_refuses_a_file():
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    full = EscPosPrinter(parse_address("file:/dev/full"), QUICK)
    refused("printer_unreachable", full.print, JOB)


def test_two_tills_share_a_printer(tcp):
    """One line at a time, as printers have it: the second waits, and no receipt is mixed with another."""
    others = [EscPosPrinter(parse_address(tcp.address), QUICK) for _ in range(2)]
    threads = [threading.Thread(target=other.print, args=(JOB,)) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pieces = tcp.pieces()
    assert len(pieces) == 2
    assert pieces[0].text() == pieces[1].text()


def test_a_port_that_is_taken_is_said(tcp):
    with pytest.raises(EnvironmentProblem) as caught:
        TcpSimulator(tcp.simulator.port)
    assert caught.value.code == "simulator_port_taken"
