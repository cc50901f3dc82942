"""The answers to `DLE EOT 1..4`, bit by bit (Epson's ESC/POS reference), and the paper sensor's to `GS r 1`."""

from __future__ import annotations

from pos_client.devices.printer.port import PrinterStatus
from shared.errors import EnvironmentProblem

QUESTIONS = (1, 2, 3, 4)
# Asked behind a job: it is answered in its turn, when everything before it is on paper.
ASK_COMPLETE = b"\x1dr\x01"
# Bits that say "this is an answer": 1 and 4 set, 0 and 7 clear.
_FIXED, _FIXED_VALUE = 0b1001_0011, 0b0001_0010
_DRAWER_HIGH, _OFFLINE = 0b0000_0100, 0b0000_1000
_COVER_OPEN, _PAPER_STOPS, _ERROR = 0b0000_0100, 0b0010_0000, 0b0100_0000
_CUTTER, _UNRECOVERABLE, _RECOVERABLE = 0b0000_1000, 0b0010_0000, 0b0100_0000
_PAPER_LOW, _PAPER_OUT = 0b0000_1100, 0b0110_0000


def question(number: int) -> bytes:
    """Ask for one of the four status bytes, in real time."""
    return bytes((0x10, 0x04, number))


def is_completion(answer: int) -> bool:
    """Whether a byte answers `ASK_COMPLETE`: there bits 4 and 7 are clear."""
    return answer & 0b1001_0000 == 0


def read_status(answers: tuple[int, int, int, int]) -> PrinterStatus:
    """The status in four answers; `EnvironmentProblem('printer_answer_unreadable')` if one is none."""
    for answer in answers:
        if answer & _FIXED != _FIXED_VALUE:
            raise EnvironmentProblem("printer_answer_unreadable", {"answer": f"{answer:02X}"})
    printer, offline, error, paper = answers
    return PrinterStatus(
        online=not printer & _OFFLINE,
        paper_low=bool(paper & _PAPER_LOW),
        paper_out=bool(offline & _PAPER_STOPS or paper & _PAPER_OUT),
        cover_open=bool(offline & _COVER_OPEN),
        drawer_high=bool(printer & _DRAWER_HIGH),
        fault=bool(offline & _ERROR or error & (_CUTTER | _UNRECOVERABLE | _RECOVERABLE)),
    )


def status_answers(status: PrinterStatus) -> tuple[int, int, int, int]:
    """The four answers of a printer in this state: what a simulator says."""
    offline = not status.online or status.problem() is not None
    return (
        _FIXED_VALUE | (_OFFLINE if offline else 0) | (_DRAWER_HIGH if status.drawer_high else 0),
        _FIXED_VALUE
        | (_COVER_OPEN if status.cover_open else 0)
        | (_PAPER_STOPS if status.paper_out else 0)
        | (_ERROR if status.fault else 0),
        _FIXED_VALUE | (_CUTTER if status.fault else 0),
        _FIXED_VALUE
        | (_PAPER_LOW if status.paper_low or status.paper_out else 0)
        | (_PAPER_OUT if status.paper_out else 0),
    )
