"""What devices cost: messages of a card terminal, and a receipt of forty lines as bytes for the printer."""

from __future__ import annotations

from pos_client.app.translations import TillTexts
from pos_client.devices.printer.escpos import encode
from pos_client.devices.terminal.reading import card_result
from pos_client.devices.terminal.simulator.messages import Booking, receipts, status
from pos_client.devices.terminal.zvt.answers import Receipts, read_status
from pos_client.devices.terminal.zvt.apdu import read_apdu
from pos_client.devices.terminal.zvt.framing import FrameReader, Message, frame
from shared.receipt.layout import Sheet, receipt_paper
from tests.bench.figures import Figure, percentile, timed
from tests.support import receipts as samples

_FRAMES = 20_000
_JOBS = 50
_LINES = 40


def run(_articles: int) -> list[Figure]:
    """The figures; the catalogue's size plays no part."""
    seconds = timed(_read_frames)
    jobs = [timed(_print) * 1000 for _ in range(_JOBS + 1)][1:]
    return [
        Figure("ZVT status, from frame to result", _FRAMES / seconds, "a second", aim="5,000"),
        Figure(
            f"receipt of {_LINES} lines to bytes, median", percentile(jobs, 0.5), "ms", aim="20 ms"
        ),
        Figure(f"receipt of {_LINES} lines to bytes, p99", percentile(jobs, 0.99), "ms"),
    ]


def _read_frames() -> None:
    booking = Booking(4711, 1_999)
    framed = frame(status(booking).encode())
    printed = Receipts()
    for message in receipts(booking):
        printed.take(message)
    reader = FrameReader()
    for _ in range(_FRAMES):
        (found,) = reader.feed(framed)
        if isinstance(found, Message):
            card_result(read_status(read_apdu(found.data)), printed, None, finished=True)


def _print() -> None:
    goods = [samples.line("DE", f"Artikel {number}", 100 + number) for number in range(_LINES)]
    sheet = Sheet(samples.SELLERS["DE"], TillTexts("de", "DE", "EUR"))
    encode(receipt_paper(samples.receipt("DE", goods), "sale.completed", sheet))
