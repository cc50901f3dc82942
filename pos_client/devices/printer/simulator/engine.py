"""The printer without its line: bytes in, answers out, paper between; and everything that can be wrong with it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from pos_client.devices.printer.port import PrinterStatus
from pos_client.devices.printer.simulator.decoder import PAGES, Decoder
from pos_client.devices.printer.simulator.operations import Asked, Operation, Printed, Pulse
from pos_client.devices.printer.simulator.roll import Piece, Roll
from pos_client.devices.printer.status import status_answers

_NONSENSE = b"\xff"


class DiedError(Exception):
    """The printer lost its power in the middle: the line breaks."""


@dataclass(slots=True)
class Faults:
    """What is wrong, and what is plugged in: a drawer whose `sensor` is high while it is open.

    `rows_left` of paper until it runs out, `dies_after` so many bytes; None: never.

    `nonsense` answers every question with a byte that is no answer, `silent` with nothing; `old` does not know `GS r`.
    """

    power: bool = True
    paper_out: bool = False
    paper_low: bool = False
    cover_open: bool = False
    nonsense: bool = False
    silent: bool = False
    old: bool = False
    sensor: bool = False
    drawer_open: bool = False
    rows_left: int | None = None
    dies_after: int | None = None


class Engine:
    """One printer. `on_cut` gets each piece of paper."""

    def __init__(
        self,
        on_cut: Callable[[Piece], None] | None = None,
        pages: Mapping[int, str] = PAGES,
    ) -> None:
        self.faults = Faults()
        self.roll = Roll()
        self.received = bytearray()
        self._on_cut = on_cut
        self._pages = pages
        self._decoder = Decoder(pages)
        self._waiting: deque[Operation] = deque()

    @property
    def status(self) -> PrinterStatus:
        """What it would truthfully answer."""
        faults = self.faults
        status = PrinterStatus(
            paper_low=faults.paper_low,
            paper_out=faults.paper_out,
            cover_open=faults.cover_open,
            drawer_high=faults.sensor and faults.drawer_open,
        )
        return replace(status, online=status.problem() is None)

    def take(self, data: bytes) -> bytes:
        """Bytes that came over the line, and what is answered. `DiedError` if it dies of them: what came before its
        end is on paper.
        """
        left = self.faults.dies_after
        if left is not None and len(data) >= left:
            self._work(data[:left])
            self.switch_off()
            self.faults.dies_after = None
            raise DiedError
        if left is not None:
            self.faults.dies_after = left - len(data)
        return self._work(data)

    def _work(self, data: bytes) -> bytes:
        self.received += data
        answers = b""
        for operation in self._decoder.feed(data):
            if isinstance(operation, Asked) and operation.number:
                answers += self._answer(operation.number)
            else:
                self._waiting.append(operation)
        return answers + self.go_on()

    def go_on(self) -> bytes:
        """Print what waits, as far as paper and cover allow; the answers that fall due."""
        answers = b""
        while self._waiting and self.status.problem() is None:
            operation = self._waiting.popleft()
            if isinstance(operation, Asked):
                answers += self._complete()
                continue
            if isinstance(operation, Printed):
                self._use_paper()
            elif isinstance(operation, Pulse):
                self.faults.drawer_open = True
            piece = self.roll.take(operation)
            if piece is not None and self._on_cut is not None:
                self._on_cut(piece)
        return answers

    def tear(self) -> bool:
        """Somebody tears off what hangs out; whether anything did."""
        piece = self.roll.tear()
        if piece is not None and self._on_cut is not None:
            self._on_cut(piece)
        return piece is not None

    def switch_off(self) -> None:
        """Take the power away: what was not on paper yet is forgotten."""
        self.faults.power = False
        self._waiting.clear()
        self._decoder = Decoder(self._pages)

    def _use_paper(self) -> None:
        left = self.faults.rows_left
        if left is not None:
            self.faults.rows_left = left - 1
            if left <= 1:
                self.faults.paper_out, self.faults.rows_left = True, None

    def _answer(self, number: int) -> bytes:
        if self.faults.silent:
            return b""
        if self.faults.nonsense or not 1 <= number <= 4:
            return _NONSENSE
        return bytes((status_answers(self.status)[number - 1],))

    def _complete(self) -> bytes:
        if self.faults.silent or self.faults.old:
            return b""
        if self.faults.nonsense:
            return _NONSENSE
        return bytes((0b0000_0011 if self.faults.paper_low else 0,))
