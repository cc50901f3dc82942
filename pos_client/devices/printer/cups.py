"""A raw queue of CUPS: the job goes to it over IPP, and it says when the job is done and what ails the printer."""

from __future__ import annotations

import http.client
from time import monotonic

from pos_client.devices.printer import ipp
from pos_client.devices.printer.address import PrinterAddress
from pos_client.devices.printer.ipp import IppError, IppMessage
from pos_client.devices.printer.lines import Patience
from pos_client.devices.printer.port import PrinterStatus
from pos_client.runtime.clock import sleep
from pos_client.runtime.gui_thread import assert_not_gui_thread
from shared.errors import EnvironmentProblem

_STOPPED = 5
_ABORTED, _COMPLETED = frozenset((7, 8)), 9
_LOOK_SECONDS = 0.1
_MOST_ANSWER = 1_000_000


class CupsPrinter:
    """Implements `Printer` for the queue that an address names."""

    def __init__(self, address: PrinterAddress, patience: Patience | None = None) -> None:
        self._address = address
        self._patience = patience or Patience()
        self._queue = f"/printers/{address.queue}"
        self._uri = f"ipp://{address.target}:{address.number}{self._queue}"

    def state(self) -> PrinterStatus:
        """Ask the queue how the printer is, as far as its driver knows."""
        wanted = ("printer-state", "printer-state-reasons")
        said = self._ask(ipp.request(ipp.GET_PRINTER, self._uri, requested_attributes=wanted))
        reasons = {str(reason) for reason in said.values("printer-state-reasons")}
        return PrinterStatus(
            online=said.integer("printer-state") != _STOPPED and not _any(reasons, "offline"),
            paper_low=_any(reasons, "media-low"),
            paper_out=_any(reasons, "media-empty", "media-needed"),
            cover_open=_any(reasons, "cover-open", "door-open"),
        )

    def print(self, job: bytes) -> None:
        """Put a job on paper; done when the queue says that it is."""
        problem = self.state().problem()
        if problem is not None:
            raise problem
        asked = ipp.request(
            ipp.PRINT_JOB, self._uri, job_name=("Tresen",), document_format=(ipp.RAW,)
        )
        number = self._ask(IppMessage(asked.code, asked.attributes, job)).integer("job-id")
        try:
            self._wait(number)
        except EnvironmentProblem as lost:
            if lost.code == "printer_interrupted":
                raise
            raise _interrupted(str(lost)) from lost

    def _wait(self, number: int) -> None:
        deadline = monotonic() + self._patience.complete
        while monotonic() < deadline:
            said = self._ask(ipp.request(ipp.GET_JOB, self._uri, job_id=(number,)))
            state = said.integer("job-state")
            if state == _COMPLETED:
                return
            if state in _ABORTED:
                raise _interrupted(f"job {number} was given up")
            sleep(_LOOK_SECONDS)
        # Left in the queue it would come out later, beside the copy that somebody prints meanwhile.
        self._ask(ipp.request(ipp.CANCEL_JOB, self._uri, job_id=(number,)))
        raise _interrupted(f"job {number} is not done")

    def _ask(self, message: IppMessage) -> IppMessage:
        assert_not_gui_thread("the printer")
        line = http.client.HTTPConnection(
            self._address.target, self._address.number, timeout=self._patience.stall
        )
        try:
            line.request(
                "POST", self._queue, ipp.encode(message), {"Content-Type": "application/ipp"}
            )
            answer = line.getresponse()
            said = answer.read(_MOST_ANSWER)
        except TimeoutError as error:
            if message.code == ipp.PRINT_JOB:
                raise _interrupted("the queue does not answer") from error
            raise EnvironmentProblem("printer_silent", {"address": str(self._address)}) from error
        except (OSError, http.client.HTTPException) as error:
            if message.code == ipp.PRINT_JOB and not isinstance(error, ConnectionRefusedError):
                raise _interrupted(str(error)) from error
            raise self._unreachable(str(error) or type(error).__name__) from error
        finally:
            line.close()
        try:
            found = ipp.decode(said)
        except IppError as error:
            code = f"{answer.status}"
            raise EnvironmentProblem("printer_answer_unreadable", {"answer": code}) from error
        if found.code >= ipp.SUCCESSFUL_BELOW:
            raise self._unreachable(f"IPP {found.code:04X}")
        return found

    def _unreachable(self, detail: str) -> EnvironmentProblem:
        return EnvironmentProblem(
            "printer_unreachable", {"address": str(self._address), "detail": detail[:120]}
        )


def _interrupted(detail: str) -> EnvironmentProblem:
    return EnvironmentProblem("printer_interrupted", {"detail": detail[:120]})


def _any(reasons: set[str], *wanted: str) -> bool:
    """Whether one of the reasons is there, whatever it ends on (`-error`, `-warning`, `-report`)."""
    return any(reason.startswith(wanted) for reason in reasons)
