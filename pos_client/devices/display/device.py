"""The display behind an address: `serial:/dev/ttyS2?baud=9600&mode=cd5220`, `mode=epson`, and `&through=printer` for
one that hands on what is the printer's.
"""

from __future__ import annotations

from dataclasses import dataclass

from pos_client.devices.address import Place, read_place
from pos_client.devices.display.commands import (
    CLEAR,
    TO_DISPLAY,
    TO_PRINTER,
    Mode,
    begin,
    show,
)
from pos_client.devices.lines import Line, LineBrokenError, SerialForm, SerialLine, SocketLine
from pos_client.devices.trace import Trace, traced
from pos_client.runtime.gui_thread import assert_not_gui_thread
from shared.errors import DomainError, EnvironmentProblem

DEFAULT_PORT, DEFAULT_BAUD = 9100, 9600
_CONNECT, _STALL = 2.0, 2.0


@dataclass(frozen=True, slots=True)
class DisplayAddress:
    """Where a display is, what it understands, and whether a printer hangs behind it."""

    place: Place
    mode: Mode
    through: bool

    def __str__(self) -> str:
        return f"{self.place.kind}:{self.place.target}"


def parse_display_address(text: str) -> DisplayAddress | None:
    """The address in a text, None for `none` and nothing; `DomainError('display_address_invalid')` for others."""
    if text.strip() in {"", "none"}:
        return None
    place = read_place(text, port=DEFAULT_PORT, baud=DEFAULT_BAUD)
    modes: dict[str, Mode] = {"cd5220": "cd5220", "epson": "epson"}
    mode = modes.get(place.options.pop("mode", "cd5220")) if place else None
    through = place.options.pop("through", "") if place else ""
    if place is None or mode is None or place.options or through not in {"", "printer"}:
        raise DomainError("display_address_invalid", {"address": text[:80]})
    return DisplayAddress(place, mode, bool(through))


class LineDisplay:
    """Implements `CustomerDisplay` for one address. The line stays open; after a break it is opened anew."""

    def __init__(self, address: DisplayAddress, trace: Trace | None = None) -> None:
        self._address = address
        self._trace = trace
        self._line: Line | None = None

    def show(self, upper: str, lower: str) -> None:
        """Show two rows."""
        self._send(show(self._address.mode, upper, lower))

    def clear(self) -> None:
        """Show nothing."""
        self._send(CLEAR)

    def close(self) -> None:
        """Let the line go."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _send(self, data: bytes) -> None:
        assert_not_gui_thread("the customer display")
        try:
            if self._line is None:
                self._line = self._open()
                data = begin(self._address.mode) + data
            self._line.send(TO_DISPLAY + data + TO_PRINTER if self._address.through else data)
        except (OSError, LineBrokenError) as error:
            self.close()
            raise EnvironmentProblem(
                "display_unreachable", {"address": str(self._address), "detail": str(error)[:120]}
            ) from error

    def _open(self) -> Line:
        place = self._address.place
        line: Line
        if place.kind == "tcp":
            line = SocketLine.to(place.target, place.number, _CONNECT, _STALL)
        else:
            line = SerialLine(place.target, SerialForm(place.number), _STALL)
        return traced(line, self._trace, "display")
