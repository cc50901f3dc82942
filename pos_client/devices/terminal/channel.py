"""Whole ZVT messages over a line: on TCP as they are, on a serial line in frames that are acknowledged and repeated.

Both sides of the protocol speak through this: the till's driver and the simulated terminal.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from pos_client.devices.lines import Line, LineBrokenError
from pos_client.devices.terminal.zvt.apdu import Apdu, ApduStream, read_apdu
from pos_client.devices.terminal.zvt.describe import describe
from pos_client.devices.terminal.zvt.errors import ZvtError
from pos_client.devices.terminal.zvt.framing import ACK, NAK, FrameReader, Message, Sign, frame
from pos_client.devices.trace import Trace


class ChannelLostError(Exception):
    """The line broke, or the other side answers no more. `begun` is whether it may have heard what was sent last."""

    def __init__(self, why: str, *, begun: bool = True) -> None:
        super().__init__(why)
        self.begun = begun


@dataclass(frozen=True, slots=True)
class SerialTiming:
    """Seconds between two octets of a frame (T1) and until it is acknowledged; how often it is sent at most."""

    octet: float = 0.2
    acknowledge: float = 5.0
    attempts: int = 3


class Channel(Protocol):
    """Messages to and fro."""

    def send(self, message: Apdu) -> None:
        """Send one; `ChannelLostError` if it did not arrive, as far as one can know."""

    def receive(self, seconds: float) -> Apdu | None:
        """The next one, None if none comes in time; `ChannelLostError`, or `ZvtError` for what is no message."""

    def close(self) -> None:
        """End."""


class TcpChannel:
    """Messages one behind the other; `rest` seconds may pass until the rest of one that has begun is there."""

    def __init__(self, line: Line, rest: float = 5.0) -> None:
        self._line = line
        self._rest = rest
        self._stream = ApduStream()
        self._came: deque[Apdu] = deque()

    def send(self, message: Apdu) -> None:
        """Send one."""
        self.send_octets(message.encode())

    def send_octets(self, data: bytes) -> None:
        """Send octets, whatever they are."""
        try:
            self._line.send(data)
        except LineBrokenError as broken:
            raise ChannelLostError(str(broken), begun=broken.sent > 0) from broken

    def receive(self, seconds: float) -> Apdu | None:
        """The next one."""
        deadline = monotonic() + seconds
        while not self._came:
            left = deadline - monotonic()
            if left <= 0:
                return None
            try:
                data = self._line.receive(left)
            except LineBrokenError as broken:
                raise ChannelLostError(str(broken)) from broken
            before = self._stream.pending
            self._came.extend(self._stream.feed(data))
            if self._stream.pending and not before:
                deadline = max(deadline, monotonic() + self._rest)
            if not data and self._stream.pending and not self._came:
                raise ZvtError("the rest of a message does not come")
        return self._came.popleft()

    def close(self) -> None:
        """End."""
        self._line.close()


class TracedChannel:
    """A channel whose messages are noted, with everything masked that must not be kept."""

    def __init__(self, channel: Channel, trace: Trace) -> None:
        self._channel = channel
        self._trace = trace

    def send(self, message: Apdu) -> None:
        """Send one."""
        self._trace.note("terminal", ">", describe(message))
        self._channel.send(message)

    def receive(self, seconds: float) -> Apdu | None:
        """The next one."""
        message = self._channel.receive(seconds)
        if message is not None:
            self._trace.note("terminal", "<", describe(message))
        return message

    def close(self) -> None:
        """End."""
        self._channel.close()


class SerialChannel:
    """Messages in frames. A frame that is repeated because its acknowledgement was lost is acknowledged and dropped."""

    def __init__(self, line: Line, timing: SerialTiming) -> None:
        self._line = line
        self._timing = timing
        self._reader = FrameReader()
        self._events: deque[Message | Sign] = deque()
        self._came: deque[bytes] = deque()
        # What came since this side sent its last message: the same again can only be a repetition.
        self._heard: bytes | None = None

    def send(self, message: Apdu) -> None:
        """Send one, up to three times."""
        self.send_octets(message.encode())

    def send_octets(self, data: bytes) -> None:
        """Send the octets of a message, whatever they are."""
        framed = frame(data)
        for _ in range(self._timing.attempts):
            self._write(framed)
            if self._acknowledged():
                self._heard = None
                return
        raise ChannelLostError("not acknowledged")

    def receive(self, seconds: float) -> Apdu | None:
        """The next one."""
        deadline = monotonic() + seconds
        while not self._came:
            event = self._next(deadline)
            if event is None:
                return None
            self._take(event)
        return read_apdu(self._came.popleft())

    def close(self) -> None:
        """End."""
        self._line.close()

    def _acknowledged(self) -> bool:
        deadline = monotonic() + self._timing.acknowledge
        while (event := self._next(deadline)) is not None:
            if event is Sign.ACK:
                return True
            if event is Sign.NAK:
                return False
            if self._take(event):
                # The other side goes on, so it heard; only its acknowledgement did not come through.
                return True
        return False

    def _take(self, event: Message | Sign) -> bool:
        """Answer what came; whether it was a new message."""
        if event is Sign.BROKEN:
            self._write(bytes((NAK,)))
        if not isinstance(event, Message):
            return False
        self._write(bytes((ACK,)))
        if event.data == self._heard:
            return False
        self._heard = event.data
        self._came.append(event.data)
        return True

    def _next(self, deadline: float) -> Message | Sign | None:
        while not self._events:
            left = deadline - monotonic()
            wait = min(left, self._timing.octet) if self._reader.inside else left
            if left <= 0:
                return None
            try:
                data = self._line.receive(wait)
            except LineBrokenError as broken:
                raise ChannelLostError(str(broken)) from broken
            if not data and self._reader.inside:
                self._reader.reset()
                return Sign.BROKEN
            self._events.extend(self._reader.feed(data))
        return self._events.popleft()

    def _write(self, data: bytes) -> None:
        try:
            self._line.send(data)
        except LineBrokenError as broken:
            raise ChannelLostError(str(broken), begun=broken.sent > 0) from broken
