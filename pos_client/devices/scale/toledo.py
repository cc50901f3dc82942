"""Mettler Toledo 8217: `W` asks; STX weight CR answers, or STX `?` status CR. 9600 baud, 7 bits, even parity.

It knows no prices and wants no certificate of the till: the till multiplies, and shows weight, price and amount.
"""

from __future__ import annotations

import re
from decimal import Decimal

from pos_client.devices.lines import LineBrokenError, SerialForm, SerialLine
from pos_client.devices.scale.port import Weighed
from pos_client.devices.trace import Trace, traced
from pos_client.runtime.gui_thread import assert_not_gui_thread
from shared.errors import EnvironmentProblem

FORM = SerialForm(9600, 7, "E", 1)
ASK, ZERO, TARE, CLEAR = b"W", b"Z", b"T", b"C"
MOVING, OVERLOADED, BELOW_ZERO = 0x01, 0x02, 0x04
_WEIGHT = re.compile(rb"\x02 *(\d{1,3}\.\d{1,3})N?\r")
_STATUS = re.compile(rb"\x02 *\?(.)\r", re.DOTALL)
_LONGEST = 64


class ToledoScale:
    """Implements `Scale` on a serial line. `patience` is how many seconds an answer may take."""

    def __init__(
        self,
        path: str,
        form: SerialForm = FORM,
        patience: float = 1.0,
        trace: Trace | None = None,
    ) -> None:
        self._trace = trace
        self._path = path
        self._form = form
        self._patience = patience

    def weigh(self) -> Weighed:
        """The weight that lies still on it."""
        answer = self._ask(ASK)
        status = _STATUS.search(answer)
        if status is not None:
            raise _problem(status[1][0])
        weight = _WEIGHT.search(answer)
        if weight is None:
            raise EnvironmentProblem("scale_unreadable", {"address": self._path})
        return Weighed(Decimal(weight[1].decode("ascii")))

    def look(self) -> None:
        """Weigh: it changes nothing at the scale."""
        self.weigh()

    def zero(self) -> None:
        """Make what lies on it nothing."""
        self._tell(ZERO)

    def tare(self) -> None:
        """Take what lies on it for packing."""
        self._tell(TARE)

    def clear(self) -> None:
        """Forget the packing."""
        self._tell(CLEAR)

    def _tell(self, command: bytes) -> None:
        answer = self._ask(command)
        status = _STATUS.search(answer)
        if status is not None and status[1][0] & (MOVING | OVERLOADED | BELOW_ZERO):
            raise _problem(status[1][0])

    def _ask(self, command: bytes) -> bytes:
        assert_not_gui_thread("the scale")
        try:
            line = traced(SerialLine(self._path, self._form, self._patience), self._trace, "scale")
        except OSError as error:
            raise self._unreachable(error) from error
        try:
            line.send(command)
            answer = b""
            while b"\r" not in answer and len(answer) < _LONGEST:
                came = line.receive(self._patience)
                if not came:
                    break
                answer += came
        except LineBrokenError as error:
            raise self._unreachable(error) from error
        finally:
            line.close()
        if not answer:
            raise EnvironmentProblem("scale_silent", {"address": self._path})
        return answer

    def _unreachable(self, error: Exception) -> EnvironmentProblem:
        return EnvironmentProblem(
            "scale_unreachable", {"address": self._path, "detail": str(error)[:120]}
        )


def _problem(status: int) -> EnvironmentProblem:
    if status & OVERLOADED:
        return EnvironmentProblem("scale_overloaded")
    if status & BELOW_ZERO:
        return EnvironmentProblem("scale_below_zero")
    return EnvironmentProblem("scale_moving")
