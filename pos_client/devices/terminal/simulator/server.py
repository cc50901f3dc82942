"""The simulated terminal on a line."""

from __future__ import annotations

from pos_client.devices.lines import Line
from pos_client.devices.simulated import Ended, Place, Served
from pos_client.devices.terminal.channel import SerialChannel, SerialTiming, TcpChannel
from pos_client.devices.terminal.simulator.engine import HungUpError, TerminalEngine


class TerminalSimulator:
    """A terminal at a place, served by a thread of its own from the moment it is made."""

    def __init__(
        self,
        place: Place,
        engine: TerminalEngine | None = None,
        timing: SerialTiming | None = None,
    ) -> None:
        self.engine = engine or TerminalEngine()
        self.address = place.address
        self._place = place
        self._timing = timing or SerialTiming()
        self._served = Served("terminal-simulator", place, self._talk)

    def close(self) -> None:
        """Switch it off."""
        self._served.close()

    def _talk(self, line: Line, ended: Ended) -> None:
        channel = SerialChannel(line, self._timing) if self._place.framed else TcpChannel(line)
        try:
            self.engine.serve(channel, ended)
        except HungUpError:
            self._place.hang_up()
