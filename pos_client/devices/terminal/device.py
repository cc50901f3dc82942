"""The terminal behind an address: one command, what the terminal says until its end, and what that means.

The line is opened for a command and closed behind it. From the moment in which the command may have been heard,
everything that breaks ends in `Ending.UNKNOWN`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

import structlog

from pos_client.devices.lines import SerialForm, SerialLine, SocketLine
from pos_client.devices.terminal.address import TerminalAddress
from pos_client.devices.terminal.channel import (
    Channel,
    ChannelLostError,
    SerialChannel,
    SerialTiming,
    TcpChannel,
    TracedChannel,
)
from pos_client.devices.terminal.port import (
    CardResult,
    DayTotals,
    Ending,
    Progress,
    TerminalState,
    Watch,
)
from pos_client.devices.terminal.reading import card_result, day_totals
from pos_client.devices.terminal.zvt import commands as zvt
from pos_client.devices.terminal.zvt.answers import (
    ADMINISTRATION,
    MERCHANT,
    Receipts,
    read_abort,
    read_progress,
    read_state,
    read_status,
)
from pos_client.devices.terminal.zvt.apdu import Apdu
from pos_client.devices.terminal.zvt.errors import ZvtError
from pos_client.devices.terminal.zvt.fields import Fields
from pos_client.devices.trace import Trace
from pos_client.runtime.gui_thread import assert_not_gui_thread
from shared.errors import DomainError, EnvironmentProblem

log = structlog.get_logger()
_LOOK_SECONDS = 0.1
# What a terminal may send to a till. Anything else means that the line and we no longer agree where a message begins.
_CLASSES = frozenset((0x04, 0x05, 0x06, 0x08, 0x80, 0x84))


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: to be connected; until a command is accepted; between two messages while the customer pays."""

    connect: float = 3.0
    accept: float = 5.0
    dialogue: float = 180.0
    serial: SerialTiming = field(default_factory=SerialTiming)


@dataclass(slots=True)
class Heard:
    """What the terminal said to one command. `completion` and `aborted` are its ends; neither: it was lost. `begun` is
    whether the terminal may have heard the command.
    """

    begun: bool = False
    status: Fields | None = None
    receipts: Receipts = field(default_factory=Receipts)
    completion: Apdu | None = None
    aborted: tuple[int, str] | None = None


class _RefusedError(Exception):
    def __init__(self, reason: int) -> None:
        super().__init__(f"{reason:02X}")
        self.reason = reason


class ZvtTerminal:
    """Implements `PaymentTerminal` for one address."""

    def __init__(
        self,
        address: TerminalAddress,
        currency: str,
        patience: Patience | None = None,
        trace: Trace | None = None,
    ) -> None:
        self._trace = trace
        self._address = address
        self._currency = currency
        self._patience = patience or Patience()
        self._abort = threading.Event()

    def register(self) -> None:
        """Log on."""
        self._administer(zvt.registration(self._address.password, self._currency))

    def pay(self, amount: int, currency: str, watch: Watch) -> CardResult:
        """Take an amount."""
        return self._move(zvt.authorisation(amount, currency), watch)

    def refund(self, amount: int, currency: str, watch: Watch) -> CardResult:
        """Give an amount back."""
        return self._move(zvt.refund(self._address.password, amount, currency), watch)

    def reverse(self, receipt_number: int, watch: Watch) -> CardResult:
        """Undo a payment."""
        return self._move(zvt.reversal(self._address.password, receipt_number), watch)

    def abort(self) -> None:
        """Ask for the end of what is under way."""
        self._abort.set()

    def last(self) -> CardResult | None:
        """The last payment that the terminal knows."""
        try:
            heard = self._administer(
                zvt.with_password(zvt.REPEAT_RECEIPT, self._address.password), may_fail=True
            )
        except DomainError:
            return None  # refused: there is no such receipt, or no such command
        if heard.aborted is not None or heard.status is None:
            return None
        try:
            return card_result(heard.status, heard.receipts, None, finished=True)
        except ZvtError as error:
            raise self._lost(error) from error

    def state(self) -> TerminalState:
        """How it is."""
        heard = self._administer(zvt.with_password(zvt.STATUS_ENQUIRY, self._address.password))
        try:
            code, version = read_state(heard.completion or zvt.accepted())
        except ZvtError as error:
            raise self._lost(error) from error
        return TerminalState(code, version)

    def diagnose(self) -> tuple[str, ...]:
        """Let it test its line to the network provider."""
        return _any_receipt(self._administer(Apdu(zvt.DIAGNOSIS)).receipts)

    def end_of_day(self) -> DayTotals:
        """Close its day."""
        heard = self._administer(zvt.with_password(zvt.END_OF_DAY, self._address.password))
        try:
            return day_totals(heard.status, _any_receipt(heard.receipts), self._currency)
        except ZvtError as error:
            raise self._lost(error) from error

    # --- one command ----------------------------------------------------------------------------

    def _move(self, command: Apdu, watch: Watch) -> CardResult:
        """A command that moves money: how it ended, as far as one can know."""
        self._abort.clear()
        heard = Heard()
        with self._channel() as channel:
            try:
                self._converse(channel, command, heard, watch)
            except _RefusedError as refused:
                raise _refused(refused) from refused
            except ChannelLostError as lost:
                if not heard.begun:
                    raise self._unreachable(lost) from lost
                log.warning("terminal_lost", detail=str(lost)[:120])
            except ZvtError as error:
                log.warning("terminal_unreadable", detail=str(error))
        return _ending(heard)

    def _administer(self, command: Apdu, *, may_fail: bool = False) -> Heard:
        """A command that moves no money: it is done, or it raises; that the terminal gave up may be an answer."""
        self._abort.clear()
        heard = Heard()
        with self._channel() as channel:
            try:
                self._converse(channel, command, heard, _nobody)
            except _RefusedError as refused:
                raise _refused(refused) from refused
            except (ChannelLostError, ZvtError) as error:
                raise self._lost(error) from error
        if heard.aborted is not None and not may_fail:
            code, text = heard.aborted
            raise EnvironmentProblem("terminal_failed", {"code": f"{code:02X}", "detail": text})
        return heard

    def _converse(self, channel: Channel, command: Apdu, heard: Heard, watch: Watch) -> None:
        try:
            channel.send(command)
        except ChannelLostError as lost:
            heard.begun = lost.begun
            raise
        heard.begun = True
        self._await_acceptance(channel)
        deadline = monotonic() + self._patience.dialogue
        while heard.completion is None and heard.aborted is None:
            if self._abort.is_set():
                self._abort.clear()
                channel.send(Apdu(zvt.ABORT_BY_TILL))
            message = channel.receive(_LOOK_SECONDS)
            if message is None:
                if monotonic() >= deadline:
                    raise ChannelLostError("silent")
                continue
            deadline = monotonic() + self._patience.dialogue
            self._take(channel, message, heard, watch)

    def _await_acceptance(self, channel: Channel) -> None:
        message = channel.receive(self._patience.accept)
        if message is None:
            raise ChannelLostError("the command is not answered")
        reason = zvt.refusal(message)
        if reason is not None:
            raise _RefusedError(reason)
        if not zvt.is_acceptance(message):
            raise ZvtError("the answer to a command is no answer")

    def _take(self, channel: Channel, message: Apdu, heard: Heard, watch: Watch) -> None:
        if message.control >> 8 not in _CLASSES:
            raise ZvtError("a message of a class that terminals do not send")
        reader = _READERS.get(message.control)
        if reader is not None:
            reader(message, heard)
        elif message.control == zvt.INTERMEDIATE:
            watch(Progress(*read_progress(message)))
        elif message.control >> 8 in {0x80, zvt.REFUSED_CLASS}:
            return  # the answer to an abort
        else:
            channel.send(zvt.refused(zvt.UNSUPPORTED))
            return
        try:
            channel.send(zvt.accepted())
        except ChannelLostError:
            # A terminal that has said how it ended has ended, whether it hears our answer or not.
            if heard.completion is None and heard.aborted is None:
                raise

    @contextmanager
    def _channel(self) -> Iterator[Channel]:
        assert_not_gui_thread("the payment terminal")
        try:
            channel = self._open()
        except OSError as error:
            raise self._unreachable(error) from error
        try:
            yield channel if self._trace is None else TracedChannel(channel, self._trace)
        finally:
            channel.close()

    def _open(self) -> Channel:
        address, patience = self._address, self._patience
        if address.kind == "tcp":
            line = SocketLine.to(address.target, address.number, patience.connect, patience.accept)
            return TcpChannel(line, patience.accept)
        form = SerialForm(address.number, stop=2)
        return SerialChannel(SerialLine(address.target, form, patience.accept), patience.serial)

    def _unreachable(self, error: Exception) -> EnvironmentProblem:
        detail = str(error) or type(error).__name__
        return EnvironmentProblem(
            "terminal_unreachable", {"address": str(self._address), "detail": detail[:120]}
        )

    def _lost(self, error: Exception) -> EnvironmentProblem:
        return EnvironmentProblem(
            "terminal_lost", {"address": str(self._address), "detail": str(error)[:120]}
        )


def _ending(heard: Heard) -> CardResult:
    finished = heard.completion is not None or heard.aborted is not None
    said = heard.status or Fields()
    try:
        return card_result(said, heard.receipts, heard.aborted, finished=finished)
    except ZvtError as error:
        log.warning("terminal_unreadable", detail=str(error))
        return CardResult(Ending.UNKNOWN)


def _refused(refused: _RefusedError) -> DomainError | EnvironmentProblem:
    if refused.reason == zvt.BUSY:
        return EnvironmentProblem("terminal_busy")
    return DomainError("terminal_refused", {"code": f"{refused.reason:02X}"})


def _any_receipt(receipts: Receipts) -> tuple[str, ...]:
    return receipts.kind(ADMINISTRATION) or receipts.kind(MERCHANT)


def _nobody(_: Progress) -> None:
    """Nobody watches what moves no money."""


def _take_status(message: Apdu, heard: Heard) -> None:
    heard.status = read_status(message)


def _take_rows(message: Apdu, heard: Heard) -> None:
    heard.receipts.take(message)


def _take_completion(message: Apdu, heard: Heard) -> None:
    heard.completion = message


def _take_abort(message: Apdu, heard: Heard) -> None:
    heard.aborted = read_abort(message)


_READERS: dict[int, Callable[[Apdu, Heard], None]] = {
    zvt.STATUS: _take_status,
    zvt.PRINT_LINE: _take_rows,
    zvt.PRINT_BLOCK: _take_rows,
    zvt.COMPLETION: _take_completion,
    zvt.ABORT: _take_abort,
}
