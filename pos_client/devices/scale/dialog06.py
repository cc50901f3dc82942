"""Dialog 06: the till names a price, the scale weighs and multiplies, and shows the amount to the customer.

Scales that are verified for it ask now and then for a proof that the till's program is the approved one: records 10 and
11, with a random number and checksums over the part of the program that the law is about. That part is a component of
its own with a type approval (docs/devices.md); it is passed in as `Approval`. Without one a scale that asks is refused
(`scale_not_approved`), and nothing is weighed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from time import monotonic
from typing import Protocol

from pos_client.devices.lines import Line, LineBrokenError, SerialForm, SerialLine
from pos_client.devices.scale.port import Weighed
from pos_client.devices.trace import Trace, traced
from pos_client.runtime.gui_thread import assert_not_gui_thread
from shared.errors import DomainError, EnvironmentProblem

FORM = SerialForm(9600, 7, "O", 1)
EOT, STX, ETX, ENQ, ACK, NAK, ESC = 0x04, 0x02, 0x03, 0x05, 0x06, 0x15, b"\x1b"
PRICE, WEIGHED, ASK_STATUS, STATUS, PROOF = b"01", b"02", b"08", b"09", b"11"
MOST_PRICE = 999_999
_RESULT = re.compile(rb"02\x1b3\x1b(\d{5})\x1b(\d{6})\x1b(\d{6})")
_CODES = {
    b"20": "moving",
    b"21": "unmoved",
    b"30": "below_minimum",
    b"31": "below_zero",
    b"32": "overloaded",
}


class Approval(Protocol):
    """The component with the type approval."""

    def prove(self, demand: bytes) -> bytes:
        """The record that answers a demand of the scale, without its frame."""


class Dialog06Scale:
    """Implements `PriceScale`. `patience` is how many seconds an answer may take."""

    def __init__(
        self,
        path: str,
        approval: Approval | None,
        form: SerialForm = FORM,
        patience: float = 1.0,
        trace: Trace | None = None,
    ) -> None:
        self._trace = trace
        self._path = path
        self._approval = approval
        self._form = form
        self._patience = patience

    def weigh_at(self, price: int) -> Weighed:
        """The weight at a price; `DomainError`: `scale_price_wrong`, `scale_not_approved`."""
        assert_not_gui_thread("the scale")
        if not 0 < price <= MOST_PRICE:
            raise DomainError("scale_price_wrong", {"price": price})
        with self._talk() as talk:
            return self._weigh(talk, price)

    def look(self) -> None:
        """Ask for its state. A weighing would show the customer a price of nothing, and after it the scale refuses to
        weigh the same goods again before they were lifted.
        """
        assert_not_gui_thread("the scale")
        with self._talk() as talk:
            talk.status()

    @contextmanager
    def _talk(self) -> Iterator[_Talk]:
        try:
            line = traced(SerialLine(self._path, self._form, self._patience), self._trace, "scale")
        except OSError as error:
            raise self._unreachable(error) from error
        try:
            yield _Talk(line, self._path, self._patience)
        except LineBrokenError as error:
            raise self._unreachable(error) from error
        finally:
            line.close()

    def _weigh(self, talk: _Talk, price: int) -> Weighed:
        talk.tell(PRICE + ESC + b"%06d" % price + ESC)
        record = talk.ask()
        if record[:2] == PROOF:
            if self._approval is None:
                raise DomainError("scale_not_approved")
            talk.tell(self._approval.prove(record))
            record = talk.ask()
        if record[:2] == STATUS:
            raise _problem(record)
        found = _RESULT.fullmatch(record)
        if found is None:
            raise EnvironmentProblem("scale_unreadable", {"address": self._path})
        weight, said, amount = (int(part) for part in found.groups())
        if said != price:
            # The answer to another price: whatever it is, it is not what the customer sees here.
            raise EnvironmentProblem("scale_unreadable", {"address": self._path})
        return Weighed(Decimal(weight).scaleb(-3), said, amount)

    def _unreachable(self, error: Exception) -> EnvironmentProblem:
        return EnvironmentProblem(
            "scale_unreachable", {"address": self._path, "detail": str(error)[:120]}
        )


class _Talk:
    """Records to and fro on an open line."""

    def __init__(self, line: Line, path: str, patience: float) -> None:
        self._line = line
        self._path = path
        self._patience = patience

    def tell(self, record: bytes) -> None:
        """Send a record; it has to be acknowledged."""
        self._line.send(bytes((EOT, STX)) + record + bytes((ETX,)))
        answer = self._line.receive(self._patience)
        if not answer:
            raise EnvironmentProblem("scale_silent", {"address": self._path})
        if answer[0] == NAK:
            raise _problem(self.status())
        if answer[0] != ACK:
            raise EnvironmentProblem("scale_unreadable", {"address": self._path})

    def ask(self) -> bytes:
        """What the scale has to say; where it says nothing but NAK, why."""
        record = self._record(bytes((EOT, ENQ)))
        return self.status() if record is None else record

    def status(self) -> bytes:
        """What it says of itself; that it is busy where it says nothing but NAK."""
        record = self._record(bytes((EOT, STX)) + ASK_STATUS + bytes((ETX, EOT, ENQ)))
        return record if record is not None else STATUS + ESC + b"20"

    def _record(self, question: bytes) -> bytes | None:
        self._line.send(question)
        answer = b""
        deadline = monotonic() + self._patience
        while ETX not in answer and (left := deadline - monotonic()) > 0:
            answer += self._line.receive(left)
            if answer[-1:] == bytes((NAK,)):
                return None
        begin, end = answer.find(STX), answer.find(ETX)
        if not answer:
            raise EnvironmentProblem("scale_silent", {"address": self._path})
        if begin < 0 or end < begin:
            raise EnvironmentProblem("scale_unreadable", {"address": self._path})
        return answer[begin + 1 : end]


def _problem(record: bytes) -> EnvironmentProblem:
    said = _CODES.get(record.rpartition(ESC)[2])
    match said:
        case "below_zero":
            return EnvironmentProblem("scale_below_zero")
        case "below_minimum":
            return EnvironmentProblem("scale_below_minimum")
        case "overloaded":
            return EnvironmentProblem("scale_overloaded")
        case "unmoved":
            return EnvironmentProblem("scale_unmoved")
        case _:
            return EnvironmentProblem("scale_moving")
