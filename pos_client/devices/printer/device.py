"""The printer behind an address: asks before a job, hands it over, and asks for the confirmation behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from pos_client.devices.lines import Line, LineBrokenError
from pos_client.devices.printer.address import PrinterAddress
from pos_client.devices.printer.lines import Patience, UsbSource, open_line
from pos_client.devices.printer.port import PrinterStatus
from pos_client.devices.printer.status import (
    ASK_COMPLETE,
    QUESTIONS,
    is_completion,
    question,
    read_status,
)
from pos_client.runtime.gui_thread import assert_not_gui_thread
from shared.errors import EnvironmentProblem


class EscPosPrinter:
    """Implements `Printer` for one address."""

    def __init__(
        self,
        address: PrinterAddress,
        patience: Patience | None = None,
        usb: UsbSource | None = None,
    ) -> None:
        self._address = address
        self._usb = usb
        self._patience = patience or Patience()

    def state(self) -> PrinterStatus:
        """Ask how it is."""
        with self._line() as line:
            return self._ask(line)

    def print(self, job: bytes) -> None:
        """Put a job on paper."""
        with self._line() as line:
            problem = self._ask(line).problem()
            if problem is not None:
                raise problem
            try:
                line.send(job)
            except LineBrokenError as broken:
                if broken.sent:
                    raise _interrupted(broken) from broken
                raise self._unreachable(broken) from broken
            if self._address.asks:
                self._confirm(line)

    def _confirm(self, line: Line) -> None:
        """Wait until what was sent is on paper. A printer that does not know the question is believed when it says
        that it is well: then nothing stopped it.
        """
        try:
            line.send(ASK_COMPLETE)
            deadline = monotonic() + self._patience.complete
            while (left := deadline - monotonic()) > 0:
                answer = line.receive(left)
                if any(is_completion(byte) for byte in answer):
                    break
            problem = self._ask(line).problem()
        except (LineBrokenError, EnvironmentProblem) as error:
            raise _interrupted(error) from error
        if problem is not None:
            raise _interrupted(problem)

    def _ask(self, line: Line) -> PrinterStatus:
        if not self._address.asks:
            return PrinterStatus(asked=False)
        try:
            line.receive(0)  # what was said before the question answers nothing
            first, *others = (self._answer(line, number) for number in QUESTIONS)
        except LineBrokenError as broken:
            raise self._unreachable(broken) from broken
        return read_status((first, others[0], others[1], others[2]))

    def _answer(self, line: Line, number: int) -> int:
        line.send(question(number))
        answer = line.receive(self._patience.answer)
        if not answer:
            raise EnvironmentProblem("printer_silent", {"address": str(self._address)})
        return answer[-1]

    @contextmanager
    def _line(self) -> Iterator[Line]:
        assert_not_gui_thread("the printer")
        try:
            line = open_line(self._address, self._patience, self._usb)
        except OSError as error:
            raise self._unreachable(error) from error
        try:
            yield line
        finally:
            line.close()

    def _unreachable(self, error: Exception) -> EnvironmentProblem:
        detail = str(error) or type(error).__name__
        return EnvironmentProblem(
            "printer_unreachable", {"address": str(self._address), "detail": detail[:120]}
        )


def _interrupted(error: Exception) -> EnvironmentProblem:
    return EnvironmentProblem("printer_interrupted", {"detail": str(error)[:120]})
