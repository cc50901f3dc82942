"""The simulated terminal: it takes commands over a channel, books, and remembers what it booked."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic

from pos_client.devices.terminal.channel import ChannelLostError, SerialChannel, TcpChannel
from pos_client.devices.terminal.simulator import messages
from pos_client.devices.terminal.simulator.messages import Booking
from pos_client.devices.terminal.simulator.script import Outcome, Step
from pos_client.devices.terminal.zvt import commands as zvt
from pos_client.devices.terminal.zvt import fields as bmp
from pos_client.devices.terminal.zvt.apdu import Apdu
from pos_client.devices.terminal.zvt.errors import ZvtError
from pos_client.devices.terminal.zvt.fields import read_fields

_PASSWORD_OCTETS = 3
_LOOK_SECONDS = 0.02
_SAYS_SECONDS = 0.2
_PROGRESS = ((0x0A, "Bitte Karte einlegen"), (0x17, "Bitte warten"))
_GARBAGE = bytes((0xDB, 0x7E, 0x03, 0xFF, 0x00, 0x41))
Speech = TcpChannel | SerialChannel


class HungUpError(Exception):
    """The line is to break now."""


@dataclass(slots=True)
class _Late:
    """A payment that ends after its line is gone."""

    due: float
    outcome: Outcome
    booking: Booking


class TerminalEngine:
    """One terminal. `patience` is how long it waits for the till's answer to a message. Any thread may ask it."""

    def __init__(self, patience: float = 5.0) -> None:
        self.lock = threading.RLock()
        self.outcomes: deque[Outcome] = deque()
        self.closed_days: list[int] = []
        self._bookings: list[Booking] = []
        self._last: Booking | None = None
        self._trace = 0
        self._late: _Late | None = None
        self._patience = patience
        self._aborted = False

    def money(self) -> int:
        """What it took less what it gave, in minor units, since it was switched on."""
        with self.lock:
            self._settle_late()
            return sum(booking.amount for booking in self._bookings)

    def bookings(self) -> list[Booking]:
        """All bookings in their order; one that undoes another takes its amount back."""
        with self.lock:
            self._settle_late()
            return list(self._bookings)

    def serve(self, channel: Speech, ended: Callable[[], bool]) -> None:
        """Take commands until the line ends. `HungUpError` when the script says that it breaks."""
        try:
            while not ended():
                command = channel.receive(_LOOK_SECONDS)
                if command is not None and not zvt.is_acceptance(command):
                    self._obey(channel, command)
        except (ChannelLostError, ZvtError):
            return

    def _obey(self, channel: Speech, command: Apdu) -> None:
        with self.lock:
            self._settle_late()
            busy = self._late is not None
        if busy:
            channel.send(zvt.refused(zvt.BUSY))
        elif command.control in _MONEY:
            self._move(channel, command)
        elif command.control in _PLAIN:
            channel.send(zvt.accepted())
            for message in _PLAIN[command.control](self):
                self._say(channel, message)
        elif command.control != zvt.ABORT_BY_TILL:
            channel.send(zvt.refused(zvt.UNSUPPORTED))

    # --- money ----------------------------------------------------------------------------------

    def _move(self, channel: Speech, command: Apdu) -> None:
        outcome = self.outcomes.popleft() if self.outcomes else Outcome()
        booking = self._wanted(command)
        if outcome.refuse is not None or booking is None:
            channel.send(zvt.refused(outcome.refuse or zvt.UNSUPPORTED))
            return
        self._aborted = False
        step = _Stepper(self, channel, outcome)
        try:
            self._pay(channel, outcome, booking, step)
        except (HungUpError, ChannelLostError, ZvtError):
            if not step.final:
                self._break_off(outcome, booking)
            raise

    def _pay(self, channel: Speech, outcome: Outcome, booking: Booking, step: _Stepper) -> None:
        step.tell("accept", zvt.accepted())
        for code, text in _PROGRESS:
            step.tell("progress", messages.progress(code, text))
        self._dawdle(channel, outcome.slow)
        result = zvt.ABORTED if self._aborted else outcome.result
        if result:
            step.tell("status", messages.failure(result))
            step.tell("completion", Apdu(zvt.ABORT, bytes((result,))))
            return
        with self.lock:
            self._book(booking)
        step.tell("status", messages.status(booking))
        for message in messages.receipts(booking):
            step.tell("receipt", message)
        step.tell("completion", Apdu(zvt.COMPLETION))

    def _wanted(self, command: Apdu) -> Booking | None:
        """What a command asks for; None if it asks for nothing that there is."""
        data = (
            command.data
            if command.control == zvt.AUTHORISATION
            else command.data[_PASSWORD_OCTETS:]
        )
        try:
            said = read_fields(data)
            amount = said.number(bmp.AMOUNT)
            receipt = said.number(bmp.RECEIPT_NUMBER)
        except ZvtError:
            return None
        with self.lock:
            self._trace += 1
            trace = self._trace
            if command.control == zvt.REVERSAL:
                found = next(
                    (b for b in self._bookings if b.receipt == receipt and not b.undone), None
                )
                return None if found is None else Booking(trace, -found.amount, reverses=found)
        if amount is None:
            return None
        sign = 1 if command.control == zvt.AUTHORISATION else -1
        return Booking(trace, sign * amount, currency=said.number(bmp.CURRENCY) or 978)

    def _book(self, booking: Booking) -> None:
        self._bookings = [
            replace(b, undone=True) if b == booking.reverses else b for b in self._bookings
        ]
        self._bookings.append(booking)
        self._last = booking

    def _unbook(self, booking: Booking) -> None:
        self._bookings.remove(booking)
        self._bookings = [
            replace(b, undone=False) if b.trace == _reversed_trace(booking) else b
            for b in self._bookings
        ]
        self._last = self._bookings[-1] if self._bookings else None

    def _break_off(self, outcome: Outcome, booking: Booking) -> None:
        """The line is gone: what becomes of the payment."""
        with self.lock:
            booked = booking in self._bookings
            if booked and (outcome.late or not outcome.books):
                self._unbook(booking)
            if outcome.late:
                self._late = _Late(monotonic() + outcome.late, outcome, booking)
            elif not booked and outcome.books and not outcome.result and not self._aborted:
                self._book(booking)

    def _settle_late(self) -> None:
        late = self._late
        if late is not None and monotonic() >= late.due:
            self._late = None
            if late.outcome.books and not late.outcome.result:
                self._book(late.booking)

    def _dawdle(self, channel: Speech, seconds: int) -> None:
        """Be slow, and say from time to time that it goes on, as terminals do."""
        deadline = monotonic() + seconds
        while monotonic() < deadline and not self._aborted:
            self._say(channel, messages.progress(*_PROGRESS[-1]))
            pause = monotonic() + _SAYS_SECONDS
            while monotonic() < pause and not self._aborted:
                self._listen(channel, _LOOK_SECONDS)

    def _listen(self, channel: Speech, seconds: float) -> bool:
        """Hear the till out; whether it accepted what was said last."""
        heard = channel.receive(seconds)
        if heard is not None and heard.control == zvt.ABORT_BY_TILL:
            self._aborted = True
            channel.send(zvt.accepted())
            return False
        if heard is not None and not (zvt.is_acceptance(heard) or zvt.refusal(heard)):
            raise ChannelLostError("the till began anew")
        return heard is not None

    def _say(self, channel: Speech, message: Apdu) -> None:
        channel.send(message)
        self.await_answer(channel)

    def await_answer(self, channel: Speech) -> None:
        """Wait for the till's answer to a message; `ChannelLostError` if none comes."""
        deadline = monotonic() + self._patience
        while monotonic() < deadline:
            if self._listen(channel, _LOOK_SECONDS):
                return
        raise ChannelLostError("the till does not answer")

    # --- without money --------------------------------------------------------------------------

    def _registered(self) -> list[Apdu]:
        return [messages.registered()]

    def _repeated(self) -> list[Apdu]:
        with self.lock:
            last = self._last
        if last is None:
            return [Apdu(zvt.ABORT, bytes((zvt.UNSUPPORTED,)))]
        return [messages.status(last), *messages.receipts(last), Apdu(zvt.COMPLETION)]

    def _state(self) -> list[Apdu]:
        return [messages.state()]

    def _diagnosed(self) -> list[Apdu]:
        return [*messages.diagnosis(), Apdu(zvt.COMPLETION)]

    def _ended(self) -> list[Apdu]:
        with self.lock:
            standing = [b for b in self._bookings if not b.closed]
            self.closed_days.append(sum(b.amount for b in standing))
            said = messages.day(standing)
            self._bookings = [replace(b, closed=True) for b in self._bookings]
        return [*said, Apdu(zvt.COMPLETION)]

    def _done(self) -> list[Apdu]:
        return [Apdu(zvt.COMPLETION)]


_MONEY = frozenset((zvt.AUTHORISATION, zvt.REFUND, zvt.REVERSAL))
_PLAIN: dict[int, Callable[[TerminalEngine], list[Apdu]]] = {
    zvt.REGISTRATION: TerminalEngine._registered,  # noqa: SLF001 - the table belongs to the class
    zvt.REPEAT_RECEIPT: TerminalEngine._repeated,  # noqa: SLF001
    zvt.STATUS_ENQUIRY: TerminalEngine._state,  # noqa: SLF001
    zvt.DIAGNOSIS: TerminalEngine._diagnosed,  # noqa: SLF001
    zvt.END_OF_DAY: TerminalEngine._ended,  # noqa: SLF001
    zvt.LOG_OFF: TerminalEngine._done,  # noqa: SLF001
}


def _reversed_trace(booking: Booking) -> int | None:
    return booking.reverses.trace if booking.reverses is not None else None


class _Stepper:
    """Says the messages of a payment, and does to them what the script says. `final` is whether its completion went
    out: from then on it stands, whatever becomes of the line.
    """

    def __init__(self, engine: TerminalEngine, channel: Speech, outcome: Outcome) -> None:
        self._engine = engine
        self._channel = channel
        self._outcome = outcome
        self._done = False
        self.final = False

    def tell(self, step: Step, message: Apdu) -> None:
        """Say one and wait for its answer; the first of the step that the script names goes wrong."""
        fault = None
        if self._outcome.step == step and not self._done:
            fault = self._outcome.fault or ("lose" if self._outcome.late else None)
            self._done = True
        if fault == "lose":
            raise HungUpError
        if fault == "silent":
            raise ChannelLostError("fell silent")
        self.final = step == "completion"
        self._channel.send_octets(_spoilt(message, fault))
        if fault == "duplicate":
            self._channel.send_octets(message.encode())
        if fault == "lose-after":
            raise HungUpError
        if step != "accept":
            self._engine.await_answer(self._channel)


def _spoilt(message: Apdu, fault: str | None) -> bytes:
    data = message.encode()
    if fault == "short":
        return data[:-1] if data[2] < 2 else data[:2] + bytes((data[2] - 2,)) + data[3:]
    if fault == "long":
        return data[:2] + bytes((min(data[2] + 7, 0xFE),)) + data[3:]
    return _GARBAGE if fault == "garbage" else data
